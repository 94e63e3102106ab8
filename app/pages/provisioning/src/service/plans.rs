//! The plans that a service could have, side by side.

use crate::{sheets::ConfigurationSheet, words};
use catalog::{Interval, PlanCard};
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::view::{InstanceView, Planned};

#[component]
pub fn Plans(sheet: ConfigurationSheet, shown: RwSignal<InstanceView>, open: Memo<bool>) -> impl IntoView {
    let id = shown.with_untracked(|service| service.id);
    let planned = Memo::new(move |_| shown.with(|service| match &service.planned {
        Some(Planned::Plan { plan, .. }) => Some(*plan),
        Some(Planned::End { .. }) | None => None,
    }));
    let current = sheet.current.id;
    let asked = sheet.other.as_ref().map(|card| card.plan.id);
    let sold = sheet.plans.iter().any(|card| card.plan.id == current);
    let plans = StoredValue::new(sheet.plans);
    view! {
        <Section title=tr!(provisioning.configuration.plan_title) says=tr!(provisioning.configuration.plan_says)>
            {(!sold).then(|| view! { <Callout tone=Tone::Info>{tr!(provisioning.configuration.not_sold)}</Callout> })}
            <ul class="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
                {move || {
                    plans.get_value().into_iter().map(|card| {
                        let standing = if card.plan.id == current {
                            Standing::Current
                        } else if planned.get() == Some(card.plan.id) {
                            Standing::Planned
                        } else if asked == Some(card.plan.id) {
                            Standing::Chosen
                        } else if open.get() {
                            Standing::Open(format!("/services/{id}?tab=configuration&plan={}#change", card.plan.id))
                        } else {
                            Standing::Closed
                        };
                        view! { <PlanBox card=card standing=standing/> }
                    }).collect_view()
                }}
            </ul>
        </Section>
    }
}

enum Standing {
    Current,
    Chosen,
    /// Takes hold with the next term.
    Planned,
    /// Can be chosen under this address.
    Open(String),
    Closed,
}

#[component]
fn PlanBox(card: PlanCard, standing: Standing) -> impl IntoView {
    let language = i18n::language();
    let currency = use_viewer().and_then(|viewer| viewer.organisation).map(|organisation| organisation.currency);
    let fee = currency.and_then(|currency| card.fee(currency, Interval::Monthly));
    let terms = card.plan.terms;
    let name = terms.name.get(language).to_owned();
    view! {
        <li class="box stack" data-plan=terms.code>
            <div class="cluster">
                <h3 class="section-title">{name.clone()}</h3>
                {match standing {
                    Standing::Current => Some(view! { <Chip tone=Tone::Good>{tr!(provisioning.configuration.current)}</Chip> }),
                    Standing::Chosen => Some(view! { <Chip tone=Tone::Info>{tr!(provisioning.configuration.chosen)}</Chip> }),
                    Standing::Planned => Some(view! { <Chip tone=Tone::Info>{tr!(provisioning.configuration.planned)}</Chip> }),
                    Standing::Open(_) | Standing::Closed => None,
                }}
            </div>
            {fee.map(|fee| view! { <p><strong><Amount money=fee/></strong>" "<span class="muted">{tr!(provisioning.configuration.per_month)}</span></p> })}
            <ul class="muted">
                {terms.limits.iter().map(|(limit, value)| {
                    let (label, value) = words::limit(limit, *value);
                    view! { <li>{format!("{label}: {value}")}</li> }
                }).collect_view()}
            </ul>
            {match standing {
                Standing::Open(href) => Some(view! { <p><LinkButton href=href>{tr!(provisioning.configuration.choose, plan = name)}</LinkButton></p> }),
                Standing::Current | Standing::Chosen | Standing::Planned | Standing::Closed => None,
            }}
        </li>
    }
}
