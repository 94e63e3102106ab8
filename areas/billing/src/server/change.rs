//! Changes subscriptions: another plan now or at the term's end, cancelling, keeping, ending.

use super::{
    account,
    charge::{Change, Pending, carry_out, plan},
    close_terms::close_before,
    errors::{BillingError, Promise},
    issue::{Cause, draft_of, issue},
    store::{
        accounts::{self, Account},
        subscriptions::{self, SUBSCRIPTIONS_LIMIT, Which},
    },
    subscribe::choose_tier,
    subscriptions::view_of,
};
use crate::{
    subscription::{self, Choice, Effect, EndReason, State, Subject, Subscription},
    view::{ChangePreview, SubscriptionView},
};
use catalog::{ChangeTiming, Plan};
use kernel::{
    Fault, InstanceId, Need, PlanId, SubscriptionId, Timestamp,
    events::{Event, billing},
};
use platform::{Cx, TenantTx};
use serde_json::json;

/// Changes the tier to another plan or length of term: upgrades now, downgrades at the term's end, as the plans settle it.
/// `key` names the request: the same key again changes nothing. A service's plan is changed at the service, by provisioning,
/// which asks the backend whether it fits: there is no second way.
pub async fn change_subscription(cx: &Cx, id: SubscriptionId, to: Choice, key: &str) -> Result<SubscriptionView, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    let before = subscriptions::lock(&mut tx, id).await?.ok_or(BillingError::SubscriptionNotFound)?;
    if let Subject::Instance { .. } = before.subject {
        return Err(BillingError::AtService);
    }
    let before = begun(cx, &mut tx, &mut account, before, cx.now()).await?;
    let (old, new) = (plan(&mut tx, before.choice.plan).await?, target(&mut tx, &before, to).await?);
    let timing = timing(&account, &old, &new, before.choice, to)?;
    // More is charged from now on, as for an order; what is in force already charges nothing more.
    if timing == ChangeTiming::Now && to != before.choice && !account.standing.may_order() {
        return Err(BillingError::Restricted);
    }
    if !subscriptions::note_change(&mut tx, id, key, before.choice.plan, to.plan).await? {
        return Ok(view_of(&account, &old, &before));
    }
    let at = cx.now();
    let (after, effects) = make_change(cx, &mut tx, &mut account, &before, to, timing, at, key).await?;
    pass_on(&mut tx, &before, &after, &effects, at).await?;
    let shown = if after.choice.plan == new.id { &new } else { &old };
    let view = view_of(&account, shown, &after);
    tx.audit("billing.subscription.changed", id, json!({"from": old.terms.code, "to": new.terms.code, "interval": to.interval, "now": timing == ChangeTiming::Now}));
    tx.commit().await?;
    Ok(view)
}

/// What a change would put on an invoice now: made and thrown away, so that it cannot differ from the change itself.
pub async fn preview_change(cx: &Cx, id: SubscriptionId, to: Choice) -> Result<ChangePreview, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let mut account = account::locked(&mut tx).await?;
    let before = subscriptions::lock(&mut tx, id).await?.ok_or(BillingError::SubscriptionNotFound)?;
    let before = begun(cx, &mut tx, &mut account, before, cx.now()).await?;
    let (old, new) = (plan(&mut tx, before.choice.plan).await?, target(&mut tx, &before, to).await?);
    let timing = timing(&account, &old, &new, before.choice, to)?;
    let now = cx.now();
    let today = account.zone.date(now);
    let (after, effects) = before.change(to, timing, today, now)?;
    let pendings = carry_out(&mut tx, &account, Change { before: Some(&before), returns: false, after: &after, effects: &effects, at: now, on: today }).await?;
    let now = timing == ChangeTiming::Now;
    let today_draft = if pendings.is_empty() { None } else { Some(draft_of(&account, &pendings)?) };
    Ok(ChangePreview { now, takes_effect_on: if now { today } else { before.term.end }, today: today_draft })
}

/// Takes over that an instance runs another plan. Events may come twice, before the instance is billed, and for a change
/// that began here.
pub async fn follow_instance_plan(cx: &Cx, instance: InstanceId, to: PlanId, at: Timestamp) -> Result<(), BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    let Some(before) = subscriptions::lock_of_instance(&mut tx, instance).await? else { return Ok(()) };
    if before.choice.plan == to {
        return Ok(());
    }
    let before = begun(cx, &mut tx, &mut account, before, at).await?;
    if before.choice.plan == to || matches!(before.state, State::Ended { .. }) {
        // By the term that began, whose closing is done again.
        return Ok(());
    }
    let to = Choice { plan: to, interval: before.choice.interval };
    let key = format!("instance/{}/{at}", to.plan);
    if !subscriptions::note_change(&mut tx, before.id, &key, before.choice.plan, to.plan).await? {
        return Ok(());
    }
    let (old, new) = (plan(&mut tx, before.choice.plan).await?, plan(&mut tx, to.plan).await?);
    let timing = timing(&account, &old, &new, before.choice, to)?;
    // What was cancelled and yet changed goes on.
    let (before, _) = before.keep()?;
    // An event that was delivered late takes hold no earlier than the running term.
    let at = at.max(before.usage_from);
    make_change(cx, &mut tx, &mut account, &before, to, timing, at, &key).await?;
    tx.audit("billing.subscription.changed", before.id, json!({"from": old.terms.code, "to": new.terms.code, "instance": instance}));
    Ok(tx.commit().await?)
}

/// Cancels to the end of what is paid for.
pub async fn cancel_subscription(cx: &Cx, id: SubscriptionId) -> Result<SubscriptionView, BillingError> {
    set_state(cx, id, Subscription::cancel, "billing.subscription.cancelled").await
}

/// Takes a cancellation back.
pub async fn keep_subscription(cx: &Cx, id: SubscriptionId) -> Result<SubscriptionView, BillingError> {
    set_state(cx, id, Subscription::keep, "billing.subscription.kept").await
}

async fn set_state(cx: &Cx, id: SubscriptionId, verb: fn(Subscription) -> Result<(Subscription, Vec<Effect>), crate::subscription::Refused>, action: &'static str) -> Result<SubscriptionView, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let account = account::locked(&mut tx).await?;
    let before = subscriptions::lock(&mut tx, id).await?.ok_or(BillingError::SubscriptionNotFound)?;
    let (after, _) = verb(before)?;
    subscriptions::save(&mut tx, &after, Some(account.zone.midnight(after.term.end))).await?;
    let plan = plan(&mut tx, after.choice.plan).await?;
    tx.audit(action, id, json!({"plan": plan.terms.code}));
    let view = view_of(&account, &plan, &after);
    tx.commit().await?;
    Ok(view)
}

/// Ends an instance's subscription because the instance goes: usage is charged, the rest of the fee given back.
pub async fn end_instance_subscription(cx: &Cx, instance: InstanceId, at: Timestamp) -> Result<(), BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    let Some(before) = subscriptions::lock_of_instance(&mut tx, instance).await? else {
        if subscriptions::of_instances(&mut tx, &[instance]).await?.is_empty() {
            // That it ran was announced before, but may be delivered later.
            return Err(Fault::passing(format!("instance {instance} is not charged for yet; its end is heard again")).into());
        }
        return Ok(());
    };
    let before = begun(cx, &mut tx, &mut account, before, at).await?;
    let at = at.max(before.usage_from);
    let pendings = end(&mut tx, &account, &before, EndReason::InstanceDeleted, at).await?;
    let key = format!("end/{}", before.id);
    let on = account.zone.date(at);
    issue(cx, &mut tx, &mut account, pendings, Cause { key: &key, at, on }).await?;
    tx.audit("billing.subscription.ended", before.id, json!({"instance": instance}));
    Ok(tx.commit().await?)
}

/// Ends one subscription up to its lines, and announces it.
pub(super) async fn end(tx: &mut TenantTx, account: &Account, before: &Subscription, reason: EndReason, at: Timestamp) -> Result<Vec<Pending>, BillingError> {
    let on = account.zone.date(at);
    let (after, effects) = before.end(reason, on, at)?;
    if after == *before {
        return Ok(Vec::new());
    }
    let pendings = carry_out(tx, account, Change { before: Some(before), returns: false, after: &after, effects: &effects, at, on }).await?;
    pass_on(tx, before, &after, &effects, at).await?;
    Ok(pendings)
}

/// Tells who has to follow a change that billing made: the backend of an instance, and the profile of an organisation
/// whose tier is another one now.
pub(super) async fn pass_on(tx: &mut TenantTx, before: &Subscription, after: &Subscription, effects: &[Effect], at: Timestamp) -> Result<(), BillingError> {
    let (tenant, instance) = (tx.tenant(), after.subject.instance());
    for effect in effects {
        let event = match (effect, instance, after.state) {
            (Effect::PlanChanged { from, to }, Some(instance), _) => billing::Event::PlanDue { tenant, instance, from: *from, to: *to, at },
            (Effect::Ended, _, State::Ended { reason, .. }) => billing::Event::SubscriptionEnded { tenant, subscription: after.id, instance, reason, at },
            (Effect::PlanChanged { .. } | Effect::Ended | Effect::BillUsage | Effect::CreditUnused { .. } | Effect::ChargeTerm, _, _) => continue,
        };
        tx.announce(&Event::Billing(event)).await?;
    }
    if let (None, State::Ended { .. }) = (instance, after.state) {
        identity::server::leave_tier(tx).await?;
    } else if instance.is_none() && after.choice != before.choice {
        let plan = plan(tx, after.choice.plan).await?;
        choose_tier(tx, &plan, after.choice.interval).await?;
    }
    Ok(())
}

/// The subscription as it is at a moment: where its term was over by then and is not closed yet, that is done first, with all
/// that was due by then.
pub(super) async fn begun(cx: &Cx, tx: &mut TenantTx, account: &mut Account, before: Subscription, at: Timestamp) -> Result<Subscription, BillingError> {
    if matches!(before.state, State::Ended { .. }) || at < account.zone.midnight(before.term.end) {
        return Ok(before);
    }
    close_before(cx, tx, account, at).await?;
    subscriptions::lock(tx, before.id).await?.ok_or(BillingError::SubscriptionNotFound)
}

#[expect(clippy::too_many_arguments, reason = "a change is who, from what, to what, when and by which request")]
pub(super) async fn make_change(
    cx: &Cx,
    tx: &mut TenantTx,
    account: &mut Account,
    before: &Subscription,
    to: Choice,
    timing: ChangeTiming,
    at: Timestamp,
    key: &str,
) -> Result<(Subscription, Vec<Effect>), BillingError> {
    let today = account.zone.date(at);
    let (after, effects) = before.change(to, timing, today, at)?;
    let pendings = carry_out(tx, account, Change { before: Some(before), returns: false, after: &after, effects: &effects, at, on: today }).await?;
    let cause = format!("change/{}/{key}", before.id);
    let invoice = issue(cx, tx, account, pendings, Cause { key: &cause, at, on: today }).await?;
    subscriptions::note_change_invoice(tx, before.id, key, invoice).await?;
    accounts::save(tx, account).await?;
    Ok((after, effects))
}

/// The plan that is changed to: on sale, or the one that is in force already, and of the same offering.
async fn target(tx: &mut TenantTx, before: &Subscription, to: Choice) -> Result<Plan, BillingError> {
    if let State::Ended { .. } = before.state {
        return Err(crate::subscription::Refused::Ended.into());
    }
    let current = plan(tx, before.choice.plan).await?;
    if to.plan == current.id {
        return Ok(current);
    }
    let wanted = catalog::server::plan_for_order(tx, to.plan).await?.ok_or(BillingError::PlanNotFound)?;
    if wanted.offering != current.offering {
        return Err(BillingError::OtherOffering);
    }
    if before.subject == Subject::Tier {
        has_room(tx, &wanted).await?;
    }
    Ok(wanted)
}

/// A tier that allows less than there is now is refused with the numbers.
async fn has_room(tx: &mut TenantTx, wanted: &Plan) -> Result<(), BillingError> {
    let instances = subscriptions::page(tx, Which::RunningInstances, None, SUBSCRIPTIONS_LIMIT).await?.len();
    let present = [(Promise::Seats, identity::server::members(tx).await?), (Promise::Instances, i64::try_from(instances).unwrap_or(i64::MAX))];
    for (what, used) in present {
        if let Some(limit) = wanted.terms.limit(what.limit()).filter(|limit| (0..used).contains(limit)) {
            return Err(BillingError::BelowUse { what, used, limit });
        }
    }
    Ok(())
}

/// When a change takes hold, as the plan that is left settles it.
pub(super) fn timing(account: &Account, old: &Plan, new: &Plan, from: Choice, to: Choice) -> Result<ChangeTiming, BillingError> {
    subscription::timing(account.currency(), (old, from.interval), (new, to.interval)).ok_or(BillingError::NotSold)
}
