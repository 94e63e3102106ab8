//! Invoices as files.

use crate::{calls, provider};
use billing::view::InvoiceRow;
use kernel::PageSize;
use kit::table::{
    ListQuery,
    csv::{Making, Sheet, every},
};
use platform::Cx;

const COLUMNS: &[&str] = &["number", "id", "kind", "organisation", "buyer", "state", "issued_on", "due_on", "currency", "total", "open"];

pub fn invoices(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let cx = &cx;
        let rows = every(query, |query| async move { calls::sought(cx, &query, PageSize::new(PageSize::MAX)).await }).await?;
        Ok(Sheet::new("invoices", COLUMNS, rows.into_iter().map(row).collect()))
    })
}

/// Of every organisation, for the staff.
pub fn everybodys_invoices(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let cx = &cx;
        let rows = every(query, |query| async move { provider::calls::sought(cx, &query, PageSize::new(PageSize::MAX)).await }).await?;
        Ok(Sheet::new("invoices", COLUMNS, rows.into_iter().map(row).collect()))
    })
}

fn row(row: InvoiceRow) -> Vec<String> {
    let (kind, state) = (row.kind.code().to_owned(), row.state.code().to_owned());
    let (issued, due, currency) = (row.issued_on.to_string(), row.due_on.to_string(), row.total.currency.code().to_owned());
    vec![row.number, row.id.to_string(), kind, row.tenant.to_string(), row.buyer_name, state, issued, due, currency, row.total.amount(), row.open.amount()]
}
