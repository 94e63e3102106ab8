//! Rows of `monitoring.samples`.

use crate::{
    check::Status,
    view::{ResponsePoint, SampleView},
};
use kernel::{CheckId, InstanceId, Timestamp};
use platform::TenantTx;
use sqlx::QueryBuilder;
use std::time::Duration;

/// How long single results are kept; uptime is computed from changes of status, which stay.
const KEPT: Duration = Duration::from_secs(35 * 24 * 3600);
/// Rows removed by one statement.
const PORTION: i64 = 5_000;

pub(crate) async fn insert(tx: &mut TenantTx, sample: &SampleView) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO monitoring.samples (tenant_id, check_id, at, status, response_ms, problem, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, check_id, at) DO NOTHING",
    )
    .bind(tenant)
    .bind(sample.check)
    .bind(sample.at)
    .bind(sample.status.code())
    .bind(sample.response_ms)
    .bind(&sample.problem)
    .bind(&sample.detail)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes a portion of what is too old: up to the last of the oldest, which is one stretch of the index and no join.
pub(crate) async fn prune(tx: &mut TenantTx, check: CheckId) -> Result<(), sqlx::Error> {
    let before = tx.now().minus(KEPT);
    sqlx::query(
        "DELETE FROM monitoring.samples
          WHERE check_id = $1
            AND at <= (SELECT max(at)
                         FROM (SELECT at FROM monitoring.samples WHERE check_id = $1 AND at < $2 ORDER BY at LIMIT $3) oldest)",
    )
    .bind(check)
    .bind(before)
    .bind(PORTION)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes a portion of an instance's; answers whether that was all.
pub(crate) async fn delete_portion(tx: &mut TenantTx, instance: InstanceId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM monitoring.samples
          WHERE (check_id, at) IN (SELECT s.check_id, s.at
                                     FROM monitoring.samples s
                                     JOIN monitoring.checks c ON c.tenant_id = s.tenant_id AND c.id = s.check_id
                                    WHERE c.instance_id = $1
                                    LIMIT $2)",
    )
    .bind(instance)
    .bind(PORTION)
    .execute(&mut **tx)
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX) < PORTION)
}

type Point = (Timestamp, Option<i32>, Option<i32>, i64, i64);

/// `[from, to)` in `buckets` equal stretches; those without a probe are left out.
pub(crate) async fn series(tx: &mut TenantTx, check: CheckId, from: Timestamp, to: Timestamp, buckets: i32) -> Result<Vec<ResponsePoint>, sqlx::Error> {
    let rows: Vec<Point> = sqlx::query_as(
        "SELECT min(at),
                round(avg(response_ms))::integer,
                max(response_ms),
                count(*),
                count(*) FILTER (WHERE status = 'down')
           FROM monitoring.samples
          WHERE check_id = $1
            AND at >= $2
            AND at < $3
          GROUP BY width_bucket(extract(epoch FROM at), extract(epoch FROM $2::timestamptz), extract(epoch FROM $3::timestamptz), $4)
          ORDER BY 1
          LIMIT 1000",
    )
    .bind(check)
    .bind(from)
    .bind(to)
    .bind(buckets)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(at, average_ms, slowest_ms, probes, failures)| ResponsePoint { at, average_ms, slowest_ms, probes, failures })
        .collect())
}

/// What narrows a list of results.
#[derive(Debug)]
pub(crate) struct SampleFilter {
    pub instance: InstanceId,
    pub check: Option<CheckId>,
    pub after: Option<(Timestamp, CheckId)>,
}

type Row = (CheckId, Timestamp, String, Option<i32>, Option<String>, Option<String>);

/// Newest first.
pub(crate) async fn list(tx: &mut TenantTx, filter: &SampleFilter, limit: i64) -> Result<Vec<SampleView>, sqlx::Error> {
    // The newest of each check by its index, and of these the newest: never all results of an instance.
    let mut query = QueryBuilder::new(
        "SELECT s.check_id,
                s.at,
                s.status,
                s.response_ms,
                s.problem,
                s.detail
           FROM monitoring.checks c
          CROSS JOIN LATERAL (SELECT *
                                FROM monitoring.samples one
                               WHERE one.tenant_id = c.tenant_id
                                 AND one.check_id = c.id",
    );
    if let Some((at, check)) = filter.after {
        query.push(" AND one.at <= ").push_bind(at);
        query.push(" AND (one.at, one.check_id) < (").push_bind(at).push(", ").push_bind(check).push(")");
    }
    query.push(" ORDER BY one.at DESC LIMIT ").push_bind(limit).push(") s WHERE c.instance_id = ").push_bind(filter.instance);
    if let Some(check) = filter.check {
        query.push(" AND c.id = ").push_bind(check);
    }
    query.push(" ORDER BY s.at DESC, s.check_id DESC LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut **tx).await?;
    Ok(rows
        .into_iter()
        .map(|(check, at, status, response_ms, problem, detail)| SampleView {
            check,
            at,
            status: Status::from_code(&status).expect("a constraint of the table admits known statuses only"),
            response_ms,
            problem,
            detail,
        })
        .collect())
}
