//! Rows of `monitoring.months`: uptime of closed months, written once.

use crate::uptime::Tally;
use kernel::{CheckId, Date, Timestamp};
use platform::TenantTx;
use sqlx::types::Json;

/// Months that are shown.
const SHOWN: i64 = 36;

/// Freezing a frozen month again changes nothing.
pub(crate) async fn freeze(tx: &mut TenantTx, check: CheckId, month: Date, tally: &Tally) -> Result<(), sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO monitoring.months (tenant_id, check_id, month, tally, frozen_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, check_id, month) DO NOTHING",
    )
    .bind(tenant)
    .bind(check)
    .bind(month)
    .bind(Json(tally))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Newest first.
pub(crate) async fn of_check(tx: &mut TenantTx, check: CheckId) -> Result<Vec<(Date, Json<Tally>, Timestamp)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT month,
                tally,
                frozen_at
           FROM monitoring.months
          WHERE check_id = $1
          ORDER BY month DESC
          LIMIT $2",
    )
    .bind(check)
    .bind(SHOWN)
    .fetch_all(&mut **tx)
    .await
}
