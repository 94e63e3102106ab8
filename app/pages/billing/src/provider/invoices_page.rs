//! Invoices of all organisations, and the transfers that pay them.

use super::{accounts::Accounts, calls::find_invoices, record::Chosen, set_aside::SetAside, sheets::InvoicesSheet, terms::Terms};
use crate::{
    billing_page::DoneNote,
    overview::{invoice_row, invoice_states},
};
use billing::view::InvoiceRow;
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct ProviderInvoicesPage {
    sheet: Resource<Result<InvoicesSheet, PageError>>,
}

impl PageRoute for ProviderInvoicesPage {
    fn data() -> Self {
        let query = use_list_query();
        Self { sheet: Resource::new(move || query.get(), find_invoices) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <PageHeader title=tr!(billing.provider.title) lead=tr!(billing.provider.lead)/>
            <DoneNote/>
            <Load resource=this.sheet skeleton=SkeletonKind::Table view=|sheet| view! { <Sheet sheet=sheet/> }/>
        }
        .into_any()
    }
}

#[component]
fn Sheet(sheet: InvoicesSheet) -> impl IntoView {
    let InvoicesSheet { page, only, chosen, review, today, accounts, terms, set_aside } = sheet;
    let rows = page.rows.into_iter().map(row).collect();
    let empty = view! { <EmptyState icon=icons::LuReceipt title=tr!(billing.provider.empty) says=tr!(billing.provider.empty_says)/> };
    view! {
        {(!set_aside.rows.is_empty()).then(|| view! { <SetAside sheet=set_aside/> })}
        {chosen.map(|invoice| view! { <Chosen invoice=*invoice review=review today=today/> })}
        {only.map(|name| view! {
            <p class="cluster"><span>{tr!(billing.provider.only, name = name)}</span><LinkButton href="/provider/invoices" kind=ButtonKind::Quiet>{tr!(billing.provider.everybody)}</LinkButton></p>
        })}
        <Table
            caption=tr!(billing.provider.title)
            columns=vec![
                Column::new("number", tr!(billing.invoices.number)),
                Column::new("state", tr!(common.state)),
                Column::new("issued", tr!(billing.invoices.issued)),
                Column::new("due", tr!(billing.invoices.due)),
                Column::new("total", tr!(common.total)).right(),
                Column::new("left", tr!(billing.invoices.left)).right(),
                Column::new("organisation", tr!(common.organisation)),
                Column::new("pdf", tr!(billing.invoices.pdf)),
            ]
            rows=rows
            next=page.next
            export="/provider/invoices.csv"
            filters=vec![Filter::new("state", tr!(common.state), invoice_states())]
            empty=empty.into_any()
        />
        {accounts.map(|known| view! { <Accounts known=known/> })}
        {terms.map(|known| view! { <Terms known=known/> })}
    }
}

fn row(row: InvoiceRow) -> Row {
    let says = tr!(billing.invoices.pdf_of, number = row.number.clone()).to_string();
    let (pdf, theirs) = (format!("/provider/invoices/{}/invoice.pdf", row.id), format!("/provider/invoices?organisation={}", row.tenant));
    let name = row.buyer_name.clone();
    let id = row.id;
    invoice_row(row, format!("/provider/invoices?invoice={id}"))
        .cell(view! { <a class="link words" href=theirs>{name}</a> })
        .cell(view! { <a class="btn btn-ghost btn-sm" href=pdf rel="external" aria-label=says><Icon icon=icons::LuFileText/>"PDF"</a> })
}
