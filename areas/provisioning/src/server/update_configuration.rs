//! Another configuration, another name, or both.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
    store::instances,
    terms,
};
use crate::{
    commands::{UpdateConfiguration, checked_configuration, checked_name},
    instance::Verb,
    operation::OperationKind,
    view::Accepted,
};
use kernel::Need;
use platform::Cx;
use serde_json::json;

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
    let before = instance.terms();
    if name == instance.name && configuration == instance.configuration {
        let instance = view_of(&mut tx, instance).await?;
        return Ok(Accepted { instance, operation: None, repeated: true });
    }
    let id = instance.id;
    instance.name = name;
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
    tx.audit(
        "provisioning.instance.configured",
        id,
        json!({"from": {"name": before.name, "configuration": before.configuration},
               "to": {"name": instance.name, "configuration": instance.configuration}}),
    );
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}
