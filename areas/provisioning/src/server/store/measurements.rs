//! Rows of `provisioning.measurements`: the charts of storage and connections.

use crate::view::MeasurePoint;
use kernel::{InstanceId, Timestamp};
use platform::TenantTx;
use std::time::Duration;

/// How long measured values are kept.
const KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

pub(crate) async fn insert(tx: &mut TenantTx, instance: InstanceId, storage_bytes: i64, connections: i64) -> Result<(), sqlx::Error> {
    let (now, tenant) = (tx.now(), tx.tenant());
    sqlx::query(
        "INSERT INTO provisioning.measurements (tenant_id, instance_id, at, storage_bytes, connections)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, instance_id, at) DO NOTHING",
    )
    .bind(tenant)
    .bind(instance)
    .bind(now)
    .bind(storage_bytes)
    .bind(connections)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn prune(tx: &mut TenantTx, instance: InstanceId) -> Result<(), sqlx::Error> {
    let before = tx.now().minus(KEPT);
    sqlx::query("DELETE FROM provisioning.measurements WHERE instance_id = $1 AND at < $2").bind(instance).bind(before).execute(&mut **tx).await?;
    Ok(())
}

/// Maxima of `buckets` equal stretches of `[from, to)`; stretches without a measure are left out.
pub(crate) async fn series(
    tx: &mut TenantTx,
    instance: InstanceId,
    from: Timestamp,
    to: Timestamp,
    buckets: i32,
) -> Result<Vec<MeasurePoint>, sqlx::Error> {
    let rows: Vec<(Timestamp, i64, i64)> = sqlx::query_as(
        "SELECT min(at),
                max(storage_bytes),
                max(connections)
           FROM provisioning.measurements
          WHERE instance_id = $1
            AND at >= $2
            AND at < $3
          GROUP BY width_bucket(extract(epoch FROM at), extract(epoch FROM $2::timestamptz), extract(epoch FROM $3::timestamptz), $4)
          ORDER BY 1
          LIMIT 1000",
    )
    .bind(instance)
    .bind(from)
    .bind(to)
    .bind(buckets)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(at, storage_bytes, connections)| MeasurePoint { at, storage_bytes, connections }).collect())
}

/// The newest storage and connections, with their time.
pub(crate) async fn last(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<(Timestamp, i64, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT at,
                storage_bytes,
                connections
           FROM provisioning.measurements
          WHERE instance_id = $1
          ORDER BY at DESC
          LIMIT 1",
    )
    .bind(instance)
    .fetch_optional(&mut **tx)
    .await
}
