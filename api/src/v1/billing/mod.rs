//! Prices, usage, subscriptions and invoices.

use crate::Api;
use utoipa_axum::router::OpenApiRouter;

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
}
