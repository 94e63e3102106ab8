//! Carries operations out: a worker takes one by a lease, lets the driver work outside any transaction, and writes down
//! every step in a transaction of its own. A worker that is killed leaves a lease that runs out; the next one begins the
//! idempotent verb again. Two never work at once, because every note is written only in the lease's hands.

use super::{
    Drivers,
    change::{enqueue, show},
    driver::{Driver, DriverError, Reporter, Wanted},
    measure::opened,
    reconcile,
    reveal_credentials::seal_context,
    scram,
    store::{
        credentials,
        instances::{self, InstanceRecord},
        operations::{self, OperationRecord},
    },
};
use crate::{
    instance::InstanceState,
    operation::{self, Happened, Message, OperationKind, OperationState},
    view::{LogLevel, OverQuota},
};
use async_trait::async_trait;
use kernel::{
    Fault, Need, OperationId,
    events::{Event, provisioning},
    live::Live,
};
use platform::{Cx, TenantTx};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// How long a worker holds an operation after its last sign of life. Real time.
pub const LEASE: Duration = Duration::from_secs(15);
/// One verb of a driver that takes longer is broken off and tried again.
const VERB_LIMIT: Duration = Duration::from_secs(120);

/// Runs the operation to its end, or to the pause before its next try. Nothing to do when another worker has it.
pub async fn run_operation(cx: &Cx, drivers: &Drivers, id: OperationId, lease: Duration) -> Result<(), Fault> {
    let holder = cx.new_uuid();
    let Some(work) = take(cx, drivers, id, holder, lease).await? else { return Ok(()) };
    let reporter = Recorder { cx: cx.clone(), operation: id, holder, lease };
    let driver = match drivers.get(&work.driver) {
        Ok(driver) => driver.clone(),
        Err(error) => return fail(cx, &reporter, &work, error).await,
    };
    if work.expired && work.state != OperationState::CleaningUp {
        let error = DriverError::permanent("provisioning.error.deadline", "the operation's time is over");
        return fail(cx, &reporter, &work, error).await;
    }
    let outcome = tokio::select! {
        biased;
        outcome = tokio::time::timeout(VERB_LIMIT, drive(driver.as_ref(), &work, &reporter)) => {
            outcome.unwrap_or_else(|_| Err(DriverError::transient("provisioning.error.timeout", "the backend took too long")))
        }
        () = reporter.hold_on() => Err(DriverError::Stopped),
    };
    match outcome {
        Ok(()) if work.state == OperationState::CleaningUp => cleaned_up(cx, &reporter, &work).await,
        Ok(()) => succeed(cx, &reporter, &driver, &work).await,
        Err(error) => fail(cx, &reporter, &work, error).await,
    }
}

/// What a worker needs to know of the operation that it took.
struct Work {
    id: OperationId,
    kind: OperationKind,
    state: OperationState,
    expired: bool,
    driver: String,
    /// Deleting keeps what there is for a while.
    keeps: bool,
    wanted: Wanted,
}

/// Takes the operation if it is free, with everything that its driver needs.
async fn take(cx: &Cx, drivers: &Drivers, id: OperationId, holder: Uuid, lease: Duration) -> Result<Option<Work>, Fault> {
    let mut tx = writing(cx).await?;
    let Some(found) = operations::find(&mut tx, id).await.map_err(platform::fault)? else { return Ok(None) };
    // Always the instance first, then its operation: changes lock in the same order.
    let Some(mut instance) = instances::for_update(&mut tx, found.instance_id).await.map_err(platform::fault)? else { return Ok(None) };
    if !operations::claim(&mut tx, id, holder, lease).await.map_err(platform::fault)? {
        return Ok(None);
    }
    let Some(mut operation) = operations::find(&mut tx, id).await.map_err(platform::fault)? else { return Ok(None) };
    let kind = operation.kind();
    if operation.state() == OperationState::Running
        && let Some(driver) = drivers.find(&instance.driver)
    {
        if operation.steps.is_empty() {
            operation.steps.0 = operation::steps(driver.steps(kind));
            operation.message.0 = Message::new("provisioning.message.running");
            operations::log(&mut tx, id, LogLevel::Info, &Message::new("provisioning.log.started"), None).await.map_err(platform::fault)?;
        } else {
            operations::log(&mut tx, id, LogLevel::Info, &Message::new("provisioning.log.continued"), None).await.map_err(platform::fault)?;
        }
        if instance.server.is_empty() {
            match driver.place(&instance.configuration) {
                Ok(server) => instance.server = server,
                Err(error) => tracing::warn!(instance.id = %instance.id, "Instance {} has no server yet: {error}", instance.id),
            }
            instances::save(&mut tx, &instance).await.map_err(platform::fault)?;
        }
        if driver.has_credentials() {
            make_credentials(cx, &mut tx, &instance, kind, id).await?;
        }
        operations::save(&mut tx, &operation, holder).await.map_err(platform::fault)?;
    }
    let wanted = wanted_of(&mut tx, &instance, Some(&operation)).await?;
    show_operation(&mut tx, &operation);
    tx.commit_unaudited("taking up work is no change of the tenant's").await?;
    Ok(Some(Work {
        id,
        kind,
        state: operation.state(),
        expired: operation.expired,
        driver: instance.driver,
        keeps: instance.keep_until.is_some_and(|until| until > cx.now()),
        wanted,
    }))
}

/// First credentials for a creation, the next ones for a rotation; made once however often the work is taken up.
async fn make_credentials(cx: &Cx, tx: &mut TenantTx, instance: &InstanceRecord, kind: OperationKind, id: OperationId) -> Result<(), Fault> {
    let kept = credentials::find(tx, instance.id).await.map_err(platform::fault)?;
    let wanted = match (kind, &kept) {
        (_, None) => true,
        (OperationKind::Rotate, Some(kept)) => kept.next_for != Some(id),
        (_, Some(_)) => false,
    };
    if !wanted {
        return Ok(());
    }
    let password = scram::new_password();
    let verifier = scram::verifier(&password);
    let sealed = cx.platform().secrets.seal(password.as_bytes(), &seal_context(instance.id));
    if kept.is_none() {
        credentials::insert(tx, instance.id, &verifier, &sealed).await.map_err(platform::fault)
    } else {
        credentials::prepare_next(tx, instance.id, id, &verifier, &sealed).await.map_err(platform::fault)
    }
}

/// What the instance is to be, for its driver.
pub(super) async fn wanted_of(tx: &mut TenantTx, instance: &InstanceRecord, operation: Option<&OperationRecord>) -> Result<Wanted, Fault> {
    let kept = credentials::find(tx, instance.id).await.map_err(platform::fault)?;
    let rotates = operation.is_some_and(|operation| operation.kind() == OperationKind::Rotate);
    let verifier = kept.and_then(|kept| if rotates { kept.next_verifier.or(Some(kept.verifier)) } else { Some(kept.verifier) });
    Ok(Wanted {
        tenant: instance.tenant_id,
        instance: instance.id,
        name: instance.name.clone(),
        plan: instance.plan_id,
        limits: instance.limits.0.clone(),
        configuration: instance.configuration.clone(),
        suspended: !instance.suspended_by.is_empty(),
        read_only: instance.over_quota() == OverQuota::ReadOnly,
        was_ready: instance.ready_at.is_some(),
        allow_empty: operation.is_some_and(|operation| operation.allow_empty),
        server: instance.server.clone(),
        verifier,
    })
}

/// The driver's part, outside any transaction.
async fn drive(driver: &dyn Driver, work: &Work, report: &Recorder) -> Result<(), DriverError> {
    let wanted = &work.wanted;
    if wanted.server.is_empty() && work.state != OperationState::CleaningUp {
        driver.place(&wanted.configuration)?;
        return Err(DriverError::transient("provisioning.error.no_server", "the instance was not placed on a server"));
    }
    if work.state == OperationState::CleaningUp {
        return remove(driver, wanted, report).await;
    }
    match work.kind {
        OperationKind::Create => driver.create(wanted, report).await,
        OperationKind::Update | OperationKind::ChangePlan => driver.update(wanted, report).await,
        OperationKind::Suspend => driver.suspend(wanted, report).await,
        OperationKind::Resume | OperationKind::Restore if wanted.suspended => driver.suspend(wanted, report).await,
        OperationKind::Resume | OperationKind::Restore => driver.resume(wanted, report).await,
        OperationKind::Rotate => driver.rotate(wanted, report).await,
        OperationKind::Repair => driver.repair(wanted, report).await,
        OperationKind::Delete if work.keeps => driver.suspend(wanted, report).await,
        OperationKind::Delete | OperationKind::Purge => remove(driver, wanted, report).await,
    }
}

/// Removes until the backend says that nothing is left.
async fn remove(driver: &dyn Driver, wanted: &Wanted, report: &Recorder) -> Result<(), DriverError> {
    if wanted.server.is_empty() {
        return Ok(());
    }
    driver.delete(wanted, report).await?;
    if driver.observe(wanted).await?.anything {
        return Err(DriverError::transient("provisioning.error.something_left", "the backend still shows a part of it"));
    }
    Ok(())
}

async fn succeed(cx: &Cx, reporter: &Recorder, driver: &Arc<dyn Driver>, work: &Work) -> Result<(), Fault> {
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
            Some(E::InstanceReady { tenant, instance: id, plan, at: now })
        }
        OperationKind::ChangePlan => {
            let from = operation.before.as_ref().map_or(plan, |before| before.plan);
            (from != plan).then_some(E::PlanChanged { tenant, instance: id, from, to: plan, at: now })
        }
        OperationKind::Restore => {
            instance.keep_until = None;
            instance.metered_until = Some(now);
            instance.measure_at = Some(now);
            Some(E::InstanceRestored { tenant, instance: id, plan, at: now })
        }
        OperationKind::Delete | OperationKind::Purge => {
            instance.look_at = None;
            instance.measure_at = None;
            instance.metered_until = None;
            instance.drift.0.clear();
            instance.purge_at = match &*instance.detail {
                InstanceState::Grace { until } => Some(*until),
                _ => None,
            };
            None
        }
        OperationKind::Update | OperationKind::Suspend | OperationKind::Resume | OperationKind::Rotate | OperationKind::Repair => None,
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
async fn fail(cx: &Cx, reporter: &Recorder, work: &Work, error: DriverError) -> Result<(), Fault> {
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
async fn cleaned_up(cx: &Cx, reporter: &Recorder, work: &Work) -> Result<(), Fault> {
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
    instance.enter(InstanceState::gave_up(kind, operation.id), now);
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

async fn locked(tx: &mut TenantTx, id: OperationId) -> Result<Option<(InstanceRecord, OperationRecord)>, Fault> {
    let Some(found) = operations::find(tx, id).await.map_err(platform::fault)? else { return Ok(None) };
    let Some(instance) = instances::for_update(tx, found.instance_id).await.map_err(platform::fault)? else { return Ok(None) };
    let Some(operation) = operations::find(tx, id).await.map_err(platform::fault)? else { return Ok(None) };
    Ok(Some((instance, operation)))
}

async fn writing(cx: &Cx) -> Result<TenantTx, Fault> {
    cx.tenant_tx(Need::SERVICES_WRITE).await.map_err(opened)
}

fn show_operation(tx: &mut TenantTx, operation: &OperationRecord) {
    tx.show(Live::Operation {
        id: operation.id,
        instance: operation.instance_id,
        state: operation.state.clone(),
        percent: operation.percent,
        message: operation.message.code.clone(),
    });
}

/// Writes the driver's progress down, in the lease's hands only.
struct Recorder {
    cx: Cx,
    operation: OperationId,
    holder: Uuid,
    lease: Duration,
}

impl Recorder {
    /// Renews the lease while the driver works; returns when it is lost.
    async fn hold_on(&self) {
        loop {
            tokio::time::sleep(self.lease / 3).await;
            // A database that is away for a moment: the lease says how long that may last.
            if let Ok(false) = self.renew().await {
                return;
            }
        }
    }

    async fn renew(&self) -> Result<bool, Fault> {
        let mut tx = writing(&self.cx).await?;
        let held = operations::renew(&mut tx, self.operation, self.holder, self.lease).await.map_err(platform::fault)?;
        tx.commit_unaudited("a sign of life is no change of the tenant's").await?;
        Ok(held)
    }

    async fn write(&self, step: Option<&str>, line: &Message, detail: Option<&str>) -> Result<bool, Fault> {
        let mut tx = writing(&self.cx).await?;
        let Some(mut operation) = operations::find(&mut tx, self.operation).await.map_err(platform::fault)? else { return Ok(false) };
        if let Some(name) = step {
            if operation.state().after(Happened::Stepped).is_none() {
                return Ok(false);
            }
            operation::enter(&mut operation.steps.0, name);
            operation.percent = operation::percent(&operation.steps);
            if operation.state() == OperationState::Running {
                operation.message.0 = line.clone();
            }
        }
        if !operations::save(&mut tx, &operation, self.holder).await.map_err(platform::fault)?
            || !operations::renew(&mut tx, self.operation, self.holder, self.lease).await.map_err(platform::fault)?
        {
            return Ok(false);
        }
        operations::log(&mut tx, self.operation, LogLevel::Info, line, detail).await.map_err(platform::fault)?;
        if step.is_some() {
            show_operation(&mut tx, &operation);
        }
        tx.commit_unaudited("progress of an audited operation").await?;
        Ok(true)
    }

    async fn write_or_stop(&self, step: Option<&str>, line: &Message, detail: Option<&str>) -> Result<(), DriverError> {
        match self.write(step, line, detail).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(DriverError::Stopped),
            Err(fault) => {
                tracing::warn!(operation.id = %self.operation, "Progress of operation {} was not written down: {fault}", self.operation);
                Err(DriverError::Stopped)
            }
        }
    }
}

#[async_trait]
impl Reporter for Recorder {
    async fn step(&self, name: &str) -> Result<(), DriverError> {
        let line = Message::new(format!("provisioning.step.{name}"));
        self.write_or_stop(Some(name), &line, None).await
    }

    async fn note(&self, message: Message, detail: Option<String>) -> Result<(), DriverError> {
        self.write_or_stop(None, &message, detail.as_deref()).await
    }
}
