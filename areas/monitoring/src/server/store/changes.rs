//! Rows of `monitoring.status_changes`.

use crate::{check::Status, uptime::Change};
use kernel::{CheckId, Timestamp};
use platform::TenantTx;
use std::collections::HashMap;

/// Changes that one computation takes.
const MOST: i64 = 200_000;

/// The later of two at the same moment stands.
pub(crate) async fn insert(tx: &mut TenantTx, check: CheckId, at: Timestamp, status: Status) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO monitoring.status_changes (tenant_id, check_id, at, status)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, check_id, at) DO UPDATE SET status = excluded.status",
    )
    .bind(tenant)
    .bind(check)
    .bind(at)
    .bind(status.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// By check, in order: the changes since `from`, and for each check the last one before, which holds into it.
pub(crate) async fn since(tx: &mut TenantTx, checks: &[CheckId], from: Timestamp) -> Result<HashMap<CheckId, Vec<Change>>, sqlx::Error> {
    let rows: Vec<(CheckId, Timestamp, String)> = sqlx::query_as(
        "SELECT * FROM (
            SELECT DISTINCT ON (check_id) check_id, at, status
              FROM monitoring.status_changes
             WHERE check_id = ANY ($1)
               AND at < $2
             ORDER BY check_id, at DESC) AS before
         UNION ALL
         SELECT check_id, at, status
           FROM monitoring.status_changes
          WHERE check_id = ANY ($1)
            AND at >= $2
          ORDER BY 1, 2
          LIMIT $3",
    )
    .bind(checks)
    .bind(from)
    .bind(MOST)
    .fetch_all(&mut **tx)
    .await?;
    let mut by_check: HashMap<CheckId, Vec<Change>> = HashMap::new();
    for (check, at, status) in rows {
        let status = Status::from_code(&status).expect("a constraint of the table admits known statuses only");
        by_check.entry(check).or_default().push((at, status));
    }
    Ok(by_check)
}
