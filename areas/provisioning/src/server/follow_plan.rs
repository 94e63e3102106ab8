//! A smaller plan takes hold on the backend when the term under it begins: billing says so once, and here it is followed.
//! Where more is used by then than the plan allows, it is not applied, and people are told.

use super::{
    change::{self, Change},
    errors::ChangeError,
    fitting::fitting,
    mails,
    measure::opened,
    store::{
        instances::{self, InstanceRecord},
        operations,
    },
    terms::{self, PlanFacts},
};
use crate::{
    instance::{InstanceState, Verb},
    operation::{Message, OperationKind},
    view::LogLevel,
};
use kernel::{Fault, InstanceId, Need, OperationId, PlanId, TenantId, live::Live};
use platform::{Cx, TenantTx};
use serde_json::{Value, json};

/// Drops the planned changes whose time has come and that do not fit any more, before the organisation's term closes: so
/// it is charged for the plan that it keeps. Answers how many.
pub async fn check_planned(cx: &Cx, tenant: TenantId) -> Result<usize, Fault> {
    let cx = Cx::system(cx.platform().clone(), "provisioning", Some(tenant));
    let due = {
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
        billing::server::due_instance_changes(&mut tx, cx.now()).await?
    };
    let mut dropped = 0;
    for (instance, plan) in due {
        dropped += usize::from(drop_unless_fitting(&cx, instance, plan).await.map_err(ChangeError::into_fault)?);
    }
    Ok(dropped)
}

async fn drop_unless_fitting(cx: &Cx, id: InstanceId, to: PlanId) -> Result<bool, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    let plan = terms::plan_in_force(&mut tx, to).await?.ok_or(ChangeError::NoSuchPlan)?;
    let Err(misfit) = planned_terms(&mut tx, &instance, &plan).await else { return Ok(false) };
    let why = in_words(misfit)?;
    billing::server::withdraw_instance_change(&mut tx, id).await?;
    refuse(cx, &mut tx, &mut instance, &plan, why).await?;
    tx.commit().await?;
    Ok(true)
}

/// Follows a plan that the instance is charged for from now on. Idempotent; one that is busy makes the event come again.
pub(super) async fn follow_plan(cx: &Cx, id: InstanceId, to: PlanId) -> Result<(), ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    if instance.plan_id == to || billing::server::plan_charged(&mut tx, id).await? != Some(to) {
        // It follows already, or yet another plan took this one's place.
        return Ok(());
    }
    match &*instance.detail {
        InstanceState::Creating { operation }
        | InstanceState::Updating { operation }
        | InstanceState::Suspending { operation }
        | InstanceState::Resuming { operation } => return Err(ChangeError::Busy { operation: *operation }),
        InstanceState::Deleting { .. } | InstanceState::Grace { .. } | InstanceState::Deleted { .. } => return Ok(()),
        InstanceState::Running | InstanceState::Suspended { .. } | InstanceState::Failed { .. } => {}
    }
    let plan = terms::plan_in_force(&mut tx, to).await?.ok_or(ChangeError::NoSuchPlan)?;
    match planned_terms(&mut tx, &instance, &plan).await {
        Ok(configuration) => apply(cx, &mut tx, &mut instance, plan, configuration).await?,
        Err(misfit) => {
            let why = in_words(misfit)?;
            // More came to be used in the last moment, after the term was closed.
            billing::server::return_to_plan(cx, &mut tx, id, instance.plan_id).await?;
            refuse(cx, &mut tx, &mut instance, &plan, why).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// The configuration under the new plan: as it was asked for with it, or as it is.
async fn planned_terms(tx: &mut TenantTx, instance: &InstanceRecord, plan: &PlanFacts) -> Result<Value, ChangeError> {
    let planned = instance.planned.as_ref().filter(|planned| planned.plan == plan.plan);
    let configuration = planned.map_or_else(|| instance.configuration.clone(), |planned| planned.configuration.clone());
    fitting(tx, instance.id, plan, configuration).await
}

async fn apply(cx: &Cx, tx: &mut TenantTx, instance: &mut InstanceRecord, plan: PlanFacts, configuration: Value) -> Result<(), ChangeError> {
    let before = instance.terms();
    let (from, to) = (instance.plan_id, plan.plan);
    instance.planned = None;
    instance.take_over(plan, configuration);
    if let InstanceState::Failed { .. } = &*instance.detail {
        // The repair that it waits for brings the backend in line with these terms, too.
        instance.unsure = true;
        instance.version += 1;
        instances::save(tx, instance).await?;
        change::show(tx, instance);
    } else {
        let wanted = Some(instance.terms());
        let change = Change { before: Some(before), wanted, ..Change::new(Verb::FollowPlan, OperationKind::ChangePlan) };
        if let Some(operation) = change::begin(cx, tx, instance, change).await? {
            operations::log(tx, operation, LogLevel::Info, &Message::new("provisioning.log.plan_due"), None).await?;
        }
    }
    tx.audit("provisioning.instance.plan_changed", instance.id, json!({"from": from, "to": to, "with": "the term"}));
    Ok(())
}

/// Why the plan does not fit, in words for the customer; a fault goes on as one.
fn in_words(misfit: ChangeError) -> Result<Message, ChangeError> {
    match misfit {
        ChangeError::BelowUse { meter, used, limit } => {
            Ok(Message::new("provisioning.error.below_use").with("meter", meter).with("used", used).with("limit", limit))
        }
        ChangeError::Fields(fields) => {
            let field = fields.first().map(|field| field.field.clone()).unwrap_or_default();
            Ok(Message::new("provisioning.error.plan_configuration").with("field", field))
        }
        other => Err(other),
    }
}

/// The present plan goes on: it stands among the operations with its reason, and those who look after it get a mail.
async fn refuse(cx: &Cx, tx: &mut TenantTx, instance: &mut InstanceRecord, plan: &PlanFacts, why: Message) -> Result<(), ChangeError> {
    let operation = OperationId::from_uuid(cx.new_uuid());
    instance.planned = None;
    instance.version += 1;
    instances::save(tx, instance).await?;
    operations::insert_refused(tx, operation, instance.id, &why).await?;
    operations::log(tx, operation, LogLevel::Error, &why, None).await?;
    mails::plan_not_changed(cx, tx, instance, plan, &why).await?;
    change::show(tx, instance);
    tx.show(Live::Operation { id: operation, instance: instance.id, state: "failed".into(), percent: 0, message: "provisioning.message.failed".into() });
    tx.audit("provisioning.instance.plan_change_dropped", instance.id, json!({"from": instance.plan_id, "to": plan.plan, "why": why}));
    tracing::info!(instance.id = %instance.id, code = why.code, "Instance {} keeps its plan: the planned one allows too little", instance.id);
    Ok(())
}
