//! Orders an instance: the same order under the same id is the same operation, however often it is sent.

use super::{
    change::{self, Change},
    errors::OrderError,
    instances::view_of,
    store::{
        instances::{self, InstanceRecord},
        operations,
    },
    terms,
};
use crate::{
    commands::{OrderInstance, checked_configuration, checked_name},
    instance::{InstanceState, Verb},
    operation::OperationKind,
    view::Accepted,
};
use kernel::{InstanceId, Need, OperationId, TenantId};
use platform::{Cx, TenantTx};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::types::Json;

/// Takes the order; a worker carries it out. Refuses what the plan's schema, the organisation's tier or its debts do not
/// allow, and what could not be charged for.
pub async fn order_instance(cx: &Cx, order: OrderInstance) -> Result<Accepted, OrderError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut fields = Vec::new();
    let name = checked_name(&order.name).unwrap_or_else(|error| {
        fields.push(error);
        String::new()
    });
    let configuration = checked_configuration(&order.configuration).unwrap_or_else(|error| {
        fields.push(error);
        json!({})
    });
    if !fields.is_empty() {
        return Err(OrderError::Fields(fields));
    }
    let id = order.id.unwrap_or_else(|| InstanceId::from_uuid(cx.new_uuid()));
    let order_hash = Sha256::digest(json!([order.plan, name, configuration]).to_string()).to_vec();
    if let Some(existing) = instances::find(&mut tx, id).await? {
        return repeated(&mut tx, existing, &order_hash).await;
    }

    let plan = terms::plan_for_order(&mut tx, order.plan).await?.ok_or(OrderError::NoSuchPlan)?;
    let configuration = plan.validate(configuration).map_err(OrderError::Fields)?;
    if !billing::server::sold_to(&mut tx, plan.plan).await? {
        return Err(OrderError::NotSold);
    }
    if !billing::server::may_order(&mut tx).await? {
        return Err(OrderError::Restricted);
    }
    let ordered = instances::count_for_order(&mut tx).await?;
    if let Some(limit) = terms::instances_allowed(&mut tx).await?.filter(|limit| ordered >= *limit) {
        return Err(OrderError::LimitReached { limit });
    }

    let operation = OperationId::from_uuid(cx.new_uuid());
    let now = cx.now();
    let record = new_record(tx.tenant(), id, operation, name, plan, configuration, order_hash, now);
    if !instances::insert(&mut tx, &record).await? {
        // The same id was taken between our look and now, by another copy of this very request.
        let existing = instances::find(&mut tx, id).await?.ok_or(OrderError::Conflict)?;
        return repeated(&mut tx, existing, &record.order_hash).await;
    }
    // The state machine has no verb for the beginning: an instance begins as creating.
    change::open(&mut tx, &record, operation, Change::new(Verb::Update, OperationKind::Create)).await?;
    tx.audit("provisioning.instance.ordered", id, json!({"name": record.name, "plan": record.plan_id, "operation": operation}));
    let instance = view_of(&mut tx, record).await?;
    tx.commit().await?;
    tracing::info!(instance.id = %id, operation.id = %operation, "Ordered instance {id}");
    Ok(Accepted { instance, operation: Some(operation), repeated: false })
}

async fn repeated(tx: &mut TenantTx, existing: InstanceRecord, order_hash: &[u8]) -> Result<Accepted, OrderError> {
    if existing.order_hash != order_hash {
        return Err(OrderError::Conflict);
    }
    let first = operations::first(tx, existing.id).await?.map(|operation| operation.id);
    let instance = view_of(tx, existing).await?;
    Ok(Accepted { instance, operation: first, repeated: true })
}

#[expect(clippy::too_many_arguments, reason = "the parts of one row")]
fn new_record(
    tenant: TenantId,
    id: InstanceId,
    operation: OperationId,
    name: String,
    plan: terms::PlanFacts,
    configuration: serde_json::Value,
    order_hash: Vec<u8>,
    now: kernel::Timestamp,
) -> InstanceRecord {
    InstanceRecord {
        tenant_id: tenant,
        id,
        name,
        driver: plan.driver,
        offering_id: plan.offering,
        offering_name: Json(plan.offering_name),
        plan_id: plan.plan,
        plan_name: Json(plan.plan_name),
        limits: Json(plan.limits),
        configuration,
        suspended_by: Vec::new(),
        unsure: false,
        version: 1,
        server: String::new(),
        order_hash,
        detail: Json(InstanceState::Creating { operation }),
        changed_at: now,
        created_at: now,
        ready_at: None,
        keep_until: None,
        seen_at: None,
        drift: Json(Vec::new()),
        endpoint: Json(Default::default()),
        metered_until: None,
        storage_bytes: 0,
        over_quota: "no".to_owned(),
        quota_told: 0,
        quota_month: None,
        quota_limit: None,
        peak_day: None,
        peak: 0,
        connections: 0,
        look_at: None,
        measure_at: None,
        purge_at: None,
        planned: None,
    }
}
