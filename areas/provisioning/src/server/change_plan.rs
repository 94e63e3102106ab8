//! Another plan of the same offering: a larger one at once, a smaller one with the next term, as the plans settle it.

use super::{
    change::{self, Change},
    errors::ChangeError,
    fitting::fitting,
    instances::view_of,
    keep_plan::take_back,
    store::instances::{self, InstanceRecord},
    terms::{self, PlanFacts},
};
use crate::{
    commands::{ChangePlan, checked_configuration, checked_name},
    instance::Verb,
    operation::OperationKind,
    planned::PlannedChange,
    view::Accepted,
};
use billing::server::PlanTiming;
use kernel::{Date, Need, OperationId};
use platform::{Cx, TenantTx};
use serde_json::{Value, json};
use sqlx::types::Json;

/// Bytes in a gigabyte of a plan's `storage_gb`.
pub(crate) const BYTES_PER_GB: i64 = 1_000_000_000;

/// Refuses a plan that allows less than is used now, with the numbers. Billing decides when the change takes hold: one
/// that waits answers no operation. Choosing the present plan takes a change back that waits. Plan, name and
/// configuration are one change: where one is refused, none is made.
pub async fn change_plan(cx: &Cx, command: ChangePlan) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let instance = change::locked(&mut tx, command.id).await?;
    change::check_version(&instance, command.if_version)?;
    let plan = if command.plan == instance.plan_id { terms::plan_in_force(&mut tx, command.plan).await? } else { terms::plan_for_order(&mut tx, command.plan).await? };
    let plan = plan.ok_or(ChangeError::NoSuchPlan)?;
    if plan.offering != instance.offering_id || plan.driver != instance.driver {
        return Err(ChangeError::OtherService);
    }
    let name = command.name.as_deref().map_or_else(|| Ok(instance.name.clone()), checked_name);
    let configuration = command.configuration.as_ref().map_or_else(|| Ok(instance.configuration.clone()), checked_configuration);
    let (name, configuration) = match (name, configuration) {
        (Ok(name), Ok(configuration)) => (name, configuration),
        (name, configuration) => return Err(ChangeError::Fields(name.err().into_iter().chain(configuration.err()).collect())),
    };
    let configuration = plan.validate(configuration).map_err(ChangeError::Fields)?;
    if plan.plan == instance.plan_id {
        return stay(cx, tx, instance, name, configuration).await;
    }
    if !billing::server::sold_to(&mut tx, plan.plan).await? {
        return Err(ChangeError::NotSold);
    }
    let configuration = fitting(&mut tx, instance.id, &plan, configuration).await?;
    // Asked before billing is: an instance that takes no change now plans none either.
    instance.detail.begin(Verb::ChangePlan, OperationId::from_uuid(cx.new_uuid()))?;
    match billing::server::plan_instance_change(&mut tx, instance.id, plan.plan).await? {
        // More is charged from now on, as for an order.
        PlanTiming::Now if !billing::server::may_order(&mut tx).await? => Err(ChangeError::Restricted),
        PlanTiming::Now => now(cx, tx, instance, plan, name, configuration).await,
        PlanTiming::NextTerm(on) => wait(tx, instance, plan, name, configuration, on).await,
    }
}

async fn now(cx: &Cx, mut tx: TenantTx, mut instance: InstanceRecord, plan: PlanFacts, name: String, configuration: Value) -> Result<Accepted, ChangeError> {
    let before = instance.terms();
    let (from, to) = (instance.plan_id, plan.plan);
    let audited = json!({"from": from, "to": to, "name": name});
    let name_before = std::mem::replace(&mut instance.name, name);
    instance.planned = None;
    instance.take_over(plan, configuration);
    let wanted = Some(instance.terms());
    let change = Change { before: Some(before), wanted, ..Change::new(Verb::ChangePlan, OperationKind::ChangePlan) };
    let operation = change::begin(cx, &mut tx, &mut instance, change).await?;
    if instance.name != name_before {
        change::announce_name(&mut tx, &instance).await?;
    }
    tx.audit("provisioning.instance.plan_changed", instance.id, audited);
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}

/// Billing noted that the change waits; here stands what the instance is to be then.
async fn wait(mut tx: TenantTx, mut instance: InstanceRecord, plan: PlanFacts, name: String, configuration: Value, on: Date) -> Result<Accepted, ChangeError> {
    let planned = Some(Json(PlannedChange { plan: plan.plan, configuration }));
    if instance.planned == planned && instance.name == name {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation: None, repeated: true });
    }
    let name_before = std::mem::replace(&mut instance.name, name);
    instance.planned = planned;
    instance.version += 1;
    instances::save(&mut tx, &instance).await?;
    if instance.name != name_before {
        change::announce_name(&mut tx, &instance).await?;
    }
    change::show(&mut tx, &instance);
    tx.audit("provisioning.instance.plan_change_planned", instance.id, json!({"from": instance.plan_id, "to": plan.plan, "on": on, "name": instance.name}));
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation: None, repeated: false })
}

/// The plan in force is chosen: what waits is taken back, another name is in force at once, and another configuration is
/// carried out.
async fn stay(cx: &Cx, mut tx: TenantTx, mut instance: InstanceRecord, name: String, configuration: Value) -> Result<Accepted, ChangeError> {
    let (before, name_before) = (instance.terms(), instance.name.clone());
    let waited = take_back(&mut tx, &mut instance).await?;
    let (renamed, configured) = (name != instance.name, configuration != instance.configuration);
    if !(waited || renamed || configured) {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation: None, repeated: true });
    }
    instance.name = name;
    let operation = if configured {
        instance.configuration = configuration;
        let wanted = Some(instance.terms());
        let change = Change { before: Some(before.clone()), wanted, ..Change::new(Verb::ChangePlan, OperationKind::ChangePlan) };
        change::begin(cx, &mut tx, &mut instance, change).await?
    } else {
        if renamed {
            instance.version += 1;
            instances::save(&mut tx, &instance).await?;
            change::show(&mut tx, &instance);
        }
        None
    };
    if renamed {
        change::announce_name(&mut tx, &instance).await?;
    }
    if renamed || configured {
        let to = json!({"name": instance.name, "configuration": instance.configuration});
        tx.audit("provisioning.instance.configured", instance.id, json!({"plan": instance.plan_id, "from": {"name": name_before, "configuration": before.configuration}, "to": to}));
    } else {
        tx.audit("provisioning.instance.plan_kept", instance.id, json!({"plan": instance.plan_id}));
    }
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}
