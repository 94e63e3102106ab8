//! GET /usage: of all instances.

use super::shape::{InstanceUsage, UsageList};
use crate::{caller::Caller, problem::Problem};
use axum::Json;

/// Shows what was used in the running terms and what it comes to
///
/// By the calculator that will charge it.
#[utoipa::path(
    get,
    path = "/api/v1/usage",
    operation_id = "getUsage",
    tag = "Usage",
    responses((status = 200, description = "Usage by instance and meter", body = UsageList)),
    security(("key" = ["usage:read"])),
)]
pub async fn get_usage(Caller(cx): Caller) -> Result<Json<UsageList>, Problem> {
    let report = billing::server::usage_report(&cx, None).await?;
    Ok(Json(UsageList { data: report.into_iter().map(InstanceUsage::from).collect() }))
}
