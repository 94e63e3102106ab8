//! Another configuration, another name, or both.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
    store::instances::{self, InstanceRecord},
    terms,
};
use crate::{
    commands::{UpdateConfiguration, checked_configuration, checked_name},
    instance::Verb,
    operation::OperationKind,
    planned::{PlannedChange, with_same_change},
    view::Accepted,
};
use billing::server::Then;
use kernel::Need;
use platform::{Cx, TenantTx};
use serde_json::{Value, json};
use sqlx::types::Json;

/// A new name alone is in force at once; a new configuration by an operation.
pub async fn update_configuration(cx: &Cx, command: UpdateConfiguration) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, command.id).await?;
    change::check_version(&instance, command.if_version)?;
    let name = command.name.as_deref().map_or_else(|| Ok(instance.name.clone()), checked_name);
    let (name, configuration) = match (name, checked_configuration(&command.configuration)) {
        (Ok(name), Ok(configuration)) => (name, configuration),
        (name, configuration) => return Err(ChangeError::Fields(name.err().into_iter().chain(configuration.err()).collect())),
    };
    let plan = terms::plan_in_force(&mut tx, instance.plan_id).await?.ok_or(ChangeError::NoSuchPlan)?;
    let configuration = plan.validate(configuration).map_err(ChangeError::Fields)?;
    let (before, name_before) = (instance.terms(), instance.name.clone());
    if name == instance.name && configuration == instance.configuration {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation: None, repeated: true });
    }
    let id = instance.id;
    instance.name = name;
    instance.planned = planned_with(&mut tx, &instance, &configuration).await?;
    let operation = if configuration == instance.configuration {
        instance.version += 1;
        instances::save(&mut tx, &instance).await?;
        change::show(&mut tx, &instance);
        None
    } else {
        instance.configuration = configuration;
        let wanted = Some(instance.terms());
        let change = Change { before: Some(before.clone()), wanted, ..Change::new(Verb::Update, OperationKind::Update) };
        change::begin(cx, &mut tx, &mut instance, change).await?
    };
    if instance.name != name_before {
        change::announce_name(&mut tx, &instance).await?;
    }
    tx.audit(
        "provisioning.instance.configured",
        id,
        json!({"from": {"name": name_before, "configuration": before.configuration},
               "to": {"name": instance.name, "configuration": instance.configuration}}),
    );
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}

/// What waits for the next term changes alike, and must fit the plan that waits.
async fn planned_with(tx: &mut TenantTx, instance: &InstanceRecord, configuration: &Value) -> Result<Option<Json<PlannedChange>>, ChangeError> {
    let Some(planned) = &instance.planned else { return Ok(None) };
    let waits = billing::server::outlook(tx, instance.id).await?.is_some_and(|outlook| matches!(outlook.then, Then::Changes(choice) if choice.plan == planned.plan));
    let plan = if waits { terms::plan_in_force(tx, planned.plan).await? } else { None };
    let Some(plan) = plan else { return Ok(None) };
    let configuration = plan.validate(with_same_change(&planned.configuration, &instance.configuration, configuration)).map_err(ChangeError::Fields)?;
    Ok(Some(Json(PlannedChange { plan: planned.plan, configuration })))
}
