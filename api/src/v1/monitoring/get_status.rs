//! GET /instances/{id}/status.

use super::shape::{Check, InstanceStatus};
use crate::{
    caller::Caller,
    problem::Problem,
    v1::provisioning::{instance_id, shape::Instance},
};
use axum::{Json, extract::Path};
use monitoring::check::worst;

/// Shows how an instance is doing
#[utoipa::path(
    get,
    path = "/api/v1/instances/{id}/status",
    operation_id = "getInstanceStatus",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "Its state, its checks and what was last measured", body = InstanceStatus)),
    security(("key" = ["services:read"])),
)]
pub async fn get_status(Caller(cx): Caller, Path(id): Path<String>) -> Result<Json<InstanceStatus>, Problem> {
    let id = instance_id(&id)?;
    let instance = Instance::from(provisioning::server::get_instance(&cx, id).await?);
    let checks = monitoring::server::checks_of_instance(&cx, id).await?;
    Ok(Json(InstanceStatus {
        instance: id,
        state: instance.state,
        worst: worst(checks.iter().filter(|check| !check.paused).map(|check| check.status)).map(Into::into),
        drift: instance.drift,
        seen_at: instance.seen_at,
        measures: instance.measures,
        checks: checks.into_iter().map(Check::from).collect(),
    }))
}
