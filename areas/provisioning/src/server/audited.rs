//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::errors::{ChangeError, OrderError, RevealError};
use crate::{
    commands::{ChangePlan, OrderInstance, RepairChoice, SuspendInstance, UpdateConfiguration},
    view::{Accepted, Credentials, OperationView},
};
use kernel::{InstanceId, OperationId, TenantId};
use platform::{Attempt, Cx};

pub async fn order_instance(cx: &Cx, order: OrderInstance) -> Result<Accepted, OrderError> {
    let subject = order.id.map(|id| id.to_string()).unwrap_or_default();
    Attempt::new("provisioning.instance.ordered", subject).with("plan", order.plan).run(cx, super::order_instance::order_instance(cx, order)).await
}

pub async fn change_plan(cx: &Cx, command: ChangePlan) -> Result<Accepted, ChangeError> {
    Attempt::new("provisioning.instance.plan_changed", command.id).with("to", command.plan).run(cx, super::change_plan::change_plan(cx, command)).await
}

pub async fn keep_plan(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    Attempt::new("provisioning.instance.plan_kept", id).run(cx, super::keep_plan::keep_plan(cx, id)).await
}

pub async fn update_configuration(cx: &Cx, command: UpdateConfiguration) -> Result<Accepted, ChangeError> {
    Attempt::new("provisioning.instance.configured", command.id).run(cx, super::update_configuration::update_configuration(cx, command)).await
}

pub async fn suspend_instance(cx: &Cx, command: SuspendInstance) -> Result<Accepted, ChangeError> {
    let attempt = Attempt::new("provisioning.instance.suspended", command.id).with("by", command.by.code());
    attempt.run(cx, super::suspend_instance::suspend_instance(cx, command)).await
}

pub async fn resume_instance(cx: &Cx, command: SuspendInstance) -> Result<Accepted, ChangeError> {
    let attempt = Attempt::new("provisioning.instance.resumed", command.id).with("by", command.by.code());
    attempt.run(cx, super::suspend_instance::resume_instance(cx, command)).await
}

pub async fn delete_instance(cx: &Cx, id: InstanceId, if_version: Option<i64>) -> Result<Accepted, ChangeError> {
    Attempt::new("provisioning.instance.deleted", id).run(cx, super::delete_instance::delete_instance(cx, id, if_version)).await
}

pub async fn restore_instance(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    Attempt::new("provisioning.instance.restored", id).run(cx, super::delete_instance::restore_instance(cx, id)).await
}

pub async fn rotate_credentials(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    Attempt::new("provisioning.credentials.rotated", id).run(cx, super::rotate_credentials::rotate_credentials(cx, id)).await
}

pub async fn reveal_credentials(cx: &Cx, id: InstanceId) -> Result<Credentials, RevealError> {
    Attempt::new("provisioning.credentials.revealed", id).run(cx, super::reveal_credentials::reveal_credentials(cx, id)).await
}

pub async fn retry_operation(cx: &Cx, id: OperationId) -> Result<OperationView, ChangeError> {
    Attempt::new("provisioning.operation.retried", id).run(cx, super::operations::retry_operation(cx, id)).await
}

pub async fn repair_instance(cx: &Cx, tenant: TenantId, id: InstanceId, choice: RepairChoice) -> Result<Option<OperationId>, ChangeError> {
    let attempt = Attempt::new("provisioning.instance.repair_ordered", id).with("choice", choice).on(tenant);
    attempt.run(cx, super::operations::repair_instance(cx, tenant, id, choice)).await
}
