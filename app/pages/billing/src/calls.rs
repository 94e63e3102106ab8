//! What an organisation's pages of billing ask the server.

use crate::sheets::{BillingSheet, ChangeForm};
use billing::view::InvoiceView;
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    estimate::estimate,
    refused,
    sheets::{ChangeSheet, Chosen, OldestOpen, TierOption, option_name, option_of},
};
#[cfg(feature = "ssr")]
use billing::{
    server::{self as books, BillingError, Wanted},
    subscription::{Choice, State, Subject},
    view::{InvoiceRow, REPORTED, SubscriptionView},
};
#[cfg(feature = "ssr")]
use kernel::{Currency, Money, Need, Page, PageSize, SubscriptionId};
#[cfg(feature = "ssr")]
use platform::Cx;
#[cfg(feature = "ssr")]
use std::collections::BTreeMap;

/// Invoices on one page of the list.
#[cfg(feature = "ssr")]
const INVOICES: u16 = 20;
/// Refused usage events shown at once.
#[cfg(feature = "ssr")]
const REFUSED: u16 = 10;

/// None before the organisation has an account to be billed.
#[server]
pub async fn billing_overview(query: ListQuery) -> Result<Option<BillingSheet>, PageError> {
    let cx = kit::request::cx().await?;
    let account = match books::account(&cx).await {
        Err(BillingError::NoAccount) => return Ok(None),
        answer => answer.map_err(refused::because)?,
    };
    let subscriptions = books::subscriptions(&cx).await.map_err(refused::because)?;
    let usage = books::usage_report(&cx, None).await.map_err(refused::because)?;
    let mut refused_usage = books::refused_usage(&cx, query.filter("refused"), PageSize::new(REFUSED)).await.map_err(refused::because)?;
    for event in &mut refused_usage.rows {
        event.source = event.source.strip_prefix(REPORTED).unwrap_or(&event.source).to_owned();
    }
    let (planned, fees) = planned_plans(&cx, &subscriptions).await?;
    let invoices = sought(&cx, &query, PageSize::new(INVOICES)).await?;
    let ever_billed = !invoices.rows.is_empty() || !sought(&cx, &ListQuery::default(), PageSize::new(1)).await?.rows.is_empty();
    let change = match query.filter("change").and_then(|id| id.parse().ok()) {
        Some(id) => offer_change(&cx, id, &subscriptions, query.filter("to")).await?,
        None => None,
    };
    Ok(Some(BillingSheet {
        services: service_names(&cx).await,
        planned,
        estimate: estimate(&account, &subscriptions, &usage, &fees),
        ever_billed,
        oldest_open: oldest_open(&cx, &invoices).await?,
        balance: books::balance_history(&cx).await.map_err(refused::because)?,
        account,
        subscriptions,
        usage,
        refused: refused_usage,
        invoices,
        change,
    }))
}

/// The open invoice of the list that is due first.
#[cfg(feature = "ssr")]
async fn oldest_open(cx: &Cx, invoices: &Page<InvoiceRow>) -> Result<Option<OldestOpen>, PageError> {
    let Some(oldest) = invoices.rows.iter().filter(|row| !row.open.is_zero()).min_by_key(|row| row.due_on) else { return Ok(None) };
    let invoice = books::get_invoice(cx, oldest.id).await.map_err(refused::because)?;
    Ok(Some(OldestOpen { id: oldest.id, payable: !invoice.seller.accounts_for(oldest.open.currency).is_empty() }))
}

/// The invoices that the address asks for.
#[cfg(feature = "ssr")]
pub async fn sought(cx: &Cx, query: &ListQuery, size: PageSize) -> Result<Page<InvoiceRow>, PageError> {
    books::list_invoices(cx, wanted(query), query.after.as_deref(), size).await.map_err(refused::because)
}

#[server]
pub async fn invoice(id: String) -> Result<InvoiceView, PageError> {
    let cx = kit::request::cx().await?;
    let id = id.parse().map_err(|_| refused::because(BillingError::InvoiceNotFound))?;
    books::get_invoice(&cx, id).await.map_err(refused::because)
}

/// Ends the subscription with its running term.
#[server]
pub async fn cancel_plan(subscription: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    books::cancel_subscription(&cx, subscription_of(&subscription)?).await.map_err(refused::because)?;
    leptos_axum::redirect("/billing?done=cancelled");
    Ok(())
}

/// Takes the cancellation back.
#[server]
pub async fn keep_plan(subscription: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    books::keep_subscription(&cx, subscription_of(&subscription)?).await.map_err(refused::because)?;
    leptos_axum::redirect("/billing?done=kept");
    Ok(())
}

#[server]
pub async fn change_tier(form: ChangeForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (plan, interval) = option_of(&form.to).ok_or_else(|| refused::because(BillingError::PlanNotFound))?;
    let to = Choice { plan, interval };
    let after = books::change_subscription(&cx, subscription_of(&form.subscription)?, to, &form.key).await.map_err(refused::because)?;
    let planned = matches!(after.state, billing::subscription::State::Active { next: Some(_) });
    leptos_axum::redirect(if planned { "/billing?done=planned" } else { "/billing?done=changed" });
    Ok(())
}

/// Which invoices the address asks for.
#[cfg(feature = "ssr")]
pub fn wanted(query: &ListQuery) -> Wanted {
    match query.filter("state") {
        Some("open") => Wanted::Open,
        Some("overdue") => Wanted::Overdue,
        Some("paid") => Wanted::Paid,
        _ => Wanted::All,
    }
}

#[cfg(feature = "ssr")]
fn subscription_of(text: &str) -> Result<SubscriptionId, PageError> {
    text.parse().map_err(|_| refused::because(BillingError::SubscriptionNotFound))
}

/// Names of the services, as far as the reader may see them: without, the page names plans only.
#[cfg(feature = "ssr")]
async fn service_names(cx: &Cx) -> BTreeMap<String, String> {
    let list = provisioning::commands::ListInstances { size: PageSize::new(PageSize::MAX), ..Default::default() };
    let page = provisioning::server::list_instances(cx, list).await;
    page.map(|page| page.rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect()).unwrap_or_default()
}

/// What each subscription changes to when its term ends: names by printed ids, and fees.
#[cfg(feature = "ssr")]
async fn planned_plans(cx: &Cx, subscriptions: &[SubscriptionView]) -> Result<(BTreeMap<String, catalog::Text>, BTreeMap<SubscriptionId, Money>), PageError> {
    let (mut names, mut fees) = (BTreeMap::new(), BTreeMap::new());
    for subscription in subscriptions {
        let State::Active { next: Some(next) } = subscription.state else { continue };
        let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
        let Some(plan) = catalog::server::plan(&mut tx, next.plan).await? else { continue };
        let fee = plan.terms.fee(subscription.currency, next.interval);
        names.insert(subscription.id.to_string(), plan.terms.name);
        if let Some(fee) = fee.and_then(|fee| Money::round_half_up(fee, subscription.currency).ok()) {
            fees.insert(subscription.id, fee);
        }
    }
    Ok((names, fees))
}

/// The tiers that a subscription can change to, and what the chosen one would do.
#[cfg(feature = "ssr")]
async fn offer_change(cx: &Cx, id: SubscriptionId, subscriptions: &[SubscriptionView], to: Option<&str>) -> Result<Option<ChangeSheet>, PageError> {
    let Some(subscription) = subscriptions.iter().find(|known| known.id == id && known.subject == Subject::Tier) else { return Ok(None) };
    let options = tiers(cx, subscription.currency).await?;
    let chosen = match to.and_then(|to| Some((to, option_of(to)?))) {
        Some((to, (plan, interval))) => {
            let preview = books::preview_change(cx, id, Choice { plan, interval }).await;
            refused::speak();
            Some(Chosen { to: to.to_owned(), preview: preview.map_err(|refusal| refused::sentence(&refusal)) })
        }
        None => None,
    };
    let current = option_name(subscription.choice.plan, subscription.choice.interval);
    Ok(Some(ChangeSheet { subscription: id, current, options, chosen, key: cx.new_uuid().to_string() }))
}

#[cfg(feature = "ssr")]
async fn tiers(cx: &Cx, currency: Currency) -> Result<Vec<TierOption>, PageError> {
    let mut options = Vec::new();
    for card in catalog::server::tier_plans(cx).await? {
        for interval in card.plan.terms.intervals(currency) {
            let Some(fee) = card.fee(currency, interval) else { continue };
            let (name, tagline) = (card.plan.terms.name.clone(), card.plan.terms.tagline.clone());
            options.push(TierOption { to: option_name(card.plan.id, interval), name, tagline, interval, fee });
        }
    }
    Ok(options)
}
