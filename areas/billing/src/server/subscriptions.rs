//! What an organisation is subscribed to.

use super::{charge::plan, errors::BillingError, store::{accounts::Account, subscriptions as store}};
use crate::{
    charges::title,
    subscription::{State, Subscription},
    view::SubscriptionView,
};
use catalog::Plan;
use kernel::{Money, Need, Page, PageSize, SubscriptionId, Timestamp};
use platform::Cx;

pub use store::Which;

/// The tier first, then instances, those that ended last.
pub async fn subscriptions(cx: &Cx) -> Result<Vec<SubscriptionView>, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let Some(account) = super::store::accounts::find(&mut tx).await? else { return Ok(Vec::new()) };
    let mut views = Vec::new();
    for subscription in store::list(&mut tx).await? {
        let plan = plan(&mut tx, subscription.choice.plan).await?;
        views.push(view_of(&account, &plan, &subscription));
    }
    Ok(views)
}

/// Page by page, the newest first. A cursor of another list is taken as none.
pub async fn subscriptions_page(cx: &Cx, which: Which, cursor: Option<&str>, size: PageSize) -> Result<Page<SubscriptionView>, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let Some(account) = super::store::accounts::find(&mut tx).await? else { return Ok(Page { rows: Vec::new(), next: None }) };
    let found = page_of(store::page(&mut tx, which, cursor.and_then(after), size.rows() + 1).await?, size);
    let mut rows = Vec::new();
    for subscription in &found.rows {
        let plan = plan(&mut tx, subscription.choice.plan).await?;
        rows.push(view_of(&account, &plan, subscription));
    }
    Ok(Page { rows, next: found.next })
}

pub(super) fn after(cursor: &str) -> Option<(Timestamp, SubscriptionId)> {
    let (at, id) = cursor.split_once('~')?;
    Some((Timestamp::try_from_micros(at.parse().ok()?)?, id.parse().ok()?))
}

pub(super) fn page_of(mut rows: Vec<Subscription>, size: PageSize) -> Page<Subscription> {
    let most = usize::try_from(size.rows()).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", row.started_at.micros(), row.id));
    Page { rows, next }
}

pub async fn subscription(cx: &Cx, id: SubscriptionId) -> Result<SubscriptionView, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let account = super::store::accounts::find(&mut tx).await?.ok_or(BillingError::SubscriptionNotFound)?;
    let subscription = store::find(&mut tx, id).await?.ok_or(BillingError::SubscriptionNotFound)?;
    let plan = plan(&mut tx, subscription.choice.plan).await?;
    Ok(view_of(&account, &plan, &subscription))
}

pub(super) fn view_of(account: &Account, plan: &Plan, subscription: &Subscription) -> SubscriptionView {
    let fee = plan.terms.fee(subscription.currency, subscription.choice.interval);
    let ended = matches!(subscription.state, State::Ended { .. });
    SubscriptionView {
        id: subscription.id,
        subject: subscription.subject,
        title: title(plan),
        plan_name: plan.terms.name.clone(),
        plan_code: plan.terms.code.clone(),
        choice: subscription.choice,
        currency: subscription.currency,
        fee: fee.and_then(|fee| Money::round_half_up(fee, subscription.currency).ok()),
        term: subscription.term,
        state: subscription.state,
        started_at: subscription.started_at,
        next_invoice_at: (!ended).then(|| account.zone.midnight(subscription.term.end)),
    }
}

