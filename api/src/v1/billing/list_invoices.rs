//! GET /invoices: page by page.

use super::shape::{InvoiceList, InvoiceSummary};
use crate::{
    caller::Caller,
    json::Query,
    problem::Problem,
    v1::shape::{Paging, page},
};
use axum::Json;
use billing::server::Wanted;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which invoices to list.
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
    /// Not paid yet, overdue or not.
    Open,
    Overdue,
    Paid,
}

/// Lists the organisation's invoices and credit notes, newest first
#[utoipa::path(
    get,
    path = "/api/v1/invoices",
    operation_id = "listInvoices",
    tag = "Billing",
    params(Filter),
    responses((status = 200, description = "One page of invoices", body = InvoiceList)),
    security(("key" = ["billing:read"])),
)]
pub async fn list_invoices(Caller(cx): Caller, Query(filter): Query<Filter>) -> Result<Json<InvoiceList>, Problem> {
    let wanted = match filter.state {
        None => Wanted::All,
        Some(State::Open) => Wanted::Open,
        Some(State::Overdue) => Wanted::Overdue,
        Some(State::Paid) => Wanted::Paid,
    };
    let paging = Paging { limit: filter.limit, cursor: filter.cursor };
    let invoices = async |after: Option<String>, size| billing::server::list_invoices(&cx, wanted, after.as_deref(), size).await;
    let page = page(&cx, "invoices", &filter.state, paging, invoices).await?;
    Ok(Json(InvoiceList { data: page.rows.into_iter().map(InvoiceSummary::from).collect(), next: page.next }))
}
