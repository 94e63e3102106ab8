//! POST /instances/{id}/rotate-credentials.

use super::{accepted, instance_id, shape};
use crate::{caller::Caller, problem::Problem};
use axum::{extract::Path, response::Response};
use provisioning::server;

/// Makes new credentials
///
/// The old ones stop working when the operation succeeds; then the new ones can be revealed once.
#[utoipa::path(
    post,
    path = "/api/v1/instances/{id}/rotate-credentials",
    operation_id = "rotateCredentials",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses((status = 202, description = "Accepted", body = shape::Accepted, headers(("Location" = String, description = "The operation to follow")))),
    security(("key" = ["services:credentials"])),
)]
pub async fn rotate_credentials(Caller(cx): Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(accepted(server::rotate_credentials(&cx, instance_id(&id)?).await?))
}
