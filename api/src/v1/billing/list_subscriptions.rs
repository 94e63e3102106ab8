//! GET /subscriptions.

use super::shape::{Subscription, SubscriptionList};
use crate::{caller::Caller, problem::Problem};
use axum::Json;

/// Lists what the organisation is subscribed to
///
/// The tier first, then instances; those that ended last.
#[utoipa::path(
    get,
    path = "/api/v1/subscriptions",
    operation_id = "listSubscriptions",
    tag = "Billing",
    responses((status = 200, description = "The subscriptions", body = SubscriptionList)),
    security(("key" = ["billing:read"])),
)]
pub async fn list_subscriptions(Caller(cx): Caller) -> Result<Json<SubscriptionList>, Problem> {
    let views = billing::server::subscriptions(&cx).await?;
    Ok(Json(SubscriptionList { data: views.into_iter().map(Subscription::from).collect() }))
}
