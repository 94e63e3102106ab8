//! Takes an instance out of use, takes that back within the grace period, removes it for good after it.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::{planned, view_of},
    measure,
    store::{
        due,
        instances::{self, InstanceRecord},
        operations,
    },
    terms,
};
use crate::{
    instance::{InstanceState, SuspendedBy, Verb},
    operation::{self, Happened, Message, OperationKind},
    view::{Accepted, LogLevel, Planned},
};
use kernel::{
    Fault, InstanceId, Need, OperationId, TenantId, Timestamp,
    events::{Event, provisioning},
    live::Live,
};
use platform::{Cx, Opened, TenantTx};
use serde_json::json;
use sqlx::types::Json;
use std::time::Duration;

/// How long a deleted instance's data is kept and can be restored.
pub const GRACE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Billing ends now; what the instance holds is kept for the grace period. One that never ran is removed at once; its
/// creation, where that is under way, is stopped.
pub async fn delete_instance(cx: &Cx, id: InstanceId, if_version: Option<i64>) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let instance = change::locked(&mut tx, id).await?;
    change::check_version(&instance, if_version)?;
    let now = cx.now();
    let dropped = planned(&mut tx, &instance).await?;
    let Some((next, operation)) = take_out_of_use(cx, &mut tx, &instance, now).await? else {
        // Deleted before, or being deleted: the same request again is the same operation.
        let operation = instance.detail.running_operation();
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation, repeated: true });
    };
    let mut detail = json!({"kept_until": next.keep_until});
    if let Some(Planned::Plan { plan, on, .. }) = dropped {
        // Restoring it does not bring that back.
        detail["dropped"] = json!({"plan": plan, "on": on});
        operations::log(&mut tx, operation, LogLevel::Info, &Message::new("provisioning.log.plan_dropped").with("on", on), None).await?;
    }
    tx.audit("provisioning.instance.deleted", id, detail);
    let instance = view_of(&mut tx, next).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation: Some(operation), repeated: false })
}

/// Begins the deletion of a locked instance and tells billing; none where it is deleted or being deleted already.
/// Storage is metered up to `until`. The audit entry is the caller's.
pub(super) async fn take_out_of_use(cx: &Cx, tx: &mut TenantTx, instance: &InstanceRecord, until: Timestamp) -> Result<Option<(InstanceRecord, OperationId)>, ChangeError> {
    let now = cx.now();
    let mut next = instance.clone();
    next.keep_until = instance.ready_at.map(|_| now.plus(GRACE));
    next.planned = None;
    if let InstanceState::Creating { operation } = &*instance.detail {
        stop(tx, *operation, now).await?;
    }
    let Some(operation) = change::begin(cx, tx, &mut next, Change::new(Verb::Delete, OperationKind::Delete)).await? else { return Ok(None) };
    if next.ready_at.is_some() {
        measure::meter_storage(tx, &mut next, until).await?;
        let tenant = tx.tenant();
        tx.announce(&Event::Provisioning(provisioning::Event::InstanceDeleted { tenant, instance: instance.id, at: now })).await?;
    }
    Ok(Some((next, operation)))
}

/// Ends a creation under way: whoever works on it finds at the next note that it is not theirs any more, and the
/// deletion waits on the backend until they let go.
async fn stop(tx: &mut TenantTx, creation: OperationId, now: Timestamp) -> Result<(), ChangeError> {
    let Some(mut operation) = operations::find(tx, creation).await? else { return Ok(()) };
    let Some(state) = operation.state().after(Happened::Stopped) else { return Ok(()) };
    let why = Message::new("provisioning.error.deleted_meanwhile");
    operation.set_state(state);
    operation::end(&mut operation.steps.0, false);
    operation.message.0 = Message::new("provisioning.message.stopped");
    operation.error = Some(Json(why.clone()));
    operation.finished_at = Some(now);
    operations::stop(tx, &operation).await?;
    operations::log(tx, creation, LogLevel::Warning, &why, None).await?;
    tx.show(Live::Operation {
        id: creation,
        instance: operation.instance_id,
        state: operation.state,
        percent: operation.percent,
        message: operation.message.0.code,
    });
    Ok(())
}

/// Takes a deletion back within its grace period. It is charged for and counts anew, so it is asked what an order is asked.
pub async fn restore_instance(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    if let InstanceState::Grace { .. } = &*instance.detail {
        comes_back(&mut tx, &instance).await?;
    }
    instance.purge_at = None;
    // Who may order has no debt that holds anything.
    let held = instance.held().into_iter().filter(|by| *by != SuspendedBy::Debt).collect();
    instance.hold(&held);
    let operation = change::begin(cx, &mut tx, &mut instance, Change::new(Verb::Restore, OperationKind::Restore)).await?;
    if operation.is_none() {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation, repeated: true });
    }
    tx.audit("provisioning.instance.restored", id, json!({}));
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}

async fn comes_back(tx: &mut TenantTx, instance: &InstanceRecord) -> Result<(), ChangeError> {
    if !billing::server::may_order(tx).await? {
        return Err(ChangeError::Restricted);
    }
    if !billing::server::sold_to(tx, instance.plan_id).await? {
        return Err(ChangeError::NotSold);
    }
    let present = instances::count_for_order(tx).await?;
    match terms::instances_allowed(tx).await? {
        Some(limit) if present >= limit => Err(ChangeError::LimitReached { limit }),
        Some(_) | None => Ok(()),
    }
}

/// Deleted instances whose grace is over at `now`.
pub async fn due_purges(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, InstanceId)>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(due::purges(&mut tx, now, limit).await.map_err(platform::fault)?)
}

/// When the next grace period ends: where a simulated clock stops.
pub async fn next_purge(cx: &Cx) -> Result<Option<Timestamp>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(due::next_purge(&mut tx).await.map_err(platform::fault)?)
}

/// Begins to remove a deleted instance for good. One that was restored meanwhile stays.
pub async fn purge_instance(cx: &Cx, tenant: TenantId, id: InstanceId) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "provisioning", Some(tenant));
    match try_purge(&cx, id).await {
        Ok(()) | Err(ChangeError::NotFound | ChangeError::WrongState { .. } | ChangeError::Busy { .. }) => Ok(()),
        Err(ChangeError::Fault(fault)) => Err(fault),
        Err(refused) => Err(Fault::new(format!("instance {id} could not be removed: {refused}"))),
    }
}

async fn try_purge(cx: &Cx, id: InstanceId) -> Result<(), ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    let over = matches!(*instance.detail, InstanceState::Grace { until } if until <= cx.now());
    let leftover = matches!(*instance.detail, InstanceState::Failed { .. });
    if !over && !leftover {
        return Ok(());
    }
    instance.purge_at = None;
    if change::begin(cx, &mut tx, &mut instance, Change::new(Verb::Purge, OperationKind::Purge)).await?.is_some() {
        tx.audit("provisioning.instance.removed", id, json!({}));
        tx.commit().await?;
    }
    Ok(())
}
