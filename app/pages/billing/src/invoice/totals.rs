//! From the lines to what is still to be paid, and what was paid.

use crate::words;
use billing::view::{InvoiceView, PaymentView};
use kernel::Money;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Totals(invoice: InvoiceView) -> impl IntoView {
    let (taxes, beyond) = (invoice.taxes.clone(), beyond(&invoice));
    view! {
        <Card class="sums">
            <KeyValues>
                <KeyValue name=tr!(billing.totals.subtotal)><Amount money=invoice.subtotal/></KeyValue>
                {(!invoice.discount.is_zero()).then(|| view! { <KeyValue name=tr!(billing.totals.discount)><Amount money=invoice.discount/></KeyValue> })}
                {taxes.into_iter().map(|tax| {
                    let part_only = tax.rule.base.0 != tax.rule.base.1;
                    let base = part_only.then(|| tax.rule.base_of(tax.price)).flatten();
                    let name = bills::tax_name(&tax.rule);
                    let base_name = tr!(billing.totals.tax_base, part = tax.rule.base.0, whole = tax.rule.base.1).to_string();
                    view! {
                        {base.map(|base| view! { <KeyValue name=base_name><Amount money=base/></KeyValue> })}
                        <KeyValue name=name><Amount money=tax.amount/></KeyValue>
                    }
                }).collect_view()}
                <KeyValue name=tr!(common.total)><strong><Amount money=invoice.row.total/></strong></KeyValue>
                {(!invoice.from_balance.is_zero()).then(|| view! { <KeyValue name=tr!(billing.totals.from_balance)><Amount money=invoice.from_balance/></KeyValue> })}
                {(!invoice.paid.is_zero()).then(|| view! { <KeyValue name=tr!(billing.totals.paid)><Amount money=invoice.paid/></KeyValue> })}
                {beyond.map(|money| view! { <KeyValue name=tr!(billing.totals.beyond)><Amount money=money/></KeyValue> })}
                <KeyValue name=tr!(billing.totals.left)><strong data-left="">{words::money(invoice.row.open)}</strong></KeyValue>
            </KeyValues>
        </Card>
    }
}

/// What came in beyond what the invoice charges, and so went to the balance; other invoices take from it.
fn beyond(invoice: &InvoiceView) -> Option<Money> {
    let parts = [invoice.paid, invoice.from_balance, invoice.row.open];
    let all = parts.into_iter().try_fold(Money::zero(invoice.row.total.currency), Money::checked_add).ok()?;
    all.checked_sub(invoice.row.total).ok().filter(|rest| rest.minor > 0)
}

#[component]
pub fn Payments(payments: Vec<PaymentView>) -> impl IntoView {
    (!payments.is_empty()).then(|| {
        let rows = payments
            .into_iter()
            .map(|payment| {
                Row::new()
                    .cell(view! { <DateOnly date=payment.received_on/> })
                    .cell(words::payment_method(&payment.method))
                    .cell(view! { <span class="mono text-xs">{payment.reference}</span> })
                    .cell(view! { <Amount money=payment.amount/> })
            })
            .collect();
        view! {
            <Section title=tr!(billing.payment.title)>
                <Table
                    caption=tr!(billing.payment.title)
                    columns=vec![
                        Column::new("received", tr!(billing.payment.received)),
                        Column::new("method", tr!(billing.payment.method)),
                        Column::new("reference", tr!(billing.payment.reference)),
                        Column::new("amount", tr!(common.amount)).right(),
                    ]
                    rows=rows
                />
            </Section>
        }
    })
}
