//! GET /operations/{id}.

use super::operation_shape::Operation;
use crate::{caller::Caller, problem::Problem};
use axum::{Json, extract::Path};
use provisioning::server::{self, ReadError};

/// Shows how far an operation is, with its log
#[utoipa::path(
    get,
    path = "/api/v1/operations/{id}",
    operation_id = "getOperation",
    tag = "Operations",
    params(("id" = String, Path, description = "The operation's id", example = "op_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The operation", body = Operation)),
    security(("key" = ["services:read"])),
)]
pub async fn get_operation(Caller(cx): Caller, Path(id): Path<String>) -> Result<Json<Operation>, Problem> {
    let id = id.parse().map_err(|_| ReadError::NotFound)?;
    Ok(Json(server::get_operation(&cx, id).await?.into()))
}
