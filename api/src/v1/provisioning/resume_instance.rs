//! POST /instances/{id}/resume.

use super::{accepted, instance_id, shape};
use crate::{caller::Caller, problem::Problem};
use axum::{extract::Path, response::Response};
use provisioning::{commands::SuspendInstance, instance::SuspendedBy, server};

/// Resumes an instance
///
/// It runs again unless something else holds it, such as an unpaid invoice.
#[utoipa::path(
    post,
    path = "/api/v1/instances/{id}/resume",
    operation_id = "resumeInstance",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses(
        (status = 200, description = "It is so already", body = shape::Accepted),
        (status = 202, description = "Accepted", body = shape::Accepted, headers(("Location" = String, description = "The operation to follow"))),
    ),
    security(("key" = ["services:write"])),
)]
pub async fn resume_instance(Caller(cx): Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let command = SuspendInstance { id: instance_id(&id)?, by: SuspendedBy::Customer };
    Ok(accepted(server::resume_instance(&cx, command).await?))
}
