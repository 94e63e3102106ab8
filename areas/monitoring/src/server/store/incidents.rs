//! Rows of `monitoring.incidents`.

use crate::view::IncidentView;
use kernel::{CheckId, IncidentId, InstanceId, TenantId, Timestamp};
use platform::TenantTx;
use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

/// Nobody is told of it yet.
pub(crate) async fn open(tx: &mut TenantTx, id: IncidentId, check: CheckId, at: Timestamp, problem: &str, detail: Option<&str>) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO monitoring.incidents (tenant_id, id, check_id, opened_at, problem, detail, told)
         VALUES ($1, $2, $3, $4, $5, $6, false)
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(id)
    .bind(check)
    .bind(at)
    .bind(problem)
    .bind(detail)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Closes the open one, if there is one; answers since when it was open.
pub(crate) async fn close(tx: &mut TenantTx, check: CheckId, at: Timestamp) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE monitoring.incidents
            SET closed_at = greatest($2, opened_at)
          WHERE check_id = $1
            AND closed_at IS NULL
        RETURNING opened_at",
    )
    .bind(check)
    .bind(at)
    .fetch_optional(&mut **tx)
    .await
}

/// Since when the open one is open, and whether people know of it.
pub(crate) async fn find_open(tx: &mut TenantTx, check: CheckId) -> Result<Option<(Timestamp, bool)>, sqlx::Error> {
    sqlx::query_as("SELECT opened_at, told FROM monitoring.incidents WHERE check_id = $1 AND closed_at IS NULL").bind(check).fetch_optional(&mut **tx).await
}

pub(crate) async fn mark_told(tx: &mut TenantTx, check: CheckId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE monitoring.incidents SET told = true WHERE check_id = $1 AND closed_at IS NULL").bind(check).execute(&mut **tx).await?;
    Ok(())
}

/// What narrows a list of incidents.
#[derive(Debug, Default)]
pub(crate) struct IncidentFilter {
    pub check: Option<CheckId>,
    pub instance: Option<InstanceId>,
    pub open_only: bool,
    pub after: Option<(Timestamp, Uuid)>,
}

type Row = (IncidentId, TenantId, CheckId, String, InstanceId, Timestamp, Option<Timestamp>, String, Option<String>);

/// Newest first.
pub(crate) async fn list(connection: &mut PgConnection, filter: &IncidentFilter, limit: i64) -> Result<Vec<IncidentView>, sqlx::Error> {
    let mut query = QueryBuilder::new(
        "SELECT n.id,
                n.tenant_id,
                n.check_id,
                c.name,
                c.instance_id,
                n.opened_at,
                n.closed_at,
                n.problem,
                n.detail
           FROM monitoring.incidents n
           JOIN monitoring.checks c ON c.tenant_id = n.tenant_id AND c.id = n.check_id
          WHERE true",
    );
    if let Some(check) = filter.check {
        query.push(" AND n.check_id = ").push_bind(check);
    }
    if let Some(instance) = filter.instance {
        query.push(" AND c.instance_id = ").push_bind(instance);
    }
    if filter.open_only {
        query.push(" AND n.closed_at IS NULL");
    }
    if let Some((at, id)) = filter.after {
        query.push(" AND (n.opened_at, n.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY n.opened_at DESC, n.id DESC LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, tenant, check, check_name, instance, opened_at, closed_at, problem, detail)| IncidentView {
            id,
            tenant,
            check,
            check_name,
            instance,
            opened_at,
            closed_at,
            problem,
            detail,
        })
        .collect())
}
