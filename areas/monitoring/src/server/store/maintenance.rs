//! Rows of `monitoring.maintenance` and of the checks that each is of.

use crate::{maintenance::Planned, uptime::Window};
use kernel::{CheckId, MaintenanceId, Timestamp};
use platform::TenantTx;
use std::collections::HashMap;

/// Maintenance that one computation or list takes.
const MOST: i64 = 1_000;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct MaintenanceRecord {
    pub id: MaintenanceId,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub words: String,
    pub cancelled_at: Option<Timestamp>,
    /// By name.
    pub checks: Vec<String>,
}

impl MaintenanceRecord {
    pub const fn window(&self) -> Window {
        Window::new(self.starts_at, self.ends_at)
    }
}

pub(crate) async fn insert(tx: &mut TenantTx, id: MaintenanceId, planned: &Planned, by: &str) -> Result<(), sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO monitoring.maintenance (tenant_id, id, starts_at, ends_at, words, planned_by, planned_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant)
    .bind(id)
    .bind(planned.window.from)
    .bind(planned.window.to)
    .bind(&planned.words)
    .bind(by)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO monitoring.maintained_checks (tenant_id, maintenance_id, check_id)
         SELECT $1, $2, unnest($3::uuid[])
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(id)
    .bind(&planned.checks)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Moves its end forward, or takes it back where it has not begun.
pub(crate) async fn end(tx: &mut TenantTx, id: MaintenanceId, ends_at: Timestamp, cancelled_at: Option<Timestamp>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE monitoring.maintenance SET ends_at = $2, cancelled_at = $3 WHERE id = $1")
        .bind(id)
        .bind(ends_at)
        .bind(cancelled_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Locked, without its checks' names.
pub(crate) async fn for_update(tx: &mut TenantTx, id: MaintenanceId) -> Result<Option<MaintenanceRecord>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id,
                starts_at,
                ends_at,
                words,
                cancelled_at,
                ARRAY[]::text[] AS checks
           FROM monitoring.maintenance
          WHERE id = $1
            FOR UPDATE",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await
}

/// The checks that it is of.
pub(crate) async fn checks_of(tx: &mut TenantTx, id: MaintenanceId) -> Result<Vec<CheckId>, sqlx::Error> {
    sqlx::query_scalar("SELECT check_id FROM monitoring.maintained_checks WHERE maintenance_id = $1 ORDER BY check_id LIMIT $2").bind(id).bind(MOST).fetch_all(&mut **tx).await
}

/// Those that are planned, run, or ended after `since`: the latest to begin first.
pub(crate) async fn list(tx: &mut TenantTx, since: Timestamp) -> Result<Vec<MaintenanceRecord>, sqlx::Error> {
    sqlx::query_as(
        "SELECT m.id,
                m.starts_at,
                m.ends_at,
                m.words,
                m.cancelled_at,
                ARRAY(SELECT c.name
                        FROM monitoring.maintained_checks n
                        JOIN monitoring.checks c ON c.tenant_id = n.tenant_id AND c.id = n.check_id
                       WHERE n.tenant_id = m.tenant_id
                         AND n.maintenance_id = m.id
                       ORDER BY lower(c.name)) AS checks
           FROM monitoring.maintenance m
          WHERE m.ends_at > $1
          ORDER BY m.starts_at DESC, m.id DESC
          LIMIT $2",
    )
    .bind(since)
    .bind(MOST)
    .fetch_all(&mut **tx)
    .await
}

/// How many are planned or run.
pub(crate) async fn count_open(tx: &mut TenantTx, now: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM monitoring.maintenance WHERE ends_at > $1 AND cancelled_at IS NULL").bind(now).fetch_one(&mut **tx).await
}

/// By check, the maintenance that was or will be after `from`, without what was taken back.
pub(crate) async fn windows(tx: &mut TenantTx, checks: &[CheckId], from: Timestamp) -> Result<HashMap<CheckId, Vec<Window>>, sqlx::Error> {
    let rows: Vec<(CheckId, Timestamp, Timestamp)> = sqlx::query_as(
        "SELECT n.check_id,
                m.starts_at,
                m.ends_at
           FROM monitoring.maintained_checks n
           JOIN monitoring.maintenance m ON m.tenant_id = n.tenant_id AND m.id = n.maintenance_id
          WHERE n.check_id = ANY ($1)
            AND m.ends_at > $2
            AND m.cancelled_at IS NULL
          ORDER BY m.starts_at DESC
          LIMIT $3",
    )
    .bind(checks)
    .bind(from)
    .bind(MOST * 10)
    .fetch_all(&mut **tx)
    .await?;
    let mut by_check: HashMap<CheckId, Vec<Window>> = HashMap::new();
    for (check, from, to) in rows {
        by_check.entry(check).or_default().push(Window::new(from, to));
    }
    Ok(by_check)
}
