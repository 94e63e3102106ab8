//! Shows instances: one, lists, counts, measured values.

use super::{
    change_plan::BYTES_PER_GB,
    cursor,
    errors::ReadError,
    store::{
        credentials,
        instances::{self, InstanceRecord},
        lists::{self, After, InstanceFilter, ListedInstance},
        measurements, operations,
    },
    terms,
};
use crate::{
    commands::{InstanceSort, ListInstances},
    view::{CredentialsState, InstanceCounts, InstanceRow, InstanceView, MeasurePoint, MeasureView, Planned},
};
use billing::server::Then;
use kernel::{Fault, InstanceId, Need, Page, TenantId, Timestamp};
use platform::{Cx, TenantTx};
use std::{collections::BTreeMap, time::Duration};

/// Points of a chart.
const POINTS: i32 = 288;

pub async fn get_instance(cx: &Cx, id: InstanceId) -> Result<InstanceView, ReadError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let instance = instances::find(&mut tx, id).await?.ok_or(ReadError::NotFound)?;
    Ok(view_of(&mut tx, instance).await?)
}

/// The same for the staff, for any organisation.
pub async fn staff_instance(cx: &Cx, tenant: TenantId, id: InstanceId) -> Result<InstanceView, ReadError> {
    get_instance(&cx.for_tenant(tenant, Need::PROVIDER_READ)?, id).await
}

/// The caller's instances, page by page.
pub async fn list_instances(cx: &Cx, list: ListInstances) -> Result<Page<InstanceRow>, ReadError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let tenant = tx.tenant();
    list_on(&mut tx, Some(tenant), list).await
}

/// Every organisation's, for the staff.
pub async fn list_all_instances(cx: &Cx, tenant: Option<TenantId>, list: ListInstances) -> Result<Page<InstanceRow>, ReadError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    list_on(&mut tx, tenant, list).await
}

async fn list_on(connection: &mut sqlx::PgConnection, tenant: Option<TenantId>, list: ListInstances) -> Result<Page<InstanceRow>, ReadError> {
    let search = list.search.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let id = search.as_deref().and_then(|text| text.parse::<InstanceId>().ok());
    let filter = InstanceFilter {
        tenant,
        id,
        name: search.filter(|_| id.is_none()),
        // A list by `drifting` is every instance that differs from what it should be.
        state: list.state.clone().filter(|state| !state.is_empty() && state != "drifting"),
        driver: list.driver.clone().filter(|driver| !driver.is_empty()),
        drifting: list.state.as_deref() == Some("drifting"),
    };
    let scope = ("instances", tenant, &list.search, &list.state, &list.driver, list.sort);
    let after = match &list.cursor {
        Some(text) => Some(read_after(&scope, text, list.sort).ok_or(ReadError::BadCursor)?),
        None => None,
    };
    let limit = list.size.rows();
    let mut rows = lists::instances(connection, &filter, list.sort, after.as_ref(), limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).expect("a page's size is small"));
    let next = rows.last().filter(|_| more).map(|row| {
        match list.sort {
            InstanceSort::Newest | InstanceSort::Oldest => cursor::encode(&scope, &(row.created_at, row.id)),
            InstanceSort::Name => cursor::encode(&scope, &(row.name.to_lowercase(), row.id)),
        }
    });
    Ok(Page { rows: rows.into_iter().map(row_of).collect(), next })
}

fn read_after(scope: &impl serde::Serialize, text: &str, sort: InstanceSort) -> Option<After> {
    match sort {
        InstanceSort::Newest | InstanceSort::Oldest => {
            cursor::decode::<(Timestamp, InstanceId)>(scope, text).map(|(at, id)| After::Time(at, id.uuid()))
        }
        InstanceSort::Name => cursor::decode::<(String, InstanceId)>(scope, text).map(|(name, id)| After::Name(name, id.uuid())),
    }
}

fn row_of(listed: ListedInstance) -> InstanceRow {
    InstanceRow {
        id: listed.id,
        tenant: listed.tenant_id,
        name: listed.name,
        offering_name: listed.offering_name.0,
        plan: listed.plan_id,
        plan_name: listed.plan_name.0,
        driver: listed.driver,
        drifts: listed.drifts,
        state: listed.detail.0,
        percent: listed.percent,
        created_at: listed.created_at,
    }
}

/// All organisations' services at a glance, for the staff.
pub async fn staff_counts(cx: &Cx) -> Result<InstanceCounts, ReadError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let by_state = lists::states(&mut tx).await?.into_iter().collect();
    let drifting = lists::drifting(&mut tx).await?;
    Ok(InstanceCounts { by_state, drifting })
}

/// Names of the caller's instances by id, for other areas' pages and invoice lines; ids that are not theirs are left out.
pub async fn names(tx: &mut TenantTx, ids: &[InstanceId]) -> Result<BTreeMap<InstanceId, String>, Fault> {
    Ok(instances::names(tx, ids).await.map_err(platform::fault)?.into_iter().collect())
}

/// Whether the organisation ever ordered a service.
pub async fn has_instances(tx: &mut TenantTx) -> Result<bool, Fault> {
    instances::exist(tx).await.map_err(platform::fault)
}

/// Storage and connections over the last `span`, at most a few hundred points.
pub async fn measurements(cx: &Cx, id: InstanceId, span: Duration) -> Result<Vec<MeasurePoint>, ReadError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    instances::find(&mut tx, id).await?.ok_or(ReadError::NotFound)?;
    let now = cx.now();
    // The newest measure may stand exactly at now, and the end is exclusive.
    let to = now.plus(Duration::from_secs(1));
    Ok(measurements::series(&mut tx, id, now.minus(span), to, POINTS).await?)
}

/// Time, storage in bytes and connections of the newest measure.
pub async fn last_measured(cx: &Cx, id: InstanceId) -> Result<Option<MeasurePoint>, ReadError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let last = measurements::last(&mut tx, id).await?;
    Ok(last.map(|(at, storage_bytes, connections)| MeasurePoint { at, storage_bytes, connections }))
}

/// What billing has in store for the instance when its term ends.
pub(super) async fn planned(tx: &mut TenantTx, instance: &InstanceRecord) -> Result<Option<Planned>, Fault> {
    let lives = instance.ready_at.is_some() && instance.detail.counts();
    let Some(outlook) = (if lives { billing::server::outlook(tx, instance.id).await? } else { None }) else { return Ok(None) };
    let on = outlook.on;
    Ok(match outlook.then {
        Then::Renews => None,
        Then::Ends => Some(Planned::End { on }),
        Then::Changes(choice) if choice.plan == instance.plan_id => None,
        Then::Changes(choice) => terms::plan_in_force(tx, choice.plan).await?.map(|plan| Planned::Plan { plan: plan.plan, plan_name: plan.plan_name, on }),
    })
}

/// Everything that a page shows of an instance, within the caller's transaction.
pub(super) async fn view_of(tx: &mut TenantTx, instance: InstanceRecord) -> Result<InstanceView, Fault> {
    let sql = platform::fault;
    let operation = operations::newest(tx, instance.id).await.map_err(sql)?;
    let credentials = match credentials::state(tx, instance.id).await.map_err(sql)? {
        None => CredentialsState::None,
        Some(_) if instance.ready_at.is_none() => CredentialsState::None,
        Some(None) => CredentialsState::Unseen,
        Some(Some(at)) => CredentialsState::Shown(at),
    };
    let mut measures = Vec::new();
    if let Some((at, storage_bytes, connections)) = measurements::last(tx, instance.id).await.map_err(sql)? {
        let limit = |name: &str| instance.limits.get(name).copied().filter(|limit| *limit >= 0);
        let storage_limit = limit("storage_gb").map(|gb| gb.saturating_mul(BYTES_PER_GB));
        measures.push(MeasureView { meter: "storage_bytes".into(), value: storage_bytes, limit: storage_limit, at });
        measures.push(MeasureView { meter: "connections".into(), value: connections, limit: limit("connections"), at });
    }
    let planned = planned(tx, &instance).await?;
    let over_quota = instance.over_quota();
    let mut actions: Vec<String> = instance.detail.offers().into_iter().map(str::to_owned).collect();
    if credentials == CredentialsState::None {
        actions.retain(|action| action != "rotate");
    }
    Ok(InstanceView {
        id: instance.id,
        tenant: instance.tenant_id,
        name: instance.name,
        offering: instance.offering_id,
        offering_name: instance.offering_name.0,
        plan: instance.plan_id,
        plan_name: instance.plan_name.0,
        driver: instance.driver,
        configuration: instance.configuration,
        limits: instance.limits.0,
        state: instance.detail.0,
        version: instance.version,
        drift: instance.drift.0,
        seen_at: instance.seen_at,
        endpoint: instance.endpoint.0,
        credentials,
        operation: operation.map(operations::OperationRecord::view),
        over_quota,
        measures,
        planned,
        actions,
        created_at: instance.created_at,
        ready_at: instance.ready_at,
    })
}
