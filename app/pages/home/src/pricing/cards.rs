//! Tiers and plans side by side.

use super::Terms;
use catalog::{Component, Interval, OfferingView, PlanCard};
use kernel::Money;
use kit::{
    door::{Inside, inside},
    prelude::*,
};
use leptos::prelude::*;

#[component]
pub(super) fn Tiers(offerings: Vec<OfferingView>, terms: Terms) -> impl IntoView {
    let plans = offerings.into_iter().flat_map(|offering| offering.plans);
    view! {
        <div class="plans">
            {plans.map(|plan| {
                let chosen = chosen(&plan, terms, inside());
                view! { <PlanBox plan=plan terms=terms under=Under::Section><LinkButton href=chosen>{tr!(home.pricing.choose)}</LinkButton></PlanBox> }
            }).collect_view()}
        </div>
    }
}

/// Where a tier is chosen, for the term whose fee is shown: by signing up, or among the steps of those who have. Their currency
/// is settled.
fn chosen(plan: &PlanCard, terms: Terms, inside: Option<Inside>) -> String {
    let tier = &plan.plan.terms.code;
    let interval = fee_shown(plan, terms).map_or(terms.interval, |(_, term)| term).code();
    match inside {
        Some(Inside::Organisation) => format!("/onboarding?step=tier&tier={}&interval={interval}", tier.to_ascii_uppercase()),
        Some(Inside::Provider) | None => format!("/sign-up?tier={tier}&interval={interval}&currency={}", terms.currency.code()),
    }
}

#[component]
pub(super) fn Offerings(offerings: Vec<OfferingView>, terms: Terms) -> impl IntoView {
    let language = i18n::language();
    view! {
        <div class="stack">
            {offerings.into_iter().map(|offering| view! {
                <div class="stack-tight">
                    <h3 class="offering-name">{offering.offering.name.get(language).to_owned()}<span class="muted">{offering.offering.summary.get(language).to_owned()}</span></h3>
                    <div class="plans">{offering.plans.into_iter().map(|plan| view! { <PlanBox plan=plan terms=terms under=Under::Offering>{()}</PlanBox> }).collect_view()}</div>
                </div>
            }).collect_view()}
        </div>
    }
}

/// What a plan's heading stands under, so that headings go down by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    Section,
    Offering,
}

/// One plan: name, fee, what it brings, and what usage above that costs.
#[component]
fn PlanBox(plan: PlanCard, terms: Terms, under: Under, children: Children) -> impl IntoView {
    let language = i18n::language();
    let of_plan = plan.plan.terms.clone();
    let name = of_plan.name.get(language).to_owned();
    let usage: Vec<String> = of_plan.components.iter().filter_map(|component| usage_words(component, terms)).collect();
    view! {
        <article class="plan-box">
            {match under {
                Under::Section => view! { <h3 class="plan-name">{name}</h3> }.into_any(),
                Under::Offering => view! { <h4 class="plan-name">{name}</h4> }.into_any(),
            }}
            <p class="muted">{of_plan.tagline.get(language).to_owned()}</p>
            <Fee fee=fee_shown(&plan, terms) asked=terms.interval/>
            <ul class="plan-features">
                {of_plan.features.iter().map(|feature| view! { <li><Icon icon=icons::LuCheck/>{feature.get(language).to_owned()}</li> }).collect_view()}
                {usage.into_iter().map(|words| view! { <li class="muted"><Icon icon=icons::LuGauge/>{words}</li> }).collect_view()}
            </ul>
            <div class="plan-action">{children()}</div>
        </article>
    }
}

/// The fee of the term that was asked for; of the month, as the calculator has it, where the plan is not sold for that term.
fn fee_shown(plan: &PlanCard, Terms { currency, interval }: Terms) -> Option<(Money, Interval)> {
    [interval, Interval::Monthly].into_iter().find_map(|term| plan.fee(currency, term).map(|fee| (fee, term)))
}

#[component]
fn Fee(fee: Option<(Money, Interval)>, asked: Interval) -> impl IntoView {
    match fee {
        None => view! { <p class="plan-fee muted">{tr!(home.pricing.not_sold)}</p> }.into_any(),
        Some((fee, _)) if fee.is_zero() => view! { <p class="plan-fee"><strong>{tr!(home.pricing.free)}</strong></p> }.into_any(),
        Some((fee, term)) => {
            let per = match term {
                Interval::Annual => tr!(common.per_year),
                _ if term != asked => tr!(home.pricing.billed_monthly),
                Interval::Monthly | Interval::Quarterly => tr!(common.per_month),
            };
            view! { <p class="plan-fee"><strong><Amount money=fee/></strong><span class="muted">{per}</span></p> }.into_any()
        }
    }
}

/// What a metered part includes, and what more of it costs.
fn usage_words(component: &Component, terms: Terms) -> Option<String> {
    let costs = prices::by_use(component, terms.currency, terms.interval)?;
    Some(format!("{}: {costs}", component.name.get(i18n::language())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use serde_json::json;

    /// A tier of these fees.
    fn tier(fees: &[(Interval, i64)]) -> PlanCard {
        let id = |kind: &str| format!("{kind}_00000000000000000000000000");
        let name = json!({ "en": "Pro", "id": "Pro" });
        let plan = json!({
            "id": id("pln"), "offering": id("off"), "offering_slug": "platform", "offering_name": name, "version": id("ver"), "driver": null,
            "terms": {
                "code": "pro", "name": name, "tagline": name, "features": [], "limits": {}, "components": [],
                "upgrade": "now", "downgrade": "end_of_term", "config_schema": {},
            },
        });
        let fees = fees.iter().map(|(interval, minor)| (Currency::Usd, *interval, Money::new(*minor, Currency::Usd))).collect();
        PlanCard { plan: serde_json::from_value(plan).expect("a plan"), fees }
    }

    #[test]
    fn a_tier_is_chosen_for_the_term_whose_fee_is_shown() {
        let terms = Terms { currency: Currency::Usd, interval: Interval::Annual };
        let monthly = tier(&[(Interval::Monthly, 2_400)]);
        assert_eq!(chosen(&monthly, terms, None), "/sign-up?tier=pro&interval=monthly&currency=USD");
        assert_eq!(chosen(&monthly, terms, Some(Inside::Organisation)), "/onboarding?step=tier&tier=PRO&interval=monthly");
        let both = tier(&[(Interval::Monthly, 2_400), (Interval::Annual, 24_000)]);
        assert_eq!(chosen(&both, terms, None), "/sign-up?tier=pro&interval=annual&currency=USD");
    }
}
