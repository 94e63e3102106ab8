//! GET /instances/{id}/usage.

use super::{
    own_instance,
    shape::{InstanceUsage, UsageList},
};
use crate::{caller::Caller, problem::Problem, v1::provisioning::instance_id};
use axum::{Json, extract::Path};
use kernel::Need;

/// Shows what one instance used in its running term and what it comes to
#[utoipa::path(
    get,
    path = "/api/v1/instances/{id}/usage",
    operation_id = "getInstanceUsage",
    tag = "Usage",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "Usage by meter; empty before billing began", body = UsageList)),
    security(("key" = ["usage:read"])),
)]
pub async fn get_instance_usage(Caller(cx): Caller, Path(id): Path<String>) -> Result<Json<UsageList>, Problem> {
    let id = own_instance(&cx, Need::USAGE_READ, instance_id(&id)?).await?;
    let report = billing::server::usage_report(&cx, Some(id)).await?;
    Ok(Json(UsageList { data: report.into_iter().map(InstanceUsage::from).collect(), next: None }))
}
