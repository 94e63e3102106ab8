//! GET /instances/{id}.

use super::{instance_id, shape::Instance, shown};
use crate::{caller::Caller, problem::Problem};
use axum::{extract::Path, response::Response};

/// Shows one instance
#[utoipa::path(
    get,
    path = "/api/v1/instances/{id}",
    operation_id = "getInstance",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The instance", body = Instance, headers(("ETag" = String, description = "Its version, for If-Match")))),
    security(("key" = ["services:read"])),
)]
pub async fn get_instance(Caller(cx): Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(shown(provisioning::server::get_instance(&cx, instance_id(&id)?).await?))
}
