//! Brings instances and their bills in step where an event between them was given up (`crate::in_step`).

use super::{
    change,
    end_instance::end_instance,
    errors::ChangeError,
    follow_plan::follow_plan,
    measure::opened,
    store::{due, instances, operations},
    suspend_instance::follow_standing,
};
use crate::in_step::{Bill, Correction, Facts, correction};
use billing::{
    server::BillingError,
    subscription::{State, Subscription},
};
use kernel::{Fault, InstanceId, Need, TenantId};
use platform::{Cx, TenantTx};
use std::time::Duration;

/// Between two comparisons of one instance with its bill, by the clock.
pub const EVERY: Duration = Duration::from_secs(3600);
/// Instances compared by one call.
const BATCH: i64 = 100;

/// Compares what is due; answers how many were out of step. One that cannot be mended is told and comes again.
pub async fn compare_due(cx: &Cx) -> Result<usize, Fault> {
    let now = cx.now();
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let due = due::claim(&mut tx, due::Turn::Compare, now, now.plus(EVERY), BATCH).await.map_err(platform::fault)?;
    tx.commit().await?;
    let mut mended = 0;
    for (tenant, instance) in due {
        match compare(cx, tenant, instance).await {
            Ok(done) => mended += usize::from(done),
            Err(fault) => tracing::warn!(instance.id = %instance, "Instance {instance} could not be brought in step with its bill: {fault}"),
        }
    }
    Ok(mended)
}

async fn compare(cx: &Cx, tenant: TenantId, id: InstanceId) -> Result<bool, Fault> {
    let cx = Cx::system(cx.platform().clone(), "provisioning", Some(tenant));
    let (facts, debts_differ) = {
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
        let Some(instance) = instances::find(&mut tx, id).await.map_err(platform::fault)? else { return Ok(false) };
        let debts_differ = instance.concerns_debt() && billing::server::debts_stop_services(&mut tx).await? != instance.held_for_debt();
        (facts_of(&mut tx, instance).await?, debts_differ)
    };
    let Some(correction) = correction(&facts) else {
        if debts_differ {
            follow_standing(&cx, id).await.map_err(ChangeError::into_fault)?;
        } else if facts.over() {
            let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
            instances::compare_no_more(&mut tx, id).await.map_err(platform::fault)?;
            tx.commit_unaudited("when the platform looks again is no change of the tenant's").await?;
        }
        return Ok(debts_differ);
    };
    match correction {
        Correction::BeginBill { at } => {
            billing::server::start_instance_subscription(&cx, id, facts.plan, at).await.map(drop).map_err(BillingError::into_fault)?;
            tell_name(&cx, id).await?;
        }
        Correction::ChangeBill { to, at } => billing::server::follow_instance_plan(&cx, id, to, at).await.map_err(BillingError::into_fault)?,
        Correction::EndBill { at } => billing::server::end_instance_subscription(&cx, id, at).await.map_err(BillingError::into_fault)?,
        Correction::EndInstance { reason, at } => end_instance(&cx, id, reason, at).await.map_err(ChangeError::into_fault)?,
        Correction::FollowPlan(to) => follow_plan(&cx, id, to).await.map_err(ChangeError::into_fault)?,
    }
    tracing::warn!(instance.id = %id, ?correction, "Instance {id} and its bill were out of step");
    Ok(true)
}

/// What people call it, which its lines on invoices name, was given up with the event that it ran.
async fn tell_name(cx: &Cx, id: InstanceId) -> Result<(), Fault> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await.map_err(opened)?;
    if let Some(instance) = instances::find(&mut tx, id).await.map_err(platform::fault)? {
        change::announce_name(&mut tx, &instance).await?;
    }
    tx.commit_unaudited("a name that did not change is told again").await
}

async fn facts_of(tx: &mut TenantTx, instance: instances::InstanceRecord) -> Result<Facts, Fault> {
    let newest = billing::server::subscription_of(tx, instance.id).await?;
    let bill = newest.map_or(Bill::Never, |newest| bill_of(&newest));
    let restored_at = match bill {
        Bill::Ended { at, .. } => operations::restored_at(tx, instance.id, at).await.map_err(platform::fault)?,
        Bill::Never | Bill::Running { .. } => None,
    };
    let heard_by = tx.now().minus(EVERY);
    let changed_at = operations::plan_changed_at(tx, instance.id, instance.plan_id).await.map_err(platform::fault)?;
    Ok(Facts {
        changed_at: changed_at.filter(|at| *at <= heard_by),
        deleted_at: operations::deleted_at(tx, instance.id).await.map_err(platform::fault)?,
        restored_at,
        bill,
        state: instance.detail.0,
        ready_at: instance.ready_at,
        plan: instance.plan_id,
        planned: instance.planned.map(|planned| planned.0.plan),
    })
}

fn bill_of(subscription: &Subscription) -> Bill {
    match subscription.state {
        State::Trialing { .. } | State::Active { .. } | State::Cancelling { .. } => Bill::Running { plan: subscription.choice.plan },
        State::Ended { at, reason } => Bill::Ended { reason, at },
    }
}
