//! What a service used in its running term, and what that comes to.

use crate::words;
use billing::view::{MeterUsage, UsageView};
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

#[component]
pub fn Usage(usage: Option<UsageView>) -> impl IntoView {
    let Some(usage) = usage.filter(|usage| !usage.meters.is_empty()) else {
        return view! { <EmptyState icon=icons::LuGauge title=tr!(provisioning.usage.none) says=tr!(provisioning.usage.none_says)/> }.into_any();
    };
    let first = usage.term.start;
    let last = usage.term.end.plus_days(-1).max(first);
    let term = tr!(provisioning.usage.term, from = date_text(first), to = date_text(last)).to_string();
    view! {
        <Section title=tr!(provisioning.usage.title) says=term>
            <StatTiles><StatTile label=tr!(provisioning.usage.cost) value=Signal::stored(usage.cost.format(i18n::language()))/></StatTiles>
            <Table
                caption=tr!(provisioning.usage.title)
                columns=vec![
                    Column::new("meter", tr!(provisioning.usage.meter)),
                    Column::new("quantity", tr!(provisioning.usage.quantity)).right(),
                    Column::new("included", tr!(provisioning.usage.included)).right(),
                    Column::new("cost", tr!(provisioning.usage.price)).right(),
                ]
                rows=usage.meters.into_iter().map(row).collect()
            />
        </Section>
    }
    .into_any()
}

fn row(meter: MeterUsage) -> Row {
    let language = i18n::language();
    let name = if meter.name.is_empty() { words::meter(&meter.meter) } else { meter.name.get(language).to_owned() };
    let quantity = |number: f64| {
        let unit = meter.unit.get(language).to_owned();
        view! { {kit::time::number_text(number, 3)}" "<span class="unit">{unit}</span> }
    };
    let (used, included) = (quantity(decimal(&meter.quantity.to_string())), quantity(decimal(&meter.included.to_string())));
    Row::new().cell(name).cell(used).cell(included).cell(view! { <Amount money=meter.cost/> })
}

/// For showing only: amounts are never calculated from it.
fn decimal(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}
