//! What everything costs, from the catalog that sells it, and what a choice of it would cost.

mod calculator;
mod calls;
mod cards;
#[cfg(feature = "ssr")]
mod sum;

use calculator::Calculator;
use calls::{Sum, price_list, price_of};
use cards::{Offerings, Tiers};
use catalog::{Interval, OfferingView, PLATFORM};
use kernel::{Currency, Language};
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};
use serde::{Deserialize, Serialize};

#[derive(Clone)]
pub struct PricingPage {
    terms: Memo<Terms>,
    offerings: Resource<Result<Vec<OfferingView>, PageError>>,
    sum: Resource<Result<Sum, PageError>>,
}

impl PageRoute for PricingPage {
    fn data() -> Self {
        let terms = use_terms();
        Self { terms, offerings: Resource::new(|| (), |()| price_list()), sum: Resource::new(calculator::wanted(terms), price_of) }
    }

    fn view(this: Self) -> AnyView {
        let PricingPage { terms, offerings, sum } = this;
        view! {
            <div class="public-page">
                <PageHeader title=tr!(home.pricing.title) lead=tr!(home.pricing.lead)/>
                <Load resource=offerings skeleton=SkeletonKind::Cards view=move |offerings| view! { <Prices offerings=offerings terms=terms sum=sum/> }/>
            </div>
        }
        .into_any()
    }
}

/// In which currency and for which term prices are shown; in the address, so that a price can be sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub currency: Currency,
    pub interval: Interval,
}

fn use_terms() -> Memo<Terms> {
    let query = use_query_map();
    Memo::new(move |_| {
        let query = query.read();
        let usual = if i18n::language() == Language::Id { Currency::Idr } else { Currency::Usd };
        Terms {
            currency: query.get("currency").and_then(|code| code.parse().ok()).unwrap_or(usual),
            interval: query.get("interval").and_then(|code| Interval::parse(&code)).filter(|interval| *interval != Interval::Quarterly).unwrap_or(Interval::Monthly),
        }
    })
}

#[component]
fn Prices(offerings: Vec<OfferingView>, terms: Memo<Terms>, sum: Resource<Result<Sum, PageError>>) -> impl IntoView {
    let (tiers, services): (Vec<_>, Vec<_>) = offerings.into_iter().partition(|offering| offering.offering.slug == PLATFORM);
    if tiers.is_empty() && services.is_empty() {
        return view! { <EmptyState icon=icons::LuStore title=tr!(home.pricing.empty_title) says=tr!(home.pricing.empty)/> }.into_any();
    }
    let (tiers, services) = (StoredValue::new(tiers), StoredValue::new(services));
    view! {
        <Switches terms=terms/>
        {move || {
            let terms = terms.get();
            view! {
                <Section title=tr!(home.pricing.tiers) says=tr!(home.pricing.tiers_says)><Tiers offerings=tiers.get_value() terms=terms/></Section>
                <Section title=tr!(home.pricing.services) says=tr!(home.pricing.services_says)><Offerings offerings=services.get_value() terms=terms/></Section>
                <Section id="calculator" title=tr!(home.pricing.calculator) says=tr!(home.pricing.calculator_says)>
                    <Calculator tiers=tiers.get_value() services=services.get_value() terms=terms sum=sum/>
                </Section>
            }
        }}
    }
    .into_any()
}

/// Each choice is a button of a form that goes into the address.
#[component]
fn Switches(terms: Memo<Terms>) -> impl IntoView {
    let currency = move |currency: Currency| {
        view! { <button class="segment" name="currency" value=currency.code() aria-pressed=move || if terms.get().currency == currency { "true" } else { "false" }>{currency.code()}</button> }
    };
    let interval = move |interval: Interval, label: &'static str| {
        view! { <button class="segment" name="interval" value=interval.code() aria-pressed=move || if terms.get().interval == interval { "true" } else { "false" }>{label}</button> }
    };
    view! {
        <div class="cluster">
            <Form method="GET" action="/pricing" attr:class="segments" attr:aria-label=tr!(home.pricing.currency)>
                {Currency::ALL.map(currency).collect_view()}
                <input type="hidden" name="interval" value=move || terms.get().interval.code()/>
            </Form>
            <Form method="GET" action="/pricing" attr:class="segments" attr:aria-label=tr!(home.pricing.interval)>
                {interval(Interval::Monthly, tr!(common.monthly))}
                {interval(Interval::Annual, tr!(common.annual))}
                <input type="hidden" name="currency" value=move || terms.get().currency.code()/>
            </Form>
        </div>
    }
}
