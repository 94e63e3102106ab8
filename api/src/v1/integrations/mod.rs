//! Keys, from the side of the program that holds one.

pub mod get_me;

use crate::{Api, problem::problems};
use ::identity::server::OrganisationError;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_me::get_me))
}

problems! {
    OrganisationError;
}
