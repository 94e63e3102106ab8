//! GET /subscriptions: page by page.

use super::shape::{Subscription, SubscriptionList};
use crate::{
    caller::Caller,
    json::Query,
    problem::Problem,
    v1::shape::{Paging, page},
};
use axum::Json;
use billing::server::Which;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which subscriptions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those in this state.
    #[param(inline)]
    state: Option<State>,
    /// Rows on one page; 50 without it.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Trial and cancelled to the end of the term included.
    Running,
    Ended,
}

/// Lists what the organisation is subscribed to, newest first
///
/// Its tier, and a plan for each instance that was charged for.
#[utoipa::path(
    get,
    path = "/api/v1/subscriptions",
    operation_id = "listSubscriptions",
    tag = "Billing",
    params(Filter),
    responses((status = 200, description = "One page of subscriptions", body = SubscriptionList)),
    security(("key" = ["billing:read"])),
)]
pub async fn list_subscriptions(Caller(cx): Caller, Query(filter): Query<Filter>) -> Result<Json<SubscriptionList>, Problem> {
    let which = match filter.state {
        None => Which::All,
        Some(State::Running) => Which::Running,
        Some(State::Ended) => Which::Ended,
    };
    let paging = Paging { limit: filter.limit, cursor: filter.cursor };
    let subscriptions = async |after: Option<String>, size| billing::server::subscriptions_page(&cx, which, after.as_deref(), size).await;
    let page = page(&cx, "subscriptions", &filter.state, paging, subscriptions).await?;
    Ok(Json(SubscriptionList { data: page.rows.into_iter().map(Subscription::from).collect(), next: page.next }))
}
