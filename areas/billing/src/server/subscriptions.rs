//! What an organisation is subscribed to.

use super::{charge::plan, errors::BillingError, store::{accounts::Account, subscriptions as store}};
use crate::{
    charges::title,
    subscription::{State, Subscription},
    view::SubscriptionView,
};
use catalog::Plan;
use kernel::{Money, Need, SubscriptionId};
use platform::Cx;

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

