//! Keeps instances as they should be: looks at each backend every few seconds, shows what differs, repairs it by an
//! operation that tenant and staff can read, and picks up operations that a killed worker left.

use super::{
    Drivers,
    change::{self, Change},
    driver::{DriverError, Look},
    errors::ChangeError,
    jobs::RunOperation,
    measure::opened,
    runner::wanted_of,
    store::{due, instances, operations},
};
use crate::{
    instance::{InstanceState, Verb},
    operation::{Message, OperationKind},
    plan::{self, Desired, Difference, Gravity, Observed, Step},
    view::LogLevel,
};
use futures::StreamExt;
use kernel::{Fault, InstanceId, Need, OperationId, TenantId};
use platform::{Cx, TenantTx};
use serde_json::json;
use std::time::Duration;

/// Between two looks at one instance, by the clock.
pub const EVERY: Duration = Duration::from_secs(20);
/// Instances looked at by one call.
pub const BATCH: usize = 100;
/// Backends that are looked at at the same time.
const AT_ONCE: usize = 8;
/// Operations looked at for a lost job by one call, the longest due first: in a backlog of more than these, whose jobs
/// stand in line, a lost one waits until some are done.
const LOST: i64 = 1_000;
/// A look that takes longer counts as no answer.
const LOOK_LIMIT: Duration = Duration::from_secs(10);
/// An operation whose time came this long ago and that nobody holds was abandoned. Real time.
const ABANDONED: Duration = Duration::from_secs(3);

/// Looks at what is due; answers how many. Call it until it answers less than `BATCH`. One instance's trouble does not keep the others waiting.
pub async fn reconcile_due(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    let now = cx.now();
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let due = due::claim(&mut tx, due::Turn::Look, now, now.plus(EVERY), i64::try_from(BATCH).unwrap_or(i64::MAX)).await.map_err(platform::fault)?;
    tx.commit().await?;
    let count = due.len();
    let look = |(tenant, instance)| async move {
        if let Err(fault) = reconcile_instance(cx, drivers, tenant, instance).await {
            tracing::warn!(instance.id = %instance, "Instance {instance} could not be compared with its backend: {fault}");
        }
    };
    futures::stream::iter(due).for_each_concurrent(AT_ONCE, look).await;
    Ok(count)
}

/// Puts operations that nobody holds back into the queue: after a kill, and where a job was lost. What stands in
/// line already keeps its place there. Answers how many jobs it queued.
pub async fn requeue_due(cx: &Cx) -> Result<usize, Fault> {
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let abandoned = due::abandoned(&mut tx, ABANDONED, LOST).await.map_err(platform::fault)?;
    let operations: Vec<_> = abandoned.into_iter().map(|(tenant, operation)| (change::job_key(operation), RunOperation { tenant, operation })).collect();
    let keys: Vec<&str> = operations.iter().map(|(key, _)| key.as_str()).collect();
    let in_line = tx.in_line(&keys).await?;
    let mut queued = 0;
    for (key, job) in operations.iter().filter(|(key, _)| !in_line.contains(key)) {
        tx.enqueue(job, Some(key), Duration::ZERO).await?;
        queued += 1;
    }
    tx.commit().await?;
    Ok(queued)
}

/// Compares one instance with its backend and does what `plan` says.
pub async fn reconcile_instance(cx: &Cx, drivers: &Drivers, tenant: TenantId, id: InstanceId) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "reconciler", Some(tenant));
    let (version, driver, wanted) = {
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
        let Some(instance) = instances::find(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
        if instance.detail.running_operation().is_some() || instance.server.is_empty() {
            return Ok(());
        }
        let wanted = wanted_of(&mut tx, &instance, None).await?;
        (instance.version, instance.driver, wanted)
    };
    let Some(driver) = drivers.find(&driver) else { return Ok(()) };
    let look = match tokio::time::timeout(LOOK_LIMIT, driver.observe(&wanted)).await {
        Ok(Ok(look)) => look,
        Ok(Err(DriverError::Permanent(message, detail))) => {
            tracing::warn!(instance.id = %id, code = message.code, "The backend of instance {id} cannot be looked at: {detail}");
            return Ok(());
        }
        Ok(Err(DriverError::Transient(..) | DriverError::Stopped)) | Err(_) => return Ok(()),
    };
    act(&cx, id, version, look).await
}

async fn act(cx: &Cx, id: InstanceId, version: i64, look: Look) -> Result<(), Fault> {
    let now = cx.now();
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await.map_err(opened)?;
    let Some(mut instance) = instances::for_update(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
    if instance.version != version {
        // It changed while we looked: what we saw is of another wish.
        return Ok(());
    }
    let desired = Desired { state: instance.detail.0.clone(), unsure: instance.unsure };
    let observed = Observed::Seen { anything: look.anything, differences: look.differences };
    let steps = plan::plan(&desired, &observed, instance.changed_at, now);

    instance.seen_at = Some(now);
    instance.connections = instance.connections.max(look.connections.unwrap_or(0));
    if !look.endpoint.is_empty() {
        instance.endpoint.0 = look.endpoint;
    }
    if matches!(desired.state, InstanceState::Deleted { .. }) && steps.is_empty() {
        // Nothing is left, as it should be: there is no need to look again.
        instance.look_at = None;
    }
    let mut audited = false;
    for step in steps {
        match step {
            Step::Show(differences) => {
                if instance.drift.0 != differences {
                    instance.drift.0 = differences;
                    change::show(&mut tx, &instance);
                }
            }
            Step::Repair => audited |= start(cx, &mut tx, &mut instance, Verb::Repair, OperationKind::Repair).await?,
            Step::Remove => audited |= start(cx, &mut tx, &mut instance, Verb::Purge, OperationKind::Purge).await?,
            Step::Alarm => {
                alarm(cx, &mut tx, &mut instance).await?;
                audited = true;
            }
        }
    }
    instances::save(&mut tx, &instance).await.map_err(platform::fault)?;
    if audited { tx.commit().await } else { tx.commit_unaudited("what a look showed is no change of the tenant's").await }
}

/// Begins an operation with what was seen in its log; answers whether it began.
async fn start(cx: &Cx, tx: &mut TenantTx, instance: &mut instances::InstanceRecord, verb: Verb, kind: OperationKind) -> Result<bool, Fault> {
    let drift = instance.drift.0.clone();
    match change::begin(cx, tx, instance, Change::new(verb, kind)).await {
        Ok(Some(operation)) => {
            log_drift(tx, operation, &drift).await?;
            tx.audit("provisioning.instance.drifted", instance.id, json!({"operation": operation, "drift": drift}));
            tracing::info!(instance.id = %instance.id, operation.id = %operation, "Instance {} differs from what it should be: operation {operation} sets it right", instance.id);
            Ok(true)
        }
        Ok(None) => Ok(false),
        Err(ChangeError::Fault(fault)) => Err(fault),
        Err(refused) => Err(Fault::new(format!("{} could not begin: {refused}", kind.code()))),
    }
}

/// The customer's data is gone. A repair that is over before it began says so to everybody; nothing is made anew.
async fn alarm(cx: &Cx, tx: &mut TenantTx, instance: &mut instances::InstanceRecord) -> Result<(), Fault> {
    let operation = OperationId::from_uuid(cx.new_uuid());
    instance.enter(InstanceState::Updating { operation }, cx.now());
    let drift = instance.drift.0.clone();
    instances::save(tx, instance).await.map_err(platform::fault)?;
    change::open(tx, instance, operation, Change::new(Verb::Repair, OperationKind::Repair)).await?;
    log_drift(tx, operation, &drift).await?;
    tx.audit("provisioning.instance.data_lost", instance.id, json!({"operation": operation, "drift": drift}));
    tracing::error!(instance.id = %instance.id, "The data of instance {} is gone from its backend", instance.id);
    Ok(())
}

async fn log_drift(tx: &mut TenantTx, operation: OperationId, drift: &[Difference]) -> Result<(), Fault> {
    for difference in drift {
        let level = match difference.gravity {
            Gravity::Repairable => LogLevel::Warning,
            Gravity::DataLoss => LogLevel::Error,
        };
        let message = Message::new("provisioning.log.drift")
            .with("what", &difference.what)
            .with("expected", &difference.expected)
            .with("found", &difference.found);
        operations::log(tx, operation, level, &message, None).await.map_err(platform::fault)?;
    }
    Ok(())
}
