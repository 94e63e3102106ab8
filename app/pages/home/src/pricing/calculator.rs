//! The calculator: a form in the address, so that it works before scripting and its answer can be sent on.

use super::{
    Terms,
    calls::{Sum, Wanted},
};
use catalog::{Interval, OfferingView, PlanCard};
use kernel::PlanId;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map, params::ParamsMap};

/// Most instances of one plan that can be asked about.
const MOST: i64 = 100;

/// What the address asks the price of.
pub(super) fn wanted(terms: Memo<Terms>) -> impl Fn() -> Wanted + Send + Sync + 'static {
    let query = use_query_map();
    move || {
        let query = query.read();
        let plans = query.clone().into_iter().filter_map(|(name, _)| name.parse().ok()).map(|plan| (plan, asked(&query, plan))).collect();
        Wanted { terms: terms.get(), tier: query.get("tier"), plans }
    }
}

#[component]
pub(super) fn Calculator(tiers: Vec<OfferingView>, services: Vec<OfferingView>, terms: Terms, sum: Resource<Result<Sum, PageError>>) -> impl IntoView {
    let language = i18n::language();
    let query = use_query_map();
    let tiers: Vec<PlanCard> = tiers.into_iter().flat_map(|offering| offering.plans).collect();
    let plans: Vec<(String, PlanCard)> =
        services.into_iter().flat_map(|offering| { let name = offering.offering.name.get(language).to_owned(); offering.plans.into_iter().map(move |plan| (name.clone(), plan)).collect::<Vec<_>>() }).collect();
    let first_tier = tiers.first().map(|tier| tier.plan.terms.code.clone()).unwrap_or_default();
    let chosen_tier = query.read_untracked().get("tier").unwrap_or(first_tier);
    let choices = tiers.iter().map(|tier| Choice::new(tier.plan.terms.code.clone(), tier.plan.terms.name.get(language))).collect();
    view! {
        <div class="split">
            <Form method="GET" action="/pricing" noscroll=true attr:class="box stack">
                <input type="hidden" name="currency" value=terms.currency.code()/>
                <input type="hidden" name="interval" value=terms.interval.code()/>
                <SelectField name="tier" label=tr!(home.pricing.tier) choices=choices value=chosen_tier required=true/>
                <div class="counts">
                    {plans.iter().map(|(offering, plan)| {
                        let name = format!("{offering}, {}", plan.plan.terms.name.get(language));
                        let held = asked(&query.read_untracked(), plan.plan.id).to_string();
                        view! {
                            <label class="count"><span>{name.clone()}</span>
                                <input class="input input-sm tabular" type="number" min="0" max=MOST.to_string() name=plan.plan.id.to_string() value=held aria-label=tr!(home.pricing.how_many, plan = name)/>
                            </label>
                        }
                    }).collect_view()}
                </div>
                <div><button class="btn btn-primary">{tr!(home.pricing.calculate)}</button></div>
            </Form>
            <div class="box sum" aria-live="polite"><Load resource=sum view=move |sum| view! { <Answer sum=sum interval=terms.interval/> }/></div>
        </div>
    }
}

/// How many instances of a plan the address asks for.
fn asked(query: &ParamsMap, plan: PlanId) -> i64 {
    query.get(&plan.to_string()).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0).clamp(0, MOST)
}

#[component]
fn Answer(sum: Sum, interval: Interval) -> impl IntoView {
    let per = if interval == Interval::Annual { tr!(common.per_year) } else { tr!(common.per_month) };
    view! {
        <p class="muted">{tr!(common.total)}</p>
        <p class="plan-fee"><strong data-sum="true"><Amount money=sum.total/></strong><span class="muted">{per}</span></p>
        <KeyValues>
            <KeyValue name=tr!(home.pricing.sum)><Amount money=sum.fees/></KeyValue>
            <KeyValue name=tr!(home.pricing.tax)><Amount money=sum.tax/></KeyValue>
        </KeyValues>
        <p class="muted">{tr!(home.pricing.sum_says)}</p>
    }
}
