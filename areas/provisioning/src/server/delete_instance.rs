//! Takes an instance out of use, takes that back within the grace period, removes it for good after it.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
    measure,
    store::due,
};
use crate::{
    instance::{InstanceState, Verb},
    operation::OperationKind,
    view::Accepted,
};
use kernel::{
    Fault, InstanceId, Need, TenantId, Timestamp,
    events::{Event, provisioning},
};
use platform::{Cx, Opened};
use serde_json::json;
use std::time::Duration;

/// How long a deleted instance's data is kept and can be restored.
pub const GRACE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Billing ends now; what the instance holds is kept for the grace period. One that never ran is removed at once.
pub async fn delete_instance(cx: &Cx, id: InstanceId, if_version: Option<i64>) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let instance = change::locked(&mut tx, id).await?;
    change::check_version(&instance, if_version)?;
    let now = cx.now();
    let mut next = instance.clone();
    next.keep_until = instance.ready_at.map(|_| now.plus(GRACE));
    let operation = change::begin(cx, &mut tx, &mut next, Change::new(Verb::Delete, OperationKind::Delete)).await?;
    if operation.is_none() {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation, repeated: true });
    }
    if next.ready_at.is_some() {
        measure::meter_storage(&mut tx, &mut next, now).await?;
        let tenant = tx.tenant();
        tx.announce(&Event::Provisioning(provisioning::Event::InstanceDeleted { tenant, instance: id, at: now })).await?;
    }
    tx.audit("provisioning.instance.deleted", id, json!({"kept_until": next.keep_until}));
    let instance = view_of(&mut tx, next).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}

/// Takes a deletion back within its grace period.
pub async fn restore_instance(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    instance.purge_at = None;
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
pub async fn purge_instance(cx: &Cx, id: InstanceId) -> Result<(), Fault> {
    match try_purge(cx, id).await {
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
