//! GET /events/refused: what is kept and not charged.

use super::shape::{RefusedEvent, RefusedEventList};
use crate::{
    caller::Caller,
    json::Query,
    problem::Problem,
    v1::shape::{Paging, page},
};
use axum::Json;

/// Lists usage events that are kept and not charged
///
/// Newest first, each with the reason: an event for a term that was closed within the grace window is charged with the next
/// invoice; an older one is kept here, as is one of a time without a subscription or of a meter that the plan does not have.
/// So nothing is dropped in silence.
#[utoipa::path(
    get,
    path = "/api/v1/events/refused",
    operation_id = "listRefusedEvents",
    tag = "Usage",
    params(Paging),
    responses((status = 200, description = "One page of refused events", body = RefusedEventList)),
    security(("key" = ["usage:read"])),
)]
pub async fn list_refused_events(Caller(cx): Caller, Query(paging): Query<Paging>) -> Result<Json<RefusedEventList>, Problem> {
    let refused = async |after: Option<String>, size| billing::server::refused_usage(&cx, after.as_deref(), size).await;
    let page = page(&cx, "refused events", &(), paging, refused).await?;
    Ok(Json(RefusedEventList { data: page.rows.into_iter().map(RefusedEvent::from).collect(), next: page.next }))
}
