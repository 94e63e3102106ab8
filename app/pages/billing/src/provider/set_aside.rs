//! Usage that no invoice could bear, for somebody to settle by hand.

use crate::words;
use billing::view::UsageSetAside;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn SetAside(rows: Vec<UsageSetAside>) -> impl IntoView {
    let rows = rows.into_iter().map(row).collect();
    view! {
        <Section id="set-aside".to_owned() title=tr!(billing.set_aside.title) says=tr!(billing.set_aside.says)>
            <Table
                caption=tr!(billing.set_aside.title)
                columns=vec![
                    Column::new("at", tr!(billing.set_aside.at)),
                    Column::new("organisation", tr!(common.organisation)),
                    Column::new("service", tr!(common.service)),
                    Column::new("meter", tr!(billing.usage.meter)),
                    Column::new("quantity", tr!(billing.set_aside.quantity)).right(),
                ]
                rows=rows
            />
        </Section>
    }
}

fn row(aside: UsageSetAside) -> Row {
    let theirs = format!("/provider/invoices?organisation={}", aside.tenant);
    Row::new()
        .cell(view! { <DateTime at=aside.at/> })
        .cell(view! { <a class="link" href=theirs>{aside.organisation}</a> })
        .cell(aside.instance.map(|id| id.to_string()).unwrap_or_default())
        .cell(aside.meter)
        .cell(words::number(aside.quantity))
}
