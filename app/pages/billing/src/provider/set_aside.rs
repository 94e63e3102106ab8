//! Usage that no invoice could bear, for somebody to settle by hand.

use super::sheets::{AsideRow, AsideSheet};
use crate::words;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn SetAside(sheet: AsideSheet) -> impl IntoView {
    let AsideSheet { rows, more } = sheet;
    let shown = rows.len();
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
                    Column::new("from", tr!(billing.set_aside.from)),
                ]
                rows=rows
                fixed=true
            />
            {more.then(|| view! { <p class="muted">{tr!(billing.set_aside.more, shown = shown)}</p> })}
        </Section>
    }
}

fn row(AsideRow { aside, service, meter, unit }: AsideRow) -> Row {
    let language = i18n::language();
    let theirs = format!("/provider/invoices?organisation={}", aside.tenant);
    Row::new()
        .cell(view! { <DateTime at=aside.at/> })
        .cell(view! { <a class="link words" href=theirs>{aside.organisation}</a> })
        .cell(view! { <span class="words">{service.map(|service| service.get(language).to_owned())}</span> })
        .cell(meter.get(language).to_owned())
        .cell(words::quantity(aside.quantity, unit.get(language)))
        .cell(view! { <DateTime at=aside.from/> })
}
