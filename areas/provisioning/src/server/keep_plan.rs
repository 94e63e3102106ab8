//! Takes a change of plan back that waits for the next term.

use super::{
    change,
    errors::ChangeError,
    instances::view_of,
    store::instances::{self, InstanceRecord},
};
use crate::view::Accepted;
use billing::server::Then;
use kernel::{InstanceId, Need};
use platform::{Cx, TenantTx};
use serde_json::json;

/// The present plan goes on. Nothing waits any more: nothing is done.
pub async fn keep_plan(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    if !take_back(&mut tx, &mut instance).await? {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation: None, repeated: true });
    }
    tx.audit("provisioning.instance.plan_kept", id, json!({"plan": instance.plan_id}));
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation: None, repeated: false })
}

/// Withdraws what waits for the locked instance, here and in billing; answers whether anything did.
pub(super) async fn take_back(tx: &mut TenantTx, instance: &mut InstanceRecord) -> Result<bool, ChangeError> {
    let outlook = billing::server::outlook(tx, instance.id).await?;
    if !matches!(outlook.map(|outlook| outlook.then), Some(Then::Changes(choice)) if choice.plan != instance.plan_id) {
        return Ok(false);
    }
    billing::server::withdraw_instance_change(tx, instance.id).await?;
    instance.planned = None;
    instance.version += 1;
    instances::save(tx, instance).await?;
    change::show(tx, instance);
    Ok(true)
}
