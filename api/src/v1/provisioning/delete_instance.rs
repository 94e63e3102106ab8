//! DELETE /instances/{id}.

use super::{accepted, instance_id, shape};
use crate::{caller::Caller, etag, problem::Problem};
use axum::{
    extract::Path,
    http::{HeaderMap, header},
    response::Response,
};
use provisioning::server;

/// Deletes an instance
///
/// It stops at once, and what is left of its fee is given back; its data is kept until `kept_until`, then removed for
/// good. One that is still being set up is stopped and removed.
#[utoipa::path(
    delete,
    path = "/api/v1/instances/{id}",
    operation_id = "deleteInstance",
    tag = "Instances",
    params(
        ("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw", example = "\"3\""),
    ),
    responses(
        (status = 200, description = "It was deleted already", body = shape::Accepted),
        (status = 202, description = "Accepted", body = shape::Accepted, headers(("Location" = String, description = "The operation to follow"))),
    ),
    security(("key" = ["services:write"])),
)]
pub async fn delete_instance(Caller(cx): Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let id = instance_id(&id)?;
    let if_version = if headers.contains_key(header::IF_MATCH) {
        etag::if_match(&headers, server::get_instance(&cx, id).await?.version)?
    } else {
        None
    };
    Ok(accepted(server::delete_instance(&cx, id, if_version).await?))
}
