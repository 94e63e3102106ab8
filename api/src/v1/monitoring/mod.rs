//! How instances are doing.

use crate::Api;
use utoipa_axum::router::OpenApiRouter;

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
}
