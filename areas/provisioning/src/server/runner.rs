//! Carries operations out: a worker takes one by a lease, lets the driver work outside any transaction, and writes down
//! every step in a transaction of its own. A worker that is killed leaves a lease that runs out; the next one begins the
//! idempotent verb again. Two never work at once, because every note is written only in the lease's hands.

mod endings;
mod recorder;

use self::{
    endings::{cleaned_up, fail, succeed},
    recorder::Recorder,
};
use super::{
    Drivers,
    driver::{Driver, DriverError, Wanted},
    measure::opened,
    placing,
    reveal_credentials::seal_context,
    scram,
    store::{
        credentials,
        instances::{self, InstanceRecord},
        operations::{self, OperationRecord},
    },
};
use crate::{
    operation::{self, Message, OperationKind, OperationState},
    view::{LogLevel, OverQuota},
};
use kernel::{Fault, Need, OperationId, live::Live};
use platform::{Cx, TenantTx};
use std::time::Duration;
use uuid::Uuid;

/// How long a worker holds an operation after its last sign of life. Real time.
pub const LEASE: Duration = Duration::from_secs(15);
/// One verb of a driver that takes longer is broken off and tried again.
const VERB_LIMIT: Duration = Duration::from_secs(120);

/// Runs the operation to its end, or to the pause before its next try. Nothing to do when another worker has it.
pub async fn run_operation(cx: &Cx, drivers: &Drivers, id: OperationId, lease: Duration) -> Result<(), Fault> {
    let holder = cx.new_uuid();
    let Some(mut work) = take(cx, drivers, id, holder, lease).await? else { return Ok(()) };
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
        outcome = tokio::time::timeout(VERB_LIMIT, drive(cx, driver.as_ref(), &mut work, &reporter)) => {
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
    let Some(instance) = instances::for_update(&mut tx, found.instance_id).await.map_err(platform::fault)? else { return Ok(None) };
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
async fn drive(cx: &Cx, driver: &dyn Driver, work: &mut Work, report: &Recorder) -> Result<(), DriverError> {
    if work.state == OperationState::CleaningUp {
        return remove(driver, &work.wanted, report).await;
    }
    if work.kind == OperationKind::Create && work.wanted.server.is_empty() {
        work.wanted.server = placing::place(cx, driver, &work.wanted).await?;
    }
    let wanted = &work.wanted;
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
