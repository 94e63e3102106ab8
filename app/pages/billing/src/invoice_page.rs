//! One invoice: what it charges and why, what was paid, and how to pay the rest.

use crate::{
    calls,
    invoice::{HowToPay, Lines, Payments, Totals},
    words,
};
use billing::view::{Buyer, InvoiceView, Seller};
use kernel::live::Live;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[derive(Clone)]
pub struct InvoicePage {
    id: Memo<String>,
    invoice: LiveResource<InvoiceView>,
}

impl PageRoute for InvoicePage {
    fn data() -> Self {
        let params = use_params_map();
        let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
        Self { id, invoice: LiveResource::new(move || id.get(), calls::invoice) }
    }

    fn view(this: Self) -> AnyView {
        let InvoicePage { id, invoice } = this;
        kit::live::refetch_on(invoice, move |live| matches!(live, Live::Invoice { id: changed, .. } if changed.to_string() == id.get_untracked()));
        view! { <Load resource=invoice.resource whole=true view=|invoice| view! { <Invoice invoice=invoice/> }/> }.into_any()
    }
}

#[component]
fn Invoice(invoice: InvoiceView) -> impl IntoView {
    let row = invoice.row.clone();
    let lead = tr!(billing.invoice.lead, issued = date_text(row.issued_on), due = date_text(row.due_on)).to_string();
    let pdf = format!("/billing/invoices/{}/invoice.pdf", row.id);
    let state = row.state.code().to_owned();
    let (lines, payments) = (invoice.lines.clone(), invoice.payments.clone());
    let (seller, buyer) = (invoice.seller.clone(), invoice.buyer.clone());
    view! {
        <PageHeader
            title=words::document(&row)
            crumbs=vec![Crumb::new(tr!(billing.title), "/billing")]
            lead=lead
            aside=view! { <StatusChip state=Signal::stored(state)/> }.into_any()
        >
            <LinkButton href=pdf kind=ButtonKind::Primary icon=icons::LuDownload external=true>{tr!(billing.invoice.download)}</LinkButton>
        </PageHeader>
        <HowToPay invoice=invoice.clone()/>
        <Section title=tr!(billing.line.title) says=tr!(billing.line.says)>
            <Lines lines=lines/>
        </Section>
        <div class="grid gap-4 lg:grid-cols-2">
            <Parties seller=seller buyer=buyer/>
            <Totals invoice=invoice/>
        </div>
        <Payments payments=payments/>
    }
}

#[component]
fn Parties(seller: Seller, buyer: Buyer) -> impl IntoView {
    view! {
        <Card class="stack">
            <Party title=tr!(billing.invoice.from) name=seller.name address=seller.address tax_id=seller.tax_id/>
            <Party title=tr!(billing.invoice.to) name=buyer.name address=buyer.address tax_id=buyer.tax_id/>
        </Card>
    }
}

#[component]
fn Party(#[prop(into)] title: String, name: String, address: Vec<String>, tax_id: String) -> impl IntoView {
    view! {
        <div>
            <h2 class="muted text-xs">{title}</h2>
            <p><strong>{name}</strong></p>
            {address.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            {(!tax_id.is_empty()).then(|| view! { <p class="muted">{tr!(billing.invoice.tax_id, id = tax_id)}</p> })}
        </div>
    }
}
