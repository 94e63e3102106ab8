//! How every change of an instance begins: the state machine is asked, an operation is written and a job queued, all in
//! the caller's transaction.

use super::{
    errors::ChangeError,
    jobs::RunOperation,
    store::{
        instances::{self, InstanceRecord, Terms},
        operations::{self, NewOperation},
    },
};
use crate::{
    instance::{Begun, InstanceState, Verb},
    operation::{Message, OperationKind},
};
use kernel::{
    Fault, InstanceId, OperationId,
    events::{Event, provisioning},
    live::Live,
};
use platform::{Cx, TenantTx};
use std::time::Duration;

/// A change that is about to begin.
pub(super) struct Change {
    pub verb: Verb,
    pub kind: OperationKind,
    pub before: Option<Terms>,
    pub wanted: Option<Terms>,
    pub allow_empty: bool,
}

impl Change {
    pub const fn new(verb: Verb, kind: OperationKind) -> Self {
        Self { verb, kind, before: None, wanted: None, allow_empty: false }
    }
}

pub(super) async fn locked(tx: &mut TenantTx, id: InstanceId) -> Result<InstanceRecord, ChangeError> {
    instances::for_update(tx, id).await?.ok_or(ChangeError::NotFound)
}

/// Refuses when the caller looked at another version than there is now.
pub(super) fn check_version(instance: &InstanceRecord, wanted: Option<i64>) -> Result<(), ChangeError> {
    match wanted {
        Some(version) if version != instance.version => Err(ChangeError::Stale { version: instance.version }),
        Some(_) | None => Ok(()),
    }
}

/// Tells what people call the instance, which its lines on invoices name.
pub(super) async fn announce_name(tx: &mut TenantTx, instance: &InstanceRecord) -> Result<(), Fault> {
    let (tenant, name, at) = (instance.tenant_id, instance.name.clone(), tx.now());
    tx.announce(&Event::Provisioning(provisioning::Event::InstanceRenamed { tenant, instance: instance.id, name, at })).await
}

/// Begins the change on the locked instance and saves it. Answers the operation, or none where nothing is to be done on
/// the backend.
pub(super) async fn begin(cx: &Cx, tx: &mut TenantTx, instance: &mut InstanceRecord, change: Change) -> Result<Option<OperationId>, ChangeError> {
    let operation = OperationId::from_uuid(cx.new_uuid());
    match instance.detail.begin(change.verb, operation)? {
        Begun::AlreadySo(state) => {
            if let InstanceState::Suspended { by } = &state {
                instance.hold(by);
            }
            if instance.detail.0 != state {
                instance.enter(state, cx.now());
                instances::save(tx, instance).await?;
                show(tx, instance);
            }
            Ok(None)
        }
        Begun::Started(state) => {
            let mut held = instance.held();
            match change.verb {
                Verb::Suspend(by) => drop(held.insert(by)),
                Verb::Resume(by) => drop(held.remove(&by)),
                Verb::Update | Verb::ChangePlan | Verb::FollowPlan | Verb::Rotate | Verb::Delete | Verb::Restore | Verb::Purge | Verb::Repair => {}
            }
            instance.hold(&held);
            instance.enter(state, cx.now());
            instances::save(tx, instance).await?;
            open(tx, instance, operation, change).await?;
            Ok(Some(operation))
        }
    }
}

/// Writes the operation of an instance whose state already carries it, and queues its work.
pub(super) async fn open(tx: &mut TenantTx, instance: &InstanceRecord, operation: OperationId, change: Change) -> Result<(), Fault> {
    let message = Message::new("provisioning.message.waiting");
    let kind = change.kind;
    let new = NewOperation {
        id: operation,
        instance: instance.id,
        kind,
        message: &message,
        before: change.before,
        wanted: change.wanted,
        allow_empty: change.allow_empty,
    };
    operations::insert(tx, new).await.map_err(platform::fault)?;
    enqueue(tx, operation, Duration::ZERO).await?;
    show(tx, instance);
    tx.show(Live::Operation { id: operation, instance: instance.id, state: "waiting".into(), percent: 0, message: message.code });
    Ok(())
}

/// Queues the work of an operation; asking again makes it no second job.
pub(super) async fn enqueue(tx: &mut TenantTx, operation: OperationId, delay: Duration) -> Result<(), Fault> {
    let tenant = tx.tenant();
    tx.enqueue(&RunOperation { tenant, operation }, Some(&job_key(operation)), delay).await
}

pub(super) fn job_key(operation: OperationId) -> String {
    format!("operation/{operation}")
}

/// Tells open pages where the instance stands.
pub(super) fn show(tx: &mut TenantTx, instance: &InstanceRecord) {
    tx.show(Live::Instance { id: instance.id, state: instance.detail.code().to_owned() });
}
