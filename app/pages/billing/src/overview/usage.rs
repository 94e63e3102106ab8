//! What each service used in its running term, and what that comes to so far.

use crate::{invoice::Steps, words};
use billing::view::{MeterUsage, UsageView};
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[component]
pub fn Usage(usage: Vec<UsageView>, services: BTreeMap<String, String>) -> impl IntoView {
    let metered: Vec<UsageView> = usage.into_iter().filter(|used| !used.meters.is_empty()).collect();
    if metered.is_empty() {
        return view! { <Section title=tr!(billing.usage.title)><p class="muted">{tr!(billing.usage.none)}</p></Section> }.into_any();
    }
    let language = i18n::language();
    let rows = metered
        .into_iter()
        .flat_map(|used| {
            let title = used.title.get(language).to_owned();
            let name = services.get(&used.instance.to_string()).cloned().unwrap_or(title);
            let currency = used.cost.currency;
            let link = format!("/services/{}?tab=usage", used.instance);
            let term = words::days(used.term);
            used.meters.into_iter().map(move |meter| row(&link, &name, &term, meter, currency)).collect::<Vec<_>>()
        })
        .collect();
    view! {
        <Section title=tr!(billing.usage.title) says=tr!(billing.usage.says)>
            <Table
                caption=tr!(billing.usage.title)
                columns=vec![
                    Column::new("service", tr!(common.service)),
                    Column::new("meter", tr!(billing.usage.meter)),
                    Column::new("used", tr!(billing.usage.used)).right(),
                    Column::new("included", tr!(billing.usage.included)).right(),
                    Column::new("cost", tr!(billing.usage.cost)).right(),
                    Column::new("term", tr!(billing.subscriptions.term)),
                ]
                rows=rows
                fixed=true
            />
        </Section>
    }
    .into_any()
}

fn row(link: &str, name: &str, term: &str, meter: MeterUsage, currency: Currency) -> Row {
    let language = i18n::language();
    let unit = meter.unit.get(language).to_owned();
    let meter_name = if meter.name.is_empty() { meter.meter.replace('_', " ") } else { meter.name.get(language).to_owned() };
    let steps = meter.derivation;
    Row::link(link)
        .cell(name.to_owned())
        .cell(view! { {meter_name} <Steps derivation=steps unit=unit.clone() currency=currency/> })
        .cell(words::counted(meter.quantity, &unit))
        .cell(words::counted(meter.included, &unit))
        .cell(view! { <Amount money=meter.cost/> })
        .cell(view! { <span class="nowrap">{term.to_owned()}</span> })
}
