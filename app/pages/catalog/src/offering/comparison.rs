//! An offering's plans side by side. Choosing one is a link, so that it works by loading the page anew.

use super::back::{keeping, way_back};
use catalog::{Interval, PlanCard};
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Comparison(plans: Vec<PlanCard>, slug: String, chosen: Memo<String>) -> impl IntoView {
    let currency = use_viewer().and_then(|viewer| viewer.organisation).map_or(Currency::Usd, |organisation| organisation.currency);
    let back = way_back();
    view! {
        <Section title=tr!(catalog.plans.title)>
            <ul class="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
                {plans.into_iter().map(|card| {
                    let name = card.plan.terms.name.get(i18n::language()).to_owned();
                    let code = card.plan.terms.code.clone();
                    let href = format!("{}#order", keeping(format!("/catalog/{slug}?plan={code}"), &back));
                    let is_chosen = { let code = code.clone(); Signal::derive(move || chosen.with(|chosen| *chosen == code)) };
                    let sold = !card.plan.terms.intervals(currency).is_empty();
                    view! {
                        <li class="box stack" class:chosen=is_chosen data-plan=code>
                            <PlanFacts card=card currency=currency/>
                            <p class="mt-auto">
                                {move || match (sold, is_chosen.get()) {
                                    (false, _) => view! { <span class="muted">{tr!(catalog.plans.not_sold, currency = currency)}</span> }.into_any(),
                                    (true, true) => view! { <Chip tone=Tone::Good>{tr!(catalog.plans.chosen)}</Chip> }.into_any(),
                                    (true, false) => {
                                        let choose = tr!(catalog.plans.choose, plan = name.clone()).to_string();
                                        view! { <LinkButton href=href.clone()>{choose}</LinkButton> }.into_any()
                                    }
                                }}
                            </p>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Section>
    }
}

/// Name, fee, points, and what is charged by use.
#[component]
pub fn PlanFacts(card: PlanCard, currency: Currency) -> impl IntoView {
    let language = i18n::language();
    let fee = card.fee(currency, Interval::Monthly).map(|fee| (fee, tr!(catalog.plans.per_month)));
    let fee = fee.or_else(|| card.fee(currency, Interval::Annual).map(|fee| (fee, tr!(catalog.plans.per_year))));
    let terms = card.plan.terms;
    let by_use: Vec<(String, String)> = terms
        .components
        .iter()
        .filter_map(|part| Some((part.name.get(language).to_owned(), prices::by_use(part, currency, Interval::Monthly)?)))
        .collect();
    view! {
        <div>
            <h3 class="section-title">{terms.name.get(language).to_owned()}</h3>
            <p class="muted">{terms.tagline.get(language).to_owned()}</p>
        </div>
        {fee.map(|(fee, term)| view! { <p><strong class="text-xl"><Amount money=fee/></strong>" "<span class="muted">{term}</span></p> })}
        {(terms.trial_days > 0).then(|| view! { <p><Chip tone=Tone::Info>{tr!(catalog.plans.trial, days = terms.trial_days)}</Chip></p> })}
        <ul class="points">
            {terms.features.iter().map(|feature| view! { <li class="flex gap-2"><Icon icon=icons::LuCheck class="mt-1 shrink-0"/><span>{feature.get(language).to_owned()}</span></li> }).collect_view()}
        </ul>
        {(!by_use.is_empty()).then(|| view! {
            <div class="text-xs muted">
                <p class="font-medium">{tr!(catalog.plans.beyond)}</p>
                <ul>{by_use.into_iter().map(|(name, price)| view! { <li>{format!("{name}: {price}")}</li> }).collect_view()}</ul>
            </div>
        })}
    }
}
