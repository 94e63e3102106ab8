//! What provisioning asks of billing within its own transactions: when another plan of an instance takes hold, what its
//! term's end has in store, and that a change which waits is taken back. Bill and backend so change on one word.

use super::{
    account,
    change::{begun, make_change, timing},
    charge::plan,
    errors::BillingError,
    store::{
        accounts::{self, Account},
        subscriptions,
    },
};
use crate::{
    dunning::Standing,
    subscription::{Choice, State, Subscription},
};
use catalog::{ChangeTiming, Interval};
use kernel::{Date, Fault, InstanceId, PlanId, Timestamp};
use platform::{Cx, TenantTx, fault};

/// When another plan takes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanTiming {
    /// Once the backend runs it: billing follows `PlanChanged`.
    Now,
    /// With the next term, which begins on this day: billing says `PlanDue` then.
    NextTerm(Date),
}

/// What happens to an instance when its running term ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// The day on which the next term begins, or would.
    pub on: Date,
    pub then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Renews,
    /// Under another plan or for other lengths of term.
    Changes(Choice),
    Ends,
}

/// Decides when the instance's change to `to` takes hold, as the plans settle it for each direction, and notes one that
/// waits. A change that waited before is replaced. Part of the caller's transaction, which it audits.
pub async fn plan_instance_change(tx: &mut TenantTx, instance: InstanceId, to: PlanId) -> Result<PlanTiming, BillingError> {
    let Some((account, before)) = charged(tx, instance).await? else { return Ok(PlanTiming::Now) };
    let to = Choice { plan: to, interval: before.choice.interval };
    let (old, new) = (plan(tx, before.choice.plan).await?, plan(tx, to.plan).await?);
    let timing = timing(&account, &old, &new, before.choice, to)?;
    match (before.state, timing) {
        // Nothing is paid for yet that could run to its end.
        (State::Trialing { .. }, _) => Ok(PlanTiming::Now),
        (State::Active { .. }, ChangeTiming::Now) => {
            keep_choice(tx, &account, before).await?;
            Ok(PlanTiming::Now)
        }
        (State::Active { .. }, ChangeTiming::EndOfTerm) => {
            let (after, _) = before.change_at_end(to)?;
            save(tx, &account, &after).await?;
            Ok(PlanTiming::NextTerm(after.term.end))
        }
        (State::Cancelling { .. }, _) => Err(crate::subscription::Refused::Cancelling.into()),
        (State::Ended { .. }, _) => Err(crate::subscription::Refused::Ended.into()),
    }
}

/// Takes a change back that waits for the next term. With none, nothing.
pub async fn withdraw_instance_change(tx: &mut TenantTx, instance: InstanceId) -> Result<(), BillingError> {
    match charged(tx, instance).await? {
        Some((account, before)) => keep_choice(tx, &account, before).await,
        None => Ok(()),
    }
}

/// What the instance's term has in store; none for one that is not charged for.
pub async fn outlook(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<Outlook>, Fault> {
    let newest = subscriptions::of_instance(tx, instance).await.map_err(fault)?;
    Ok(newest.and_then(|subscription| {
        let then = match subscription.state {
            State::Trialing { .. } | State::Active { next: None } => Then::Renews,
            State::Active { next: Some(choice) } => Then::Changes(choice),
            State::Cancelling { .. } => Then::Ends,
            State::Ended { .. } => return None,
        };
        Some(Outlook { on: subscription.term.end, then })
    }))
}

/// The plan that the instance is charged for; none for one that is not charged for.
pub async fn plan_charged(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<PlanId>, Fault> {
    let newest = subscriptions::of_instance(tx, instance).await.map_err(fault)?;
    Ok(newest.filter(|subscription| !matches!(subscription.state, State::Ended { .. })).map(|subscription| subscription.choice.plan))
}

/// The instance's newest subscription, running or ended; none for one that was never charged for.
pub async fn subscription_of(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<Subscription>, Fault> {
    subscriptions::of_instance(tx, instance).await.map_err(fault)
}

/// Whether the plan can be charged for as services are: by the month, in the organisation's currency.
pub async fn sold_to(tx: &mut TenantTx, plan: PlanId) -> Result<bool, Fault> {
    let currency = match account::foreseen(tx).await.map_err(BillingError::into_fault)? {
        Some(account) => account.currency(),
        // Before the account is opened: as it will be.
        None => identity::server::organisation(tx).await?.currency,
    };
    Ok(catalog::server::plan(tx, plan).await?.is_some_and(|plan| plan.terms.sold_in(currency, Interval::Monthly)))
}

/// Whether the organisation's debts stop its services now. The answer holds until the transaction ends: a payment that
/// changes it waits, and announces so after.
pub async fn debts_stop_services(tx: &mut TenantTx) -> Result<bool, Fault> {
    Ok(accounts::hold_standing(tx).await.map_err(fault)?.is_some_and(|standing| standing >= Standing::Suspended))
}

/// The plan of the tier that the organisation subscribes to.
pub async fn tier_subscribed(tx: &mut TenantTx) -> Result<Option<PlanId>, Fault> {
    Ok(subscriptions::tier(tx).await.map_err(fault)?.map(|subscription| subscription.choice.plan))
}

/// Instances whose term is over by `now` and whose next one is to begin under another plan.
pub async fn due_instance_changes(tx: &mut TenantTx, now: Timestamp) -> Result<Vec<(InstanceId, PlanId)>, Fault> {
    let due = subscriptions::due_changes(tx, now).await.map_err(fault)?;
    let change = |subscription: Subscription| match (subscription.subject.instance(), subscription.state) {
        (Some(instance), State::Active { next: Some(next) }) if next.plan != subscription.choice.plan => Some((instance, next.plan)),
        _ => None,
    };
    Ok(due.into_iter().filter_map(change).collect())
}

/// Goes back to `plan` from today on, where the backend cannot follow: the other plan's fee is given back and this one's
/// charged, for the rest of the term. Part of the caller's transaction, which it audits.
pub async fn return_to_plan(cx: &Cx, tx: &mut TenantTx, instance: InstanceId, plan: PlanId) -> Result<(), BillingError> {
    let Some((mut account, before)) = charged(tx, instance).await? else { return Ok(()) };
    if before.choice.plan == plan {
        return Ok(());
    }
    let before = begun(cx, tx, &mut account, before, cx.now()).await?;
    let at = cx.now().max(before.usage_from);
    let to = Choice { plan, interval: before.choice.interval };
    let key = format!("return/{plan}/{}", before.usage_from);
    if subscriptions::note_change(tx, before.id, &key, before.choice.plan, plan).await? {
        make_change(cx, tx, &mut account, &before, to, ChangeTiming::Now, at, &key).await?;
    }
    Ok(())
}

/// The account and the instance's running subscription, locked in billing's order.
async fn charged(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<(Account, Subscription)>, BillingError> {
    if accounts::find(tx).await?.is_none() {
        return Ok(None);
    }
    let account = account::locked(tx).await?;
    Ok(subscriptions::lock_of_instance(tx, instance).await?.map(|subscription| (account, subscription)))
}

async fn keep_choice(tx: &mut TenantTx, account: &Account, before: Subscription) -> Result<(), BillingError> {
    let State::Active { next: Some(_) } = before.state else { return Ok(()) };
    let (after, _) = before.change_at_end(before.choice)?;
    save(tx, account, &after).await
}

async fn save(tx: &mut TenantTx, account: &Account, after: &Subscription) -> Result<(), BillingError> {
    Ok(subscriptions::save(tx, after, Some(account.zone.midnight(after.term.end))).await?)
}
