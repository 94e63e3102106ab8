//! The organisation's invoices, newest first.

use crate::words;
use billing::view::{InvoiceRow, InvoiceState};
use kernel::Page;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Invoices(page: Page<InvoiceRow>) -> impl IntoView {
    let query = use_list_query().get_untracked();
    let sought = query.filter("state").is_some() || query.after.is_some();
    let contents = if page.rows.is_empty() && !sought {
        view! { <EmptyState icon=icons::LuReceipt title=tr!(billing.invoices.empty) says=tr!(billing.invoices.empty_says)/> }.into_any()
    } else {
        let rows = page.rows.into_iter().map(|row| invoice_row(row.clone(), format!("/billing/invoices/{}", row.id)).cell(pdf(&row))).collect();
        view! {
            <Table
                caption=tr!(billing.invoices.title)
                columns=vec![
                    Column::new("number", tr!(billing.invoices.number)),
                    Column::new("state", tr!(common.state)),
                    Column::new("issued", tr!(billing.invoices.issued)),
                    Column::new("due", tr!(billing.invoices.due)),
                    Column::new("total", tr!(common.total)).right(),
                    Column::new("left", tr!(billing.invoices.left)).right(),
                    Column::new("pdf", tr!(billing.invoices.pdf)),
                ]
                rows=rows
                next=page.next
                export="/billing/invoices.csv"
                filters=vec![Filter::new("state", tr!(common.state), invoice_states())]
            />
        }
        .into_any()
    };
    view! { <Section id="invoices".to_owned() title=tr!(billing.invoices.title)>{contents}</Section> }
}

/// Number, state, days and amounts: what every list of invoices shows.
pub fn invoice_row(row: InvoiceRow, href: String) -> Row {
    let note = (row.kind == billing::view::DocumentKind::CreditNote).then(|| format!(" ({})", words::kind(row.kind)));
    Row::link(href)
        .cell(view! { <span class="nowrap mono">{row.number.clone()}</span> {note} })
        .cell(view! { <StatusChip state=Signal::stored(row.state.code().to_owned())/> })
        .cell(view! { <DateOnly date=row.issued_on/> })
        .cell(view! { <DateOnly date=row.due_on/> })
        .cell(view! { <Amount money=row.total/> })
        .cell(view! { <Amount money=row.open/> })
}

fn pdf(row: &InvoiceRow) -> impl IntoView + use<> {
    let says = tr!(billing.invoices.pdf_of, number = row.number.clone()).to_string();
    view! { <a class="btn btn-ghost btn-sm" href=format!("/billing/invoices/{}/invoice.pdf", row.id) rel="external" aria-label=says><Icon icon=icons::LuFileText/>"PDF"</a> }
}

/// Choices of the filter by state.
pub fn invoice_states() -> Vec<(&'static str, &'static str)> {
    [InvoiceState::Open, InvoiceState::Overdue, InvoiceState::Paid].map(|state| (state.code(), words::invoice_state(state))).to_vec()
}
