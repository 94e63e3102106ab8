//! Lists of instances and operations, for one tenant and for the staff.

use super::operations::{self, OperationRecord};
use crate::{commands::InstanceSort, instance::InstanceState};
use catalog::Text;
use kernel::{InstanceId, OperationId, PlanId, TenantId, Timestamp};
use sqlx::{PgConnection, QueryBuilder, types::Json};
use uuid::Uuid;

/// What narrows a list of instances.
#[derive(Debug, Default)]
pub(crate) struct InstanceFilter {
    pub tenant: Option<TenantId>,
    pub id: Option<InstanceId>,
    /// Part of the name, as typed.
    pub name: Option<String>,
    pub state: Option<String>,
    pub driver: Option<String>,
    pub drifting: bool,
}

/// Where the page before ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum After {
    Time(Timestamp, Uuid),
    Name(String, Uuid),
}

/// What a list shows of an instance, with the percentage of the operation that runs on it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ListedInstance {
    pub tenant_id: TenantId,
    pub id: InstanceId,
    pub name: String,
    pub driver: String,
    pub offering_name: Json<Text>,
    pub plan_id: PlanId,
    pub plan_name: Json<Text>,
    pub detail: Json<InstanceState>,
    pub drifts: bool,
    pub created_at: Timestamp,
    pub percent: Option<i16>,
}

pub(crate) async fn instances(
    connection: &mut PgConnection,
    filter: &InstanceFilter,
    sort: InstanceSort,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<ListedInstance>, sqlx::Error> {
    let mut query = QueryBuilder::new(
        "SELECT i.tenant_id,
                i.id,
                i.name,
                i.driver,
                i.offering_name,
                i.plan_id,
                i.plan_name,
                i.detail,
                jsonb_array_length(i.drift) > 0 AS drifts,
                i.created_at,
                o.percent
           FROM provisioning.instances i
      LEFT JOIN provisioning.operations o
             ON o.tenant_id = i.tenant_id AND o.instance_id = i.id AND o.state IN ('waiting', 'running', 'cleaning_up')
          WHERE true",
    );
    if let Some(tenant) = filter.tenant {
        query.push(" AND i.tenant_id = ").push_bind(tenant);
    }
    if let Some(id) = filter.id {
        query.push(" AND i.id = ").push_bind(id);
    }
    if let Some(name) = &filter.name {
        query.push(" AND strpos(lower(i.name), lower(").push_bind(name.clone()).push(")) > 0");
    }
    match &filter.state {
        Some(state) => query.push(" AND i.state = ").push_bind(state.clone()),
        None => query.push(" AND i.state <> 'deleted'"),
    };
    if let Some(driver) = &filter.driver {
        query.push(" AND i.driver = ").push_bind(driver.clone());
    }
    if filter.drifting {
        query.push(" AND jsonb_array_length(i.drift) > 0");
    }
    match (sort, after) {
        (InstanceSort::Newest, Some(After::Time(at, id))) => {
            query.push(" AND (i.created_at, i.id) < (").push_bind(*at).push(", ").push_bind(*id).push(")");
        }
        (InstanceSort::Oldest, Some(After::Time(at, id))) => {
            query.push(" AND (i.created_at, i.id) > (").push_bind(*at).push(", ").push_bind(*id).push(")");
        }
        (InstanceSort::Name, Some(After::Name(name, id))) => {
            query.push(" AND (lower(i.name), i.id) > (").push_bind(name.clone()).push(", ").push_bind(*id).push(")");
        }
        (InstanceSort::Newest | InstanceSort::Oldest, Some(After::Name(..))) | (InstanceSort::Name, Some(After::Time(..))) | (_, None) => {}
    }
    query.push(match sort {
        InstanceSort::Newest => " ORDER BY i.created_at DESC, i.id DESC",
        InstanceSort::Oldest => " ORDER BY i.created_at, i.id",
        InstanceSort::Name => " ORDER BY lower(i.name), i.id",
    });
    query.push(" LIMIT ").push_bind(limit);
    query.build_query_as().fetch_all(connection).await
}

/// What narrows a list of operations.
#[derive(Debug, Default)]
pub(crate) struct OperationFilter {
    pub tenant: Option<TenantId>,
    pub instance: Option<InstanceId>,
    pub state: Option<String>,
}

/// Newest first.
pub(crate) async fn operations(
    connection: &mut PgConnection,
    filter: &OperationFilter,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<OperationRecord>, sqlx::Error> {
    let mut query = QueryBuilder::new(format!("SELECT {} {} WHERE true", operations::COLUMNS, operations::FROM));
    if let Some(tenant) = filter.tenant {
        query.push(" AND o.tenant_id = ").push_bind(tenant);
    }
    if let Some(instance) = filter.instance {
        query.push(" AND o.instance_id = ").push_bind(instance);
    }
    if let Some(state) = &filter.state {
        query.push(" AND o.state = ").push_bind(state.clone());
    }
    if let Some((at, id)) = after {
        query.push(" AND (o.created_at, o.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY o.created_at DESC, o.id DESC LIMIT ").push_bind(limit);
    query.build_query_as().fetch_all(connection).await
}

/// The organisation that an operation belongs to.
pub(crate) async fn owner(connection: &mut PgConnection, operation: OperationId) -> Result<Option<TenantId>, sqlx::Error> {
    sqlx::query_scalar("SELECT tenant_id FROM provisioning.operations WHERE id = $1 LIMIT 1").bind(operation).fetch_optional(connection).await
}

/// How many instances stand in which state, deleted ones left out.
pub(crate) async fn states(connection: &mut PgConnection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    sqlx::query_as("SELECT state, count(*) FROM provisioning.instances WHERE state <> 'deleted' GROUP BY state LIMIT 20").fetch_all(connection).await
}

pub(crate) async fn drifting(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM provisioning.instances WHERE state <> 'deleted' AND jsonb_array_length(drift) > 0")
        .fetch_one(connection)
        .await
}
