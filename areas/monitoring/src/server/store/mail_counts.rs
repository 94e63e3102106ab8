//! How many news of checks an organisation was mailed within the hour.

use kernel::Timestamp;
use platform::TenantTx;

const HOUR: i64 = 3600;

/// Counts one more; answers how many this hour has with it.
pub async fn count(tx: &mut TenantTx) -> sqlx::Result<i32> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let hour = Timestamp::from_seconds(now.seconds().div_euclid(HOUR) * HOUR);
    sqlx::query_scalar(
        "INSERT INTO monitoring.mail_counts AS counted
                (tenant_id, hour, told)
         VALUES ($1, $2, 1)
             ON CONFLICT (tenant_id) DO UPDATE
            SET hour = EXCLUDED.hour,
                told = CASE WHEN counted.hour = EXCLUDED.hour THEN counted.told + 1 ELSE 1 END
      RETURNING told",
    )
    .bind(tenant)
    .bind(hour)
    .fetch_one(&mut **tx)
    .await
}

/// One that was counted was told to nobody.
pub async fn take_back(tx: &mut TenantTx) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    sqlx::query("UPDATE monitoring.mail_counts SET told = told - 1 WHERE tenant_id = $1").bind(tenant).execute(&mut **tx).await?;
    Ok(())
}
