//! Due work across organisations: ids only, claimed with row locks so that several copies share it.

use kernel::{InstanceId, OperationId, TenantId, Timestamp};
use platform::SystemTx;
use std::time::Duration;

/// Instances to look at. Each is claimed by moving its next time on.
pub(crate) async fn claim_looks(tx: &mut SystemTx, now: Timestamp, next: Timestamp, limit: i64) -> Result<Vec<(TenantId, InstanceId)>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE provisioning.instances
            SET look_at = $2
          WHERE (tenant_id, id) IN (SELECT tenant_id, id
                                      FROM provisioning.instances
                                     WHERE look_at <= $1
                                     ORDER BY look_at
                                     LIMIT $3
                                       FOR UPDATE SKIP LOCKED)
        RETURNING tenant_id, id",
    )
    .bind(now)
    .bind(next)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// Instances to measure, claimed the same way.
pub(crate) async fn claim_measures(tx: &mut SystemTx, now: Timestamp, next: Timestamp, limit: i64) -> Result<Vec<(TenantId, InstanceId)>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE provisioning.instances
            SET measure_at = $2
          WHERE (tenant_id, id) IN (SELECT tenant_id, id
                                      FROM provisioning.instances
                                     WHERE measure_at <= $1
                                     ORDER BY measure_at
                                     LIMIT $3
                                       FOR UPDATE SKIP LOCKED)
        RETURNING tenant_id, id",
    )
    .bind(now)
    .bind(next)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// Instances to compare with their bills, claimed the same way.
pub(crate) async fn claim_comparisons(tx: &mut SystemTx, now: Timestamp, next: Timestamp, limit: i64) -> Result<Vec<(TenantId, InstanceId)>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE provisioning.instances
            SET compare_at = $2
          WHERE (tenant_id, id) IN (SELECT tenant_id, id
                                      FROM provisioning.instances
                                     WHERE compare_at <= $1
                                     ORDER BY compare_at
                                     LIMIT $3
                                       FOR UPDATE SKIP LOCKED)
        RETURNING tenant_id, id",
    )
    .bind(now)
    .bind(next)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// Deleted instances whose grace is over.
pub(crate) async fn purges(tx: &mut SystemTx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, InstanceId)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT tenant_id,
                id
           FROM provisioning.instances
          WHERE purge_at <= $1
          ORDER BY purge_at
          LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// Operations that nobody holds although their time has come `overdue` ago: their worker was killed, or their job lost.
pub(crate) async fn abandoned(tx: &mut SystemTx, overdue: Duration, limit: i64) -> Result<Vec<(TenantId, OperationId)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT tenant_id,
                id
           FROM provisioning.operations
          WHERE state IN ('waiting', 'running', 'cleaning_up')
            AND try_at < clock_timestamp() - make_interval(secs => $1)
            AND (lease_until IS NULL OR lease_until < clock_timestamp())
          ORDER BY try_at
          LIMIT $2",
    )
    .bind(overdue.as_secs_f64())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// When the next grace period ends.
pub(crate) async fn next_purge(tx: &mut SystemTx) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(purge_at) FROM provisioning.instances").fetch_one(&mut **tx).await
}
