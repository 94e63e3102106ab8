//! What the wizard asks of the server.

use crate::sheet::Sheet;
use identity::ProfileForm;
use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    answer::{go_to, onward, told},
    sheet::{Part, TierOffer},
};
#[cfg(feature = "ssr")]
use identity::view::Organisation;
#[cfg(feature = "ssr")]
use onboarding::{Step, server as steps};
#[cfg(feature = "ssr")]
use platform::Cx;

/// Services shown of those that are there already.
#[cfg(feature = "ssr")]
const SERVICES: u16 = 5;

/// The step that is asked for; without one, where the journey was left.
#[server]
pub async fn look(step: String) -> Result<Sheet, PageError> {
    let cx = kit::request::cx().await?;
    let journey = steps::journey(&cx).await.map_err(|refusal| kit::page_error!(refusal))?;
    let part = match step.parse().ok().or(journey.resume) {
        Some(Step::Profile) => Part::Profile { organisation: Box::new(organisation(&cx).await?), time_zones: identity::server::time_zones() },
        Some(Step::Tier) => {
            let organisation = organisation(&cx).await?;
            let wish = steps::wish(&cx).await.map_err(|refusal| kit::page_error!(refusal))?;
            Part::Tier { tiers: tiers(&cx, &organisation).await?, organisation: Box::new(organisation), wish }
        }
        Some(Step::Service) => service(&cx).await?,
        Some(Step::Colleague) => Part::Colleague { team: identity::server::team(&cx).await.ok() },
        None => Part::Over,
    };
    Ok(Sheet { journey, part })
}

#[cfg(feature = "ssr")]
async fn organisation(cx: &Cx) -> Result<Organisation, PageError> {
    identity::server::my_organisation(cx).await.map_err(|refusal| kit::page_error!(refusal))
}

/// Each tier with an exact quote for each term in which it is sold.
#[cfg(feature = "ssr")]
async fn tiers(cx: &Cx, organisation: &Organisation) -> Result<Vec<TierOffer>, PageError> {
    use billing::view::QuoteRequest;
    let mut offers = Vec::new();
    for card in catalog::server::tier_plans(cx).await? {
        let plan = card.plan;
        let mut prices = Vec::new();
        for interval in [catalog::Interval::Monthly, catalog::Interval::Annual] {
            if plan.terms.sold_in(organisation.currency, interval) {
                let request = QuoteRequest { plan: plan.id, interval, currency: Some(organisation.currency), usage: Default::default(), events: Default::default() };
                prices.push(billing::server::quote(cx, request).await.map_err(|refusal| kit::page_error!(refusal))?.into());
            }
        }
        let terms = plan.terms;
        offers.push(TierOffer { plan: plan.id, code: terms.code.to_ascii_uppercase(), name: terms.name, tagline: terms.tagline, features: terms.features, prices });
    }
    Ok(offers)
}

#[cfg(feature = "ssr")]
async fn service(cx: &Cx) -> Result<Part, PageError> {
    use provisioning::{commands::ListInstances, server::list_instances};
    let list = ListInstances { size: kernel::PageSize::new(SERVICES), ..Default::default() };
    let services = list_instances(cx, list).await.map_err(|refusal| kit::page_error!(refusal))?.rows;
    Ok(Part::Service { offerings: catalog::server::list_offerings(cx, "", None).await?, services })
}

/// The step that somebody looks at is where the journey goes on, on whichever device.
#[server]
pub async fn remember(step: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let Ok(step) = step.parse::<Step>() else { return Ok(()) };
    steps::visit(&cx, step).await.map_err(|refusal| kit::page_error!(refusal))
}

/// Here an invoice must be possible afterwards, so country, street and city are asked for.
#[server]
pub async fn save_profile(form: ProfileForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let needed = [("country", &form.country), ("street", &form.street), ("city", &form.city)];
    let missing: Vec<_> = needed.into_iter().filter(|(_, value)| value.trim().is_empty()).map(|(field, _)| kernel::FieldError::new(field, "required", "")).collect();
    if !missing.is_empty() {
        let others = form.check().err().unwrap_or_default();
        let all: Vec<_> = missing.into_iter().chain(others).collect();
        return Err(told("identity.invalid", String::new(), &all).keeping(&form));
    }
    identity::server::update_organisation(&cx, form.clone()).await.map_err(|refusal| told(refusal.code(), refusal.to_string(), refusal.fields()).keeping(&form))?;
    onward(&cx, "profile").await
}

/// A tier and how often it is paid for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TierForm {
    #[serde(default)]
    plan: String,
    #[serde(default)]
    interval: String,
}

#[server]
pub async fn choose_tier(form: TierForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let (Ok(plan), Some(interval)) = (form.plan.parse(), catalog::Interval::parse(&form.interval)) else {
        return Err(told("billing.plan_not_found", String::new(), &[]));
    };
    billing::server::subscribe_tier(&cx, plan, interval).await.map_err(|refusal| told(refusal.code(), refusal.to_string(), refusal.fields()))?;
    onward(&cx, "tier").await
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ColleagueForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
}

/// Stays at the step: there may be more colleagues than one.
#[server]
pub async fn invite_colleague(form: ColleagueForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let command = identity::InviteMember { email: form.email.clone(), role: form.role.clone() };
    identity::server::invite_member(&cx, command).await.map_err(|refusal| told(refusal.code(), refusal.to_string(), refusal.fields()).keeping(&form))?;
    go_to(&cx, Step::Colleague, "invited").await
}

#[server]
pub async fn leave_out(step: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let step: Step = step.parse().map_err(|_| PageError::NotFound)?;
    steps::skip(&cx, step).await.map_err(|refusal| told(refusal.code(), refusal.to_string(), &[]))?;
    onward(&cx, "skipped").await
}

#[server]
pub async fn take_up(step: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let step: Step = step.parse().map_err(|_| PageError::NotFound)?;
    steps::take_up(&cx, step).await.map_err(|refusal| told(refusal.code(), refusal.to_string(), &[]))?;
    go_to(&cx, step, "taken_up").await
}
