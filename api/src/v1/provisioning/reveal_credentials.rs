//! POST /instances/{id}/credentials: shown once.

use super::{instance_id, shape::Credentials};
use crate::{caller::Caller, problem::Problem};
use axum::{Json, extract::Path};
use provisioning::server;

/// Reveals the credentials, once
///
/// The password is forgotten with this answer. Send an `Idempotency-Key`: a repeat gets the same answer for a day, in
/// case the first was lost on the way.
#[utoipa::path(
    post,
    path = "/api/v1/instances/{id}/credentials",
    operation_id = "revealCredentials",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The credentials", body = Credentials)),
    security(("key" = ["services:credentials"])),
)]
pub async fn reveal_credentials(Caller(cx): Caller, Path(id): Path<String>) -> Result<Json<Credentials>, Problem> {
    Ok(Json(server::reveal_credentials(&cx, instance_id(&id)?).await?.into()))
}
