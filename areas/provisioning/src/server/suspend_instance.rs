//! Stops an instance and lets it run again: for its customer, for debt, for the staff.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
};
use crate::{
    commands::SuspendInstance,
    instance::{SuspendedBy, Verb},
    operation::OperationKind,
    view::Accepted,
};
use kernel::{Denied, Need};
use platform::{Actor, Cx};
use serde_json::json;

pub async fn suspend_instance(cx: &Cx, command: SuspendInstance) -> Result<Accepted, ChangeError> {
    change_hold(cx, command, Change::new(Verb::Suspend(command.by), OperationKind::Suspend), "provisioning.instance.suspended").await
}

/// Takes one reason to stand still away; the instance runs again when it was the last.
pub async fn resume_instance(cx: &Cx, command: SuspendInstance) -> Result<Accepted, ChangeError> {
    change_hold(cx, command, Change::new(Verb::Resume(command.by), OperationKind::Resume), "provisioning.instance.resumed").await
}

async fn change_hold(cx: &Cx, command: SuspendInstance, change: Change, action: &'static str) -> Result<Accepted, ChangeError> {
    may_give(cx, command.by)?;
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, command.id).await?;
    let version = instance.version;
    let operation = change::begin(cx, &mut tx, &mut instance, change).await?;
    let repeated = instance.version == version;
    tx.audit(action, instance.id, json!({"by": command.by.code()}));
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
