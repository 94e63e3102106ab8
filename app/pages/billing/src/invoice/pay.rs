//! Where to send the money, and with which reference.

use crate::words;
use billing::view::InvoiceView;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

#[component]
pub fn HowToPay(invoice: InvoiceView) -> impl IntoView {
    let accounts: Vec<_> = invoice.seller.accounts_for(invoice.row.open.currency).into_iter().cloned().collect();
    let overdue = invoice.row.state == billing::view::InvoiceState::Overdue;
    let (owed, due) = (words::money(invoice.row.open), date_text(invoice.row.due_on));
    let title = if overdue { tr!(billing.pay.overdue, owed = owed, date = due).to_string() } else { tr!(billing.pay.due, owed = owed, date = due).to_string() };
    let number = invoice.row.number;
    (!invoice.row.open.is_zero()).then(move || view! {
        <Callout tone=if overdue { Tone::Warn } else { Tone::Info } title=title>
            <p>{if accounts.is_empty() { tr!(billing.pay.no_account) } else { tr!(billing.pay.says) }}</p>
            <KeyValues>
                <KeyValue name=tr!(billing.pay.reference)>
                    <span class="cluster"><span class="mono">{number.clone()}</span><CopyButton text=number.clone() what=tr!(billing.pay.reference)/></span>
                </KeyValue>
                {accounts.into_iter().map(|account| view! {
                    <KeyValue name=account.bank>
                        <span class="cluster">
                            <span class="mono">{account.account.clone()}</span>
                            <CopyButton text=account.account what=tr!(billing.pay.account)/>
                            <span>{account.holder}</span>
                        </span>
                    </KeyValue>
                }).collect_view()}
            </KeyValues>
            <p class="muted">{tr!(billing.pay.then)}</p>
        </Callout>
    })
}
