//! GET /usage: of all instances, page by page.

use super::shape::{InstanceUsage, UsageList};
use crate::{
    caller::Caller,
    json::Query,
    problem::Problem,
    v1::shape::{Paging, page},
};
use axum::Json;

/// Shows what was used in the running terms and what it comes to
///
/// By the calculator that will charge it; instances that were ordered last come first.
#[utoipa::path(
    get,
    path = "/api/v1/usage",
    operation_id = "getUsage",
    tag = "Usage",
    params(Paging),
    responses((status = 200, description = "Usage by instance and meter", body = UsageList)),
    security(("key" = ["usage:read"])),
)]
pub async fn get_usage(Caller(cx): Caller, Query(paging): Query<Paging>) -> Result<Json<UsageList>, Problem> {
    let usage = async |after: Option<String>, size| billing::server::usage_page(&cx, after.as_deref(), size).await;
    let page = page(&cx, "usage", &(), paging, usage).await?;
    Ok(Json(UsageList { data: page.rows.into_iter().map(InstanceUsage::from).collect(), next: page.next }))
}
