//! GET /offerings/{id}: one offering with its plans.

use super::shape::Offering;
use crate::{caller::Caller, problem::Problem};
use axum::{Json, extract::Path};

/// Shows one offering by its id or slug
#[utoipa::path(
    get,
    path = "/api/v1/offerings/{id}",
    operation_id = "getOffering",
    tag = "Catalog",
    params(("id" = String, Path, description = "The offering's id, or its slug", example = "managed-postgresql")),
    responses((status = 200, description = "The offering", body = Offering)),
    security(("key" = [])),
)]
pub async fn get_offering(Caller(cx): Caller, Path(id): Path<String>) -> Result<Json<Offering>, Problem> {
    let views = catalog::server::public_offerings(&cx).await?;
    let found = views.into_iter().find(|view| view.offering.slug == id || view.offering.id.to_string() == id);
    found.map(|view| Json(view.into())).ok_or_else(|| Problem::absent("catalog.not_found"))
}
