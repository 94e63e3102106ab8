//! How instances are doing.

pub mod get_status;
pub mod list_samples;
pub mod shape;

use crate::{Api, problem::problems};
use ::monitoring::server::MonitoringError;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_status::get_status)).routes(routes!(list_samples::list_samples))
}

problems! {
    MonitoringError;
}
