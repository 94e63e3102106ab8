//! Shows operations with their log, and tries failed ones again.

use super::{
    change::{self, Change},
    cursor,
    errors::{ChangeError, ReadError},
    store::{
        instances,
        lists::{self, OperationFilter},
        operations::{self, OperationRecord},
    },
};
use crate::{
    commands::{ListOperations, RepairChoice},
    instance::{InstanceState, Verb},
    operation::{Message, OperationKind},
    view::{LogLevel, OperationDetail, OperationView},
};
use kernel::{Fault, InstanceId, Need, OperationId, Page, TenantId, Timestamp, live::Live};
use platform::{Actor, Cx, TenantTx};
use serde_json::json;
use std::time::Duration;

/// The operation with its log; the backend's own words are left out.
pub async fn get_operation(cx: &Cx, id: OperationId) -> Result<OperationDetail, ReadError> {
    let mut detail = detail(cx, id).await?;
    for line in &mut detail.log {
        line.detail = None;
    }
    Ok(detail)
}

/// The same for the staff, for any organisation, with the backend's own words.
pub async fn staff_operation(cx: &Cx, tenant: TenantId, id: OperationId) -> Result<OperationDetail, ReadError> {
    detail(&cx.for_tenant(tenant, Need::PROVIDER_READ)?, id).await
}

/// Whose operation it is, for the staff.
pub async fn whose_operation(cx: &Cx, id: OperationId) -> Result<TenantId, ReadError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    lists::owner(&mut tx, id).await?.ok_or(ReadError::NotFound)
}

async fn detail(cx: &Cx, id: OperationId) -> Result<OperationDetail, ReadError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let operation = operations::find(&mut tx, id).await?.ok_or(ReadError::NotFound)?;
    let log = operations::log_lines(&mut tx, id).await?;
    Ok(OperationDetail { operation: operation.view(), log })
}

/// The caller's operations, newest first.
pub async fn list_operations(cx: &Cx, list: ListOperations) -> Result<Page<OperationView>, ReadError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let tenant = tx.tenant();
    list_on(&mut tx, Some(tenant), list).await
}

/// Every organisation's, for the staff.
pub async fn list_all_operations(cx: &Cx, tenant: Option<TenantId>, list: ListOperations) -> Result<Page<OperationView>, ReadError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    list_on(&mut tx, tenant, list).await
}

async fn list_on(connection: &mut sqlx::PgConnection, tenant: Option<TenantId>, list: ListOperations) -> Result<Page<OperationView>, ReadError> {
    let filter = OperationFilter { tenant, instance: list.instance, state: list.state.clone().filter(|state| !state.is_empty()) };
    let scope = ("operations", tenant, list.instance, &list.state);
    let after = match &list.cursor {
        Some(text) => {
            let (at, id): (Timestamp, OperationId) = cursor::decode(&scope, text).ok_or(ReadError::BadCursor)?;
            Some((at, id.uuid()))
        }
        None => None,
    };
    let limit = list.size.rows();
    let mut rows = lists::operations(connection, &filter, after, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).expect("a page's size is small"));
    let next = rows.last().filter(|_| more).map(|row| cursor::encode(&scope, &(row.created_at, row.id)));
    Ok(Page { rows: rows.into_iter().map(OperationRecord::view).collect(), next })
}

/// Tries a failed operation again: the same one, with its whole time before it. What would be charged for anew is refused to
/// an organisation in debt, as an order is. Staff call it through `cx.for_tenant(tenant, Need::PROVIDER_OPERATE)`.
pub async fn retry_operation(cx: &Cx, id: OperationId) -> Result<OperationView, ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let found = operations::find(&mut tx, id).await?.ok_or(ChangeError::NotFound)?;
    let mut instance = change::locked(&mut tx, found.instance_id).await?;
    if let Some(operation) = instance.detail.running_operation() {
        return Err(ChangeError::Busy { operation });
    }
    // Read again under the instance's lock.
    let operation = operations::find(&mut tx, id).await?.ok_or(ChangeError::NotFound)?;
    let kind = operation.kind();
    let may_follow = match &*instance.detail {
        InstanceState::Failed { operation: failed, .. } => *failed == id,
        InstanceState::Running => matches!(kind, OperationKind::Update | OperationKind::ChangePlan | OperationKind::Rotate),
        _ => false,
    };
    if !operation.can_retry() || !may_follow {
        return Err(ChangeError::NotRetryable);
    }
    if charges_more(cx, &mut tx, &operation).await? && !billing::server::may_order(&mut tx).await? {
        return Err(ChangeError::Restricted);
    }
    if let Some(wanted) = operation.wanted {
        instance.put(wanted.0);
    }
    instance.enter(InstanceState::working(kind, id), cx.now());
    instances::save(&mut tx, &instance).await?;
    let message = Message::new("provisioning.message.waiting");
    if !operations::restart(&mut tx, id, &message).await? {
        return Err(ChangeError::NotRetryable);
    }
    operations::log(&mut tx, id, LogLevel::Info, &Message::new("provisioning.log.retried").with("by", cx.actor().kind()), None).await?;
    change::enqueue(&mut tx, id, Duration::ZERO).await?;
    change::show(&mut tx, &instance);
    tx.show(Live::Operation { id, instance: instance.id, state: "waiting".into(), percent: 0, message: message.code });
    tx.audit("provisioning.operation.retried", id, json!({"instance": instance.id}));
    let view = operations::find(&mut tx, id).await?.ok_or(ChangeError::NotFound)?.view();
    tx.commit().await?;
    Ok(view)
}

/// Whether its success puts more on the organisation's bill. What staff try again is theirs to decide.
async fn charges_more(cx: &Cx, tx: &mut TenantTx, operation: &OperationRecord) -> Result<bool, Fault> {
    if let Actor::Staff { .. } = cx.actor() {
        return Ok(false);
    }
    Ok(match operation.kind() {
        OperationKind::Create | OperationKind::Restore => true,
        // A smaller plan whose term began is charged for already.
        OperationKind::ChangePlan => {
            let wanted = operation.wanted.as_ref().map(|wanted| wanted.plan);
            billing::server::plan_charged(tx, operation.instance_id).await? != wanted
        }
        OperationKind::Update
        | OperationKind::Suspend
        | OperationKind::Resume
        | OperationKind::Rotate
        | OperationKind::Delete
        | OperationKind::Purge
        | OperationKind::Repair => false,
    })
}

/// Staff have an instance's backend brought in line, and decide what happens where data is gone.
pub async fn repair_instance(cx: &Cx, tenant: TenantId, id: InstanceId, choice: RepairChoice) -> Result<Option<OperationId>, ChangeError> {
    let cx = cx.for_tenant(tenant, Need::PROVIDER_OPERATE)?;
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    let allow_empty = match choice {
        RepairChoice::KeepLoss => false,
        RepairChoice::RecreateEmpty => true,
    };
    let change = Change { allow_empty, ..Change::new(Verb::Repair, OperationKind::Repair) };
    let operation = change::begin(&cx, &mut tx, &mut instance, change).await?;
    tx.audit("provisioning.instance.repair_ordered", id, json!({"choice": choice}));
    tx.commit().await?;
    Ok(operation)
}
