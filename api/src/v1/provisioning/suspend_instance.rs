//! POST /instances/{id}/suspend.

use super::{accepted, instance_id, shape};
use crate::{caller::Caller, problem::Problem};
use axum::{extract::Path, response::Response};
use provisioning::{commands::SuspendInstance, instance::SuspendedBy, server};

/// Suspends an instance
///
/// Its users are refused and their sessions end; its data stays. Suspending twice is suspending once.
#[utoipa::path(
    post,
    path = "/api/v1/instances/{id}/suspend",
    operation_id = "suspendInstance",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses(
        (status = 200, description = "It is so already", body = shape::Accepted),
        (status = 202, description = "Accepted", body = shape::Accepted, headers(("Location" = String, description = "The operation to follow"))),
    ),
    security(("key" = ["services:write"])),
)]
pub async fn suspend_instance(Caller(cx): Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let command = SuspendInstance { id: instance_id(&id)?, by: SuspendedBy::Customer };
    Ok(accepted(server::suspend_instance(&cx, command).await?))
}
