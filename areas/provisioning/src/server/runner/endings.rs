//! How operations end: with success, with a pause before another try, by giving up and cleaning up.

use super::{
    super::{
        change::{enqueue, show},
        driver::{Driver, DriverError},
        reconcile,
        store::{
            credentials,
            instances::{self, InstanceRecord},
            operations::{self, OperationRecord},
        },
    },
    Recorder, Work, locked, show_operation, writing,
};
use crate::{
    instance::InstanceState,
    operation::{self, Happened, Message, OperationKind, OperationState},
    view::LogLevel,
};
use kernel::{
    Fault,
    events::{Event, provisioning},
};
use platform::{Cx, TenantTx};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

pub(super) async fn succeed(cx: &Cx, reporter: &Recorder, driver: &Arc<dyn Driver>, work: &Work) -> Result<(), Fault> {
    // Where its users reach it; not knowing yet is no failure, the reconciler asks again.
    let endpoint = driver.observe(&work.wanted).await.map(|look| look.endpoint).unwrap_or_default();
    let now = cx.now();
    let mut tx = writing(cx).await?;
    let Some((mut instance, mut operation)) = locked(&mut tx, work.id).await? else { return Ok(()) };
    let Some(state) = operation.state().after(Happened::Finished) else { return Ok(()) };
    operation.set_state(state);
    operation::end(&mut operation.steps.0, true);
    operation.percent = 100;
    operation.message.0 = Message::new("provisioning.message.succeeded");
    operation.error = None;
    operation.finished_at = Some(now);
    if !operations::save(&mut tx, &operation, reporter.holder).await.map_err(platform::fault)? {
        return Ok(());
    }
    if !endpoint.is_empty() {
        instance.endpoint.0 = endpoint;
    }
    let next = InstanceState::succeeded(work.kind, instance.held(), instance.keep_until, now);
    instance.enter(next, now);
    after_success(&mut tx, &mut instance, &operation, now).await?;
    if work.kind == OperationKind::Rotate {
        credentials::promote_next(&mut tx, instance.id, work.id).await.map_err(platform::fault)?;
    }
    if matches!(*instance.detail, InstanceState::Deleted { .. }) {
        credentials::delete(&mut tx, instance.id).await.map_err(platform::fault)?;
    }
    instances::save(&mut tx, &instance).await.map_err(platform::fault)?;
    finish(tx, &instance, &operation, "provisioning.operation.succeeded", LogLevel::Info, "provisioning.log.succeeded", None).await
}

/// What success changes of the instance, and what the other areas learn of it.
async fn after_success(tx: &mut TenantTx, instance: &mut InstanceRecord, operation: &OperationRecord, now: kernel::Timestamp) -> Result<(), Fault> {
    use provisioning::Event as E;
    let (tenant, id, plan) = (instance.tenant_id, instance.id, instance.plan_id);
    instance.unsure = false;
    instance.look_at = Some(now.plus(reconcile::EVERY));
    let event = match operation.kind() {
        OperationKind::Create => {
            instance.ready_at = Some(now);
            instance.metered_until = Some(now);
            instance.measure_at = Some(now);
            Some(E::InstanceReady { tenant, instance: id, plan, name: instance.name.clone(), at: now })
        }
        OperationKind::ChangePlan => {
            let from = operation.before.as_ref().map_or(plan, |before| before.plan);
            (from != plan).then_some(E::PlanChanged { tenant, instance: id, from, to: plan, at: now })
        }
        // A restoration that failed may be ended by a repair or by resuming: until then its end was kept.
        OperationKind::Restore | OperationKind::Resume | OperationKind::Repair if instance.keep_until.take().is_some() => {
            instance.metered_until = Some(now);
            instance.measure_at = Some(now);
            Some(E::InstanceRestored { tenant, instance: id, plan, name: instance.name.clone(), at: now })
        }
        OperationKind::Delete | OperationKind::Purge => {
            // A creation that was stopped may have been in the middle of a statement: one more look tells.
            let stopped = instance.ready_at.is_none() && !instance.server.is_empty();
            instance.look_at = stopped.then(|| now.plus(reconcile::EVERY));
            instance.measure_at = None;
            instance.metered_until = None;
            instance.drift.0.clear();
            instance.purge_at = match &*instance.detail {
                InstanceState::Grace { until } => Some(*until),
                _ => None,
            };
            None
        }
        OperationKind::Update | OperationKind::Suspend | OperationKind::Resume | OperationKind::Restore | OperationKind::Rotate | OperationKind::Repair => None,
    };
    if operation.kind() == OperationKind::Repair {
        instance.drift.0.clear();
    }
    match event {
        Some(event) => tx.announce(&Event::Provisioning(event)).await,
        None => Ok(()),
    }
}

/// Writes down what went wrong: another try after a pause, or the end.
pub(super) async fn fail(cx: &Cx, reporter: &Recorder, work: &Work, error: DriverError) -> Result<(), Fault> {
    let (message, detail, passing) = match error {
        DriverError::Stopped => return Ok(()),
        DriverError::Transient(message, detail) => (message, detail, true),
        DriverError::Permanent(message, detail) => (message, detail, false),
    };
    let mut tx = writing(cx).await?;
    let Some((mut instance, mut operation)) = locked(&mut tx, work.id).await? else { return Ok(()) };
    operation.failures += 1;
    operation.error = Some(sqlx::types::Json(message.clone()));
    // Cleaning up never gives up: it goes on until the backend says that nothing is left.
    if (passing && !operation.expired) || work.state == OperationState::CleaningUp {
        let pause = operation::pause(operation.failures - 1);
        operation.message.0 = Message::new("provisioning.message.trying_again").with("seconds", pause.as_secs());
        if !operations::save(&mut tx, &operation, reporter.holder).await.map_err(platform::fault)? {
            return Ok(());
        }
        operations::log(&mut tx, work.id, LogLevel::Warning, &message, Some(&detail)).await.map_err(platform::fault)?;
        operations::release(&mut tx, work.id, reporter.holder, pause).await.map_err(platform::fault)?;
        enqueue(&mut tx, work.id, pause).await?;
        show_operation(&mut tx, &operation);
        return tx.commit_unaudited("a pause before the next try is no change of the tenant's").await;
    }

    let leaves_something = work.kind == OperationKind::Create;
    let Some(state) = operation.state().after(Happened::GaveUp { leaves_something }) else { return Ok(()) };
    operation.set_state(state);
    operation::end(&mut operation.steps.0, false);
    if state == OperationState::CleaningUp {
        operation.message.0 = Message::new("provisioning.message.cleaning_up");
        operation.failures = 0;
        if !operations::save(&mut tx, &operation, reporter.holder).await.map_err(platform::fault)? {
            return Ok(());
        }
        operations::log(&mut tx, work.id, LogLevel::Error, &message, Some(&detail)).await.map_err(platform::fault)?;
        operations::release(&mut tx, work.id, reporter.holder, Duration::ZERO).await.map_err(platform::fault)?;
        enqueue(&mut tx, work.id, Duration::ZERO).await?;
        show_operation(&mut tx, &operation);
        return tx.commit_unaudited("cleaning up is part of the audited operation").await;
    }
    give_up(cx, &mut tx, &mut instance, &mut operation, reporter.holder).await?;
    finish(tx, &instance, &operation, "provisioning.operation.failed", LogLevel::Error, &message.code, Some(detail)).await
}

/// The creation that failed has left nothing.
pub(super) async fn cleaned_up(cx: &Cx, reporter: &Recorder, work: &Work) -> Result<(), Fault> {
    let mut tx = writing(cx).await?;
    let Some((mut instance, mut operation)) = locked(&mut tx, work.id).await? else { return Ok(()) };
    let Some(state) = operation.state().after(Happened::Finished) else { return Ok(()) };
    operation.set_state(state);
    give_up(cx, &mut tx, &mut instance, &mut operation, reporter.holder).await?;
    finish(tx, &instance, &operation, "provisioning.operation.failed", LogLevel::Info, "provisioning.log.cleaned_up", None).await
}

async fn give_up(cx: &Cx, tx: &mut TenantTx, instance: &mut InstanceRecord, operation: &mut OperationRecord, holder: Uuid) -> Result<(), Fault> {
    let now = cx.now();
    operation.message.0 = Message::new("provisioning.message.failed");
    operation.finished_at = Some(now);
    if !operations::save(tx, operation, holder).await.map_err(platform::fault)? {
        return Err(Fault::passing("another worker has the operation"));
    }
    let kind = operation.kind();
    instance.enter(InstanceState::gave_up(kind, operation.id, instance.held()), now);
    instance.look_at = Some(now.plus(reconcile::EVERY));
    if let Some(before) = operation.before.clone() {
        instance.put(before.0);
    }
    // A part of the change may have reached the backend: the reconciler brings it back in line.
    instance.unsure = instance.ready_at.is_some();
    instances::save(tx, instance).await.map_err(platform::fault)?;
    let event = provisioning::Event::OperationFailed { tenant: instance.tenant_id, instance: instance.id, operation: operation.id, at: now };
    tx.announce(&Event::Provisioning(event)).await
}

/// The last note of an operation: log, audit entry, open pages.
async fn finish(
    mut tx: TenantTx,
    instance: &InstanceRecord,
    operation: &OperationRecord,
    action: &'static str,
    level: LogLevel,
    code: &str,
    detail: Option<String>,
) -> Result<(), Fault> {
    operations::log(&mut tx, operation.id, level, &Message::new(code), detail.as_deref()).await.map_err(platform::fault)?;
    show(&mut tx, instance);
    show_operation(&mut tx, operation);
    let error = operation.error.as_ref().map(|error| error.code.clone());
    tx.audit(action, operation.id, json!({"instance": instance.id, "kind": operation.kind, "state": instance.detail.code(), "error": error}));
    let (id, kind, state) = (operation.id, operation.kind().code(), instance.detail.code());
    tx.commit().await?;
    tracing::info!(operation.id = %id, kind, state, "Operation {id} ({kind}) is over: the instance is {state}");
    Ok(())
}
