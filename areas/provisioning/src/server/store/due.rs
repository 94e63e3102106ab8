//! Due work across organisations: ids only, claimed with row locks so that several copies share it.

use kernel::{InstanceId, OperationId, TenantId, Timestamp};
use platform::SystemTx;
use std::time::Duration;

/// Moves the column with the next time of instances that are due on, earliest first, which is what claims them.
macro_rules! claim {
    ($column:literal) => {
        concat!(
            "UPDATE provisioning.instances
                SET ", $column, " = $2
              WHERE (tenant_id, id) IN (SELECT tenant_id, id
                                          FROM provisioning.instances
                                         WHERE ", $column, " <= $1
                                         ORDER BY ", $column, "
                                         LIMIT $3
                                           FOR UPDATE SKIP LOCKED)
            RETURNING tenant_id, id"
        )
    };
}

/// What is to be done with an instance at a time of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    /// To look whether the backend still is as it should be.
    Look,
    /// To measure what it uses.
    Measure,
    /// To compare it with its bill.
    Compare,
}

/// Instances whose turn has come. Each is claimed by moving its next time on.
pub(crate) async fn claim(tx: &mut SystemTx, turn: Turn, now: Timestamp, next: Timestamp, limit: i64) -> Result<Vec<(TenantId, InstanceId)>, sqlx::Error> {
    let statement = match turn {
        Turn::Look => claim!("look_at"),
        Turn::Measure => claim!("measure_at"),
        Turn::Compare => claim!("compare_at"),
    };
    sqlx::query_as(statement).bind(now).bind(next).bind(limit).fetch_all(&mut **tx).await
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
