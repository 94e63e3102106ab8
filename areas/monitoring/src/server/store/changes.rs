//! Rows of `monitoring.status_changes`.

use crate::{check::Status, uptime::Change};
use kernel::{CheckId, Timestamp};
use platform::{SystemTx, TenantTx};
use std::collections::HashMap;

/// Changes read at once.
const BATCH: i64 = 50_000;

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
    let mut by_check: HashMap<CheckId, Vec<Change>> = HashMap::new();
    let mut keep = |rows: Vec<(CheckId, Timestamp, String)>| {
        let last = rows.last().map(|(check, at, _)| (*check, *at));
        for (check, at, status) in rows {
            let status = Status::from_code(&status).expect("a constraint of the table admits known statuses only");
            by_check.entry(check).or_default().push((at, status));
        }
        last
    };
    let before = sqlx::query_as(
        "SELECT DISTINCT ON (check_id) check_id, at, status
           FROM monitoring.status_changes
          WHERE check_id = ANY ($1)
            AND at < $2
          ORDER BY check_id, at DESC
          LIMIT $3",
    );
    keep(before.bind(checks).bind(from).bind(checks.len() as i64).fetch_all(&mut **tx).await?);
    let mut after = None;
    loop {
        let batch = sqlx::query_as(
            "SELECT check_id, at, status
               FROM monitoring.status_changes
              WHERE check_id = ANY ($1)
                AND at >= $2
                AND ($3::uuid IS NULL OR (check_id, at) > ($3, $4))
              ORDER BY check_id, at
              LIMIT $5",
        );
        let (check, at): (Option<CheckId>, Option<Timestamp>) = after.unzip();
        let rows: Vec<_> = batch.bind(checks).bind(from).bind(check).bind(at).bind(BATCH).fetch_all(&mut **tx).await?;
        let whole = (rows.len() as i64) < BATCH;
        after = keep(rows);
        if whole {
            return Ok(by_check);
        }
    }
}

/// Of every organisation, those before then whose month is frozen and which another one follows by then; at most `limit`.
/// A month begins at most a day before or after its date in UTC. Answers how many went.
pub(crate) async fn delete_before(tx: &mut SystemTx, before: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let removed = sqlx::query(
        "DELETE FROM monitoring.status_changes
          WHERE (tenant_id, check_id, at) IN (SELECT s.tenant_id, s.check_id, s.at
                                                FROM monitoring.status_changes s
                                                JOIN monitoring.checks c ON c.tenant_id = s.tenant_id AND c.id = s.check_id
                                               WHERE s.at < $1
                                                 AND EXISTS (SELECT
                                                               FROM monitoring.status_changes later
                                                              WHERE later.tenant_id = s.tenant_id
                                                                AND later.check_id = s.check_id
                                                                AND later.at > s.at
                                                                AND later.at < least($1, (c.open_month - 1)::timestamp AT TIME ZONE 'UTC'))
                                               ORDER BY s.at
                                               LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(removed.rows_affected())
}
