//! Another plan of the same offering.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
    store::measurements,
    terms,
};
use crate::{
    commands::{ChangePlan, checked_configuration},
    instance::Verb,
    operation::OperationKind,
    view::Accepted,
};
use kernel::{Fault, Need};
use platform::{Cx, TenantTx};
use serde_json::json;

/// Bytes in a gigabyte of a plan's `storage_gb`.
pub(crate) const BYTES_PER_GB: i64 = 1_000_000_000;

/// Refuses a plan that allows less than is used now, with the numbers.
pub async fn change_plan(cx: &Cx, command: ChangePlan) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, command.id).await?;
    change::check_version(&instance, command.if_version)?;
    let plan = terms::plan_for_order(&mut tx, command.plan).await?.ok_or(ChangeError::NoSuchPlan)?;
    if plan.offering != instance.offering_id || plan.driver != instance.driver {
        return Err(ChangeError::OtherService);
    }
    let configuration = match &command.configuration {
        Some(configuration) => checked_configuration(configuration).map_err(|error| ChangeError::Fields(vec![error]))?,
        None => instance.configuration.clone(),
    };
    let configuration = plan.validate(configuration).map_err(ChangeError::Fields)?;
    if plan.plan == instance.plan_id && configuration == instance.configuration {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation: None, repeated: true });
    }
    fits(&mut tx, instance.id, &plan).await?;

    let before = instance.terms();
    let (from, to) = (instance.plan_id, plan.plan);
    instance.plan_id = plan.plan;
    instance.plan_name.0 = plan.plan_name;
    instance.limits.0 = plan.limits;
    instance.configuration = configuration;
    let wanted = Some(instance.terms());
    let change = Change { before: Some(before), wanted, ..Change::new(Verb::ChangePlan, OperationKind::ChangePlan) };
    let operation = change::begin(cx, &mut tx, &mut instance, change).await?;
    tx.audit("provisioning.instance.plan_changed", instance.id, json!({"from": from, "to": to}));
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}

/// Whether what the instance uses now fits the plan.
async fn fits(tx: &mut TenantTx, instance: kernel::InstanceId, plan: &terms::PlanFacts) -> Result<(), ChangeError> {
    let Some((_, storage_bytes, connections)) = measurements::last(tx, instance).await.map_err(|error| Fault::from(platform::error::Sql(error)))? else {
        return Ok(());
    };
    let checks = [
        ("storage_bytes", storage_bytes, plan.limit("storage_gb").map(|gb| gb.saturating_mul(BYTES_PER_GB))),
        ("connections", connections, plan.limit("connections")),
    ];
    for (meter, used, limit) in checks {
        if let Some(limit) = limit.filter(|limit| used > *limit) {
            return Err(ChangeError::BelowUse { meter: meter.to_owned(), used, limit });
        }
    }
    Ok(())
}
