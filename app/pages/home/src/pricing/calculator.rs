//! The calculator: a form in the address, so that it works before scripting and its answer can be sent on.

use super::Terms;
use catalog::{Interval, OfferingView, PlanCard};
use kernel::Money;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

/// Most instances of one plan that can be asked about.
const MOST: i64 = 100;

#[component]
pub(super) fn Calculator(tiers: Vec<OfferingView>, services: Vec<OfferingView>, terms: Terms) -> impl IntoView {
    let language = i18n::language();
    let query = use_query_map();
    let tiers: Vec<PlanCard> = tiers.into_iter().flat_map(|offering| offering.plans).collect();
    let plans: Vec<(String, PlanCard)> =
        services.into_iter().flat_map(|offering| { let name = offering.offering.name.get(language).to_owned(); offering.plans.into_iter().map(move |plan| (name.clone(), plan)).collect::<Vec<_>>() }).collect();
    let chosen_tier = query.read_untracked().get("tier").unwrap_or_else(|| tiers.first().map(|tier| tier.plan.terms.code.clone()).unwrap_or_default());
    let count = move |plan: &PlanCard| query.read().get(&plan.plan.id.to_string()).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0).clamp(0, MOST);
    let fees: Vec<Money> = tiers
        .iter()
        .filter(|tier| tier.plan.terms.code == chosen_tier)
        .filter_map(|tier| tier.fee(terms.currency, terms.interval))
        .chain(plans.iter().filter_map(|(_, plan)| times(fee_of(plan, terms)?, count(plan))))
        .collect();
    let sum = Money::sum(terms.currency, fees).unwrap_or(Money::zero(terms.currency));
    let choices = tiers.iter().map(|tier| Choice::new(tier.plan.terms.code.clone(), tier.plan.terms.name.get(language))).collect();
    let per = if terms.interval == Interval::Annual { tr!(common.per_year) } else { tr!(common.per_month) };
    view! {
        <div class="split">
            <Form method="GET" action="/pricing#calculator" attr:class="box stack">
                <input type="hidden" name="currency" value=terms.currency.code()/>
                <input type="hidden" name="interval" value=terms.interval.code()/>
                <SelectField name="tier" label=tr!(home.pricing.tier) choices=choices value=chosen_tier required=true/>
                <div class="counts">
                    {plans.iter().map(|(offering, plan)| {
                        let name = format!("{offering}, {}", plan.plan.terms.name.get(language));
                        let held = count(plan).to_string();
                        view! {
                            <label class="count"><span>{name.clone()}</span>
                                <input class="input input-sm tabular" type="number" min="0" max=MOST.to_string() name=plan.plan.id.to_string() value=held aria-label=tr!(home.pricing.how_many, plan = name)/>
                            </label>
                        }
                    }).collect_view()}
                </div>
                <div><button class="btn btn-primary">{tr!(home.pricing.calculate)}</button></div>
            </Form>
            <div class="box sum" aria-live="polite">
                <p class="muted">{tr!(home.pricing.sum)}</p>
                <p class="plan-fee"><strong data-sum="true"><Amount money=sum/></strong><span class="muted">{per}</span></p>
                <p class="muted">{tr!(home.pricing.sum_says)}</p>
            </div>
        </div>
    }
}

/// Services without a price for the year cost twelve months.
fn fee_of(plan: &PlanCard, terms: Terms) -> Option<Money> {
    plan.fee(terms.currency, terms.interval).or_else(|| times(plan.fee(terms.currency, Interval::Monthly)?, i64::from(terms.interval.months())))
}

fn times(fee: Money, count: i64) -> Option<Money> {
    Some(Money::new(fee.minor.checked_mul(count)?, fee.currency))
}
