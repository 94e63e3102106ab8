//! Stops an instance and lets it run again: for its customer, for debt, for the staff.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
    store::instances::{self, InstanceRecord},
};
use crate::{
    commands::SuspendInstance,
    instance::{SuspendedBy, Verb},
    operation::OperationKind,
    view::Accepted,
};
use kernel::{Denied, InstanceId, Need};
use platform::{Actor, Cx, TenantTx};
use serde_json::json;

/// What the audit trail calls it.
const SUSPENDED: &str = "provisioning.instance.suspended";
const RESUMED: &str = "provisioning.instance.resumed";

pub async fn suspend_instance(cx: &Cx, command: SuspendInstance) -> Result<Accepted, ChangeError> {
    change_hold(cx, command, Change::new(Verb::Suspend(command.by), OperationKind::Suspend), SUSPENDED).await
}

/// Takes one reason to stand still away; the instance runs again when it was the last.
pub async fn resume_instance(cx: &Cx, command: SuspendInstance) -> Result<Accepted, ChangeError> {
    change_hold(cx, command, Change::new(Verb::Resume(command.by), OperationKind::Resume), RESUMED).await
}

/// Stops the instance for debt or lets it run again, as billing stands now. Nothing to do where it does so already, is
/// held by others too, failed before it ran, or is gone.
pub(super) async fn follow_standing(cx: &Cx, id: InstanceId) -> Result<(), ChangeError> {
    let by = SuspendedBy::Debt;
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let Some(instance) = instances::for_update(&mut tx, id).await? else { return Ok(()) };
    let stop = billing::server::debts_stop_services(&mut tx).await?;
    if stop == instance.held_for_debt() {
        return Ok(());
    }
    let outcome = if stop {
        make_change(cx, tx, instance, by, Change::new(Verb::Suspend(by), OperationKind::Suspend), SUSPENDED).await
    } else {
        make_change(cx, tx, instance, by, Change::new(Verb::Resume(by), OperationKind::Resume), RESUMED).await
    };
    match outcome {
        Ok(_) | Err(ChangeError::Held { .. } | ChangeError::WrongState { .. }) => Ok(()),
        Err(refused) => Err(refused),
    }
}

async fn change_hold(cx: &Cx, command: SuspendInstance, change: Change, action: &'static str) -> Result<Accepted, ChangeError> {
    may_give(cx, command.by)?;
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let instance = change::locked(&mut tx, command.id).await?;
    make_change(cx, tx, instance, command.by, change, action).await
}

/// The change of a locked instance.
async fn make_change(cx: &Cx, mut tx: TenantTx, mut instance: InstanceRecord, by: SuspendedBy, change: Change, action: &'static str) -> Result<Accepted, ChangeError> {
    let version = instance.version;
    let operation = change::begin(cx, &mut tx, &mut instance, change).await?;
    let repeated = instance.version == version;
    tx.audit(action, instance.id, json!({"by": by.code()}));
    let instance = view_of(&mut tx, instance).await?;
    if repeated {
        // Nothing was written: the audit trail has nothing to say.
        return Ok(Accepted { instance, operation, repeated });
    }
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated })
}

/// A customer speaks for itself only; debt is the platform's to say.
fn may_give(cx: &Cx, by: SuspendedBy) -> Result<(), Denied> {
    let allowed = match (by, cx.actor()) {
        (SuspendedBy::Customer, _) | (_, Actor::System { .. }) | (SuspendedBy::Staff, Actor::Staff { .. }) => true,
        (SuspendedBy::Staff | SuspendedBy::Debt, Actor::Nobody | Actor::Person { .. } | Actor::Key { .. })
        | (SuspendedBy::Debt, Actor::Staff { .. }) => false,
    };
    if allowed { Ok(()) } else { Err(Denied::TooLittle) }
}
