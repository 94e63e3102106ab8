//! The endpoints of version 1: `<area>/<verb>.rs`, one a file.

pub mod billing;
pub mod catalog;
pub mod integrations;
pub mod monitoring;
pub mod provisioning;
pub mod shape;

use crate::Api;
use utoipa_axum::router::OpenApiRouter;

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .merge(integrations::routes())
        .merge(catalog::routes())
        .merge(provisioning::routes())
        .merge(monitoring::routes())
        .merge(billing::routes())
}
