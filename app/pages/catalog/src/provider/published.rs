//! What is sold now, read-only, and the versions before it.

use crate::offering::PlanFacts;
use catalog::{PlanCard, Version, VersionState, VersionSummary};
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Published(version: Version) -> impl IntoView {
    view! {
        <Section title=tr!(catalog.provider.published_title, number = version.number) says=tr!(catalog.provider.published_says)>
            <ul class="grid gap-4 md:grid-cols-2 xl:grid-cols-3" data-published>
                {version.plans.into_iter().map(|plan| {
                    let others = Currency::ALL.into_iter().filter_map(|currency| {
                        let fee = PlanCard::new(plan.clone()).fee(currency, catalog::Interval::Monthly)?;
                        Some(fee.format(i18n::language()))
                    });
                    let fees = others.collect::<Vec<_>>().join(" · ");
                    view! { <li class="box stack"><PlanFacts card=PlanCard::new(plan) currency=Currency::Usd/><p class="muted tabular">{fees}</p></li> }
                }).collect_view()}
            </ul>
        </Section>
    }
}

#[component]
pub fn History(versions: Vec<VersionSummary>) -> impl IntoView {
    let rows = versions
        .into_iter()
        .map(|version| {
            let state = match version.state {
                VersionState::Draft => (Tone::Neutral, tr!(catalog.provider.draft)),
                VersionState::Published => (Tone::Good, tr!(catalog.provider.published)),
            };
            let published = version.published_at.map(|at| view! { <DateTime at=at/> });
            Row::new()
                .cell(tr!(catalog.provider.version, number = version.number))
                .cell(view! { <Chip tone=state.0>{state.1}</Chip> })
                .cell(version.plans.to_string())
                .cell(published)
        })
        .collect();
    view! {
        <Section title=tr!(catalog.provider.history)>
            <Table
                caption=tr!(catalog.provider.history)
                columns=vec![
                    Column::new("version", tr!(catalog.provider.history)),
                    Column::new("state", tr!(common.state)),
                    Column::new("plans", tr!(catalog.provider.plans_count)).right(),
                    Column::new("published_at", tr!(catalog.provider.published_at)),
                ]
                rows=rows
            />
        </Section>
    }
}
