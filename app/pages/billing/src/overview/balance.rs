//! How the balance came to be: what was paid too much, credited, granted and used.

use billing::view::BalanceEntry;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn BalanceHistory(entries: Vec<BalanceEntry>) -> impl IntoView {
    (!entries.is_empty()).then(|| {
        let rows = entries
            .into_iter()
            .map(|entry| {
                Row::new()
                    .cell(view! { <DateTime at=entry.at/> })
                    .cell(kind(&entry.kind))
                    .cell(entry.reason)
                    .cell(view! { <Amount money=entry.amount/> })
            })
            .collect();
        view! {
            <Section title=tr!(billing.balance.title) says=tr!(billing.balance.says)>
                <Table
                    caption=tr!(billing.balance.title)
                    columns=vec![
                        Column::new("at", tr!(common.time)),
                        Column::new("kind", tr!(billing.balance.kind)),
                        Column::new("reason", tr!(billing.balance.reason)),
                        Column::new("amount", tr!(common.amount)).right(),
                    ]
                    rows=rows
                    fixed=true
                />
            </Section>
        }
    })
}

fn kind(kind: &str) -> String {
    match kind {
        "overpaid" => tr!(billing.balance.overpaid).to_owned(),
        "credit_note" => tr!(billing.balance.credit_note).to_owned(),
        "granted" => tr!(billing.balance.granted).to_owned(),
        "used" => tr!(billing.balance.used).to_owned(),
        other => other.replace('_', " "),
    }
}
