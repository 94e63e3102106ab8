//! Begins subscriptions: the organisation's tier, and a plan for each instance that became ready.

use super::{
    account,
    charge::{Change, carry_out},
    errors::BillingError,
    issue::{Cause, issue},
    store::{accounts::{self, Account}, subscriptions},
    subscriptions::view_of,
};
use crate::{
    preview::{Arrival, opening},
    subscription::{Choice, Effect, State, Subject, Subscription},
    view::SubscriptionView,
};
use catalog::{Interval, PLATFORM, Plan};
use kernel::{Fault, InstanceId, Need, PlanId, SubscriptionId, Timestamp};
use platform::{Cx, TenantTx};
use serde_json::json;

/// Subscribes the organisation to a tier. With one already, the same as changing to it.
pub async fn subscribe_tier(cx: &Cx, plan: PlanId, interval: Interval) -> Result<SubscriptionView, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    if let Some(current) = subscriptions::lock_tier(&mut tx).await? {
        drop(tx);
        let key = format!("tier/{plan}/{interval}/{}", cx.now());
        return super::change::change_subscription(cx, current.id, Choice { plan, interval }, &key).await;
    }
    let plan = catalog::server::plan_for_order(&mut tx, plan).await?.filter(|plan| plan.offering_slug == PLATFORM).ok_or(BillingError::PlanNotFound)?;
    let subscription = begin(cx, &mut tx, &mut account, &plan, interval, Subject::Tier, cx.now()).await?;
    choose_tier(&mut tx, &plan, interval).await?;
    tx.audit("billing.tier.subscribed", subscription.id, json!({"plan": plan.terms.code, "interval": interval}));
    let view = view_of(&account, &plan, &subscription);
    tx.commit().await?;
    Ok(view)
}

/// Begins to charge for an instance that became ready. With a running subscription already: that one, unchanged.
pub async fn start_instance_subscription(cx: &Cx, instance: InstanceId, plan: PlanId, at: Timestamp) -> Result<SubscriptionId, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    if let Some(running) = subscriptions::lock_of_instance(&mut tx, instance).await? {
        // One that began before this instance came back is about to end: that it was deleted is still to be heard.
        if running.started_at < at {
            return Err(Fault::passing(format!("instance {instance} came back before its end was heard; it is heard again")).into());
        }
        return Ok(running.id);
    }
    let plan = catalog::server::plan(&mut tx, plan).await?.ok_or(BillingError::PlanNotFound)?;
    let interval = Interval::Monthly;
    let subscription = begin(cx, &mut tx, &mut account, &plan, interval, Subject::Instance { instance }, at).await?;
    tx.audit("billing.instance.subscribed", subscription.id, json!({"instance": instance, "plan": plan.terms.code}));
    tx.commit().await?;
    Ok(subscription.id)
}

async fn begin(cx: &Cx, tx: &mut TenantTx, account: &mut Account, plan: &Plan, interval: Interval, subject: Subject, at: Timestamp) -> Result<Subscription, BillingError> {
    if !plan.terms.sold_in(account.currency(), interval) {
        return Err(BillingError::NotSold);
    }
    let today = account.zone.date(at);
    let arrival = arrival(tx, subject).await?;
    let opening = opening(plan, interval, account.anchor, today, arrival);
    account.anchor = Some(opening.anchor);
    let subscription = Subscription {
        id: SubscriptionId::from_uuid(cx.new_uuid()),
        subject,
        choice: Choice { plan: plan.id, interval },
        currency: account.currency(),
        anchor: opening.anchor,
        since: opening.schedule.base,
        started_at: at,
        term: opening.period,
        usage_from: at,
        state: if opening.trial { State::Trialing { until: opening.period.end } } else { State::Active { next: None } },
    };
    let effects: &[Effect] = if opening.trial { &[] } else { &[Effect::ChargeTerm] };
    // Its segment and totals refer to it.
    subscriptions::save(tx, &subscription, Some(account.zone.midnight(opening.period.end))).await?;
    let pendings = carry_out(tx, account, Change { before: None, returns: arrival == Arrival::Returns { trial_until: None }, after: &subscription, effects, at, on: today }).await?;
    let key = format!("begin/{}", subscription.id);
    issue(cx, tx, account, pendings, Cause { key: &key, at, on: today }).await?;
    accounts::save(tx, account).await?;
    identity::server::fix_currency(tx, account.currency()).await?;
    Ok(subscription)
}

/// A service that was deleted and comes back had its beginning, unless that was a trial; a tier that is chosen anew has none but the fee.
async fn arrival(tx: &mut TenantTx, subject: Subject) -> Result<Arrival, BillingError> {
    let Subject::Instance { instance } = subject else { return Ok(Arrival::Begins) };
    let Some(before) = subscriptions::of_instance(tx, instance).await? else { return Ok(Arrival::Begins) };
    let segment = subscriptions::segment(tx, before.id, before.usage_from).await?;
    Ok(Arrival::Returns { trial_until: segment.filter(|segment| segment.free).map(|_| before.term.end) })
}

/// The organisation's profile says which tier it has.
pub(super) async fn choose_tier(tx: &mut TenantTx, plan: &Plan, interval: Interval) -> Result<(), BillingError> {
    let tier = plan.terms.code.to_ascii_uppercase().parse::<identity::Tier>();
    let interval = interval.code().parse::<identity::Interval>();
    if let (Ok(tier), Ok(interval)) = (tier, interval) {
        identity::server::choose_tier(tx, tier, interval, &identity::Limits(plan.terms.limits.clone())).await?;
    }
    Ok(())
}
