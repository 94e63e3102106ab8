//! What is on sale.

pub mod get_offering;
pub mod list_offerings;
pub mod shape;

use crate::Api;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_offerings::list_offerings)).routes(routes!(get_offering::get_offering))
}
