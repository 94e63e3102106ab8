//! Which tier, and how often it is paid for. The choice is in the address, so that it works before scripting.

use super::bill::Preview;
use crate::{calls::ChooseTier, sheet::TierOffer};
use catalog::Interval;
use i18n::tr;
use identity::view::Organisation;
use kernel::{Money, Need};
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use onboarding::Wish;

/// Chosen until the reader chooses: the middle one.
const USUAL: &str = "PROFESSIONAL";

/// A tier by its code, and its term.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pick {
    tier: String,
    interval: Interval,
}

impl Pick {
    fn address(&self) -> String {
        format!("/onboarding?step=tier&tier={}&interval={}", self.tier, self.interval)
    }
}

#[component]
pub fn TierStep(organisation: Organisation, tiers: Vec<TierOffer>, wish: Option<Wish>, action: ServerAction<ChooseTier>) -> impl IntoView {
    if tiers.is_empty() {
        return view! { <EmptyState icon=icons::LuStore title=tr!(onboarding.tier.none_title) says=tr!(onboarding.tier.none)/> }.into_any();
    }
    let subscribed = subscribed(&organisation);
    let pick = use_pick(&organisation, &tiers, wish.as_ref());
    if let Some(here) = subscribed {
        return view! { <Subscribed here=here tiers=tiers/> }.into_any();
    }
    let may = use_viewer().is_some_and(|viewer| viewer.may(Need::BILLING_WRITE));
    let nowhere = organisation.country.is_none();
    let offers = StoredValue::new(tiers.clone());
    let chosen = Memo::new(move |_| offers.with_value(|offers| offers.iter().find(|offer| offer.code == pick.with(|pick| pick.tier.clone())).cloned()));
    view! {
        <Intervals pick=pick/>
        <ul class="plans" aria-label=tr!(onboarding.tier.tiers)>
            {tiers.into_iter().map(|offer| view! { <TierCard offer=offer pick=pick/> }).collect_view()}
        </ul>
        <Card class="stack">
            {move || {
                let (pick, offer) = (pick.get(), chosen.get());
                let price = offer.as_ref().and_then(|offer| offer.price(pick.interval).cloned());
                match (offer, price) {
                    (Some(offer), Some(price)) => view! { <Preview name=offer.name.get(i18n::language()).to_owned() price=price/> }.into_any(),
                    _ => view! { <p class="muted">{tr!(onboarding.tier.not_sold)}</p> }.into_any(),
                }
            }}
            {move || {
                let pick = pick.get();
                if !may {
                    return view! { <Callout tone=Tone::Info>{tr!(onboarding.tier.others)}</Callout> }.into_any();
                }
                let Some(offer) = chosen.get().filter(|offer| offer.price(pick.interval).is_some()) else { return ().into_any() };
                let name = offer.name.get(i18n::language()).to_owned();
                view! {
                    {nowhere.then(|| view! {
                        <Callout tone=Tone::Warn title=tr!(onboarding.tier.no_country)>
                            <p>{tr!(onboarding.tier.no_country_says)}</p>
                            <p><a class="link" href="/onboarding?step=profile">{tr!(onboarding.tier.to_profile)}</a></p>
                        </Callout>
                    })}
                    <Form action=action>
                        <input type="hidden" name="form[plan]" value=offer.plan.to_string()/>
                        <input type="hidden" name="form[interval]" value=pick.interval.code()/>
                        <div class="form-actions"><SubmitButton>{tr!(onboarding.tier.subscribe, tier = name)}</SubmitButton></div>
                    </Form>
                }
                .into_any()
            }}
        </Card>
    }
    .into_any()
}

/// Once there is a tier, another one is a change, which the page of billing offers with what it costs.
#[component]
fn Subscribed(here: Pick, tiers: Vec<TierOffer>) -> impl IntoView {
    let name = tiers.into_iter().find(|offer| offer.code == here.tier).map_or(here.tier, |offer| offer.name.get(i18n::language()).to_owned());
    let per = if here.interval == Interval::Annual { tr!(common.annual) } else { tr!(common.monthly) };
    let may = use_viewer().is_some_and(|viewer| viewer.may(Need::BILLING_READ));
    view! {
        <Card class="stack">
            <Callout tone=Tone::Good title=format!("{name}, {per}")><p>{tr!(onboarding.tier.yours)}</p></Callout>
            {may.then(|| view! { <div class="form-actions"><LinkButton href="/billing#subscriptions">{tr!(onboarding.tier.change)}</LinkButton></div> })}
        </Card>
    }
}

/// What the organisation pays for already. A tier without a term is no more than somebody's suggestion.
fn subscribed(organisation: &Organisation) -> Option<Pick> {
    Some(Pick { tier: organisation.tier?.code().to_owned(), interval: interval_of(organisation)? })
}

fn interval_of(organisation: &Organisation) -> Option<Interval> {
    Interval::parse(organisation.billing_interval?.code())
}

/// The choice in the address, else what stands, else what was chosen on the price list, else the usual one.
fn use_pick(organisation: &Organisation, tiers: &[TierOffer], wish: Option<&Wish>) -> Memo<Pick> {
    let query = use_query_map();
    let codes: Vec<String> = tiers.iter().map(|offer| offer.code.clone()).collect();
    let usual = organisation.tier.map(|tier| tier.code()).or(wish.map(|wish| wish.tier.as_str())).unwrap_or(USUAL);
    let usual = codes.iter().find(|code| *code == usual).or(codes.first()).cloned().unwrap_or_default();
    let term = interval_of(organisation).or(wish.and_then(|wish| Interval::parse(&wish.interval))).unwrap_or(Interval::Monthly);
    Memo::new(move |_| {
        query.with(|query| Pick {
            tier: query.get("tier").filter(|code| codes.contains(code)).unwrap_or_else(|| usual.clone()),
            interval: query.get("interval").and_then(|code| Interval::parse(&code)).filter(|interval| *interval != Interval::Quarterly).unwrap_or(term),
        })
    })
}

/// Monthly or annual, as links that keep the tier.
#[component]
fn Intervals(pick: Memo<Pick>) -> impl IntoView {
    let link = move |interval: Interval, label: &'static str| {
        let href = move || Pick { interval, ..pick.get() }.address();
        let class = move || if pick.with(|pick| pick.interval == interval) { "segment bg-base-100 text-base-content!" } else { "segment" };
        view! { <a class=class href=href data-noscroll="true" aria-current=move || pick.with(|pick| pick.interval == interval).then_some("true")>{label}</a> }
    };
    view! {
        <nav class="segments self-start" aria-label=tr!(onboarding.tier.interval)>
            {link(Interval::Monthly, tr!(common.monthly))}
            {link(Interval::Annual, tr!(common.annual))}
        </nav>
    }
}

/// One tier: choosing it is following its link.
#[component]
fn TierCard(offer: TierOffer, pick: Memo<Pick>) -> impl IntoView {
    let language = i18n::language();
    let code = offer.code.clone();
    let of_code = code.clone();
    let here = Memo::new(move |_| pick.with(|pick| pick.tier == of_code));
    let href = move || Pick { tier: code.clone(), ..pick.get() }.address();
    let prices = StoredValue::new(offer.prices.clone());
    let fee = move || prices.with_value(|prices| prices.iter().find(|price| pick.with(|pick| pick.interval == price.interval)).map(|price| price.each.subtotal));
    view! {
        <li class=move || if here.get() { "plan-box relative border-primary! ring-1 ring-primary" } else { "plan-box relative" } data-tier=offer.code>
            <h3 class="plan-name">{offer.name.get(language).to_owned()}</h3>
            <p class="muted">{offer.tagline.get(language).to_owned()}</p>
            {move || view! { <Fee fee=fee() interval=pick.with(|pick| pick.interval)/> }}
            <ul class="plan-features">
                {offer.features.iter().map(|feature| view! { <li><Icon icon=icons::LuCheck/>{feature.get(language).to_owned()}</li> }).collect_view()}
            </ul>
            <div class="plan-action">
                <a class="btn btn-plain after:absolute after:inset-0" href=href data-noscroll="true" aria-current=move || here.get().then_some("true")>
                    {move || if here.get() { tr!(onboarding.tier.chosen) } else { tr!(onboarding.tier.choose) }}
                    <span class="sr-only">{format!(" {}", offer.name.get(language))}</span>
                </a>
            </div>
        </li>
    }
}

#[component]
fn Fee(fee: Option<Money>, interval: Interval) -> impl IntoView {
    let per = if interval == Interval::Annual { tr!(common.per_year) } else { tr!(common.per_month) };
    match fee {
        None => view! { <p class="plan-fee muted">{tr!(onboarding.tier.not_sold)}</p> }.into_any(),
        Some(fee) if fee.is_zero() => view! { <p class="plan-fee"><strong>{tr!(onboarding.tier.free)}</strong></p> }.into_any(),
        Some(fee) => view! { <p class="plan-fee"><strong><Amount money=fee/></strong><span class="muted">{per}</span></p> }.into_any(),
    }
}
