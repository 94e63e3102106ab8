//! Servers and what they keep, across organisations: counted and given under one lock, so that of ten orders at once no
//! two take the same place.

use kernel::{InstanceId, TenantId};
use platform::SystemTx;
use std::collections::BTreeMap;

/// Held until the transaction ends.
const LOCK: i64 = 0x0068_7562_706c;

/// Instances that each of a driver's servers keeps; others who place wait.
pub(crate) async fn kept(tx: &mut SystemTx, driver: &str) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut **tx).await?;
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT server,
                count(*)
           FROM provisioning.instances
          WHERE driver = $1
            AND server <> ''
            AND state <> 'deleted'
          GROUP BY server
          LIMIT 1000",
    )
    .bind(driver)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Puts an instance on a server unless it has one; answers where it is.
pub(crate) async fn put(tx: &mut SystemTx, tenant: TenantId, instance: InstanceId, server: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE provisioning.instances
            SET server = CASE server WHEN '' THEN $3 ELSE server END
          WHERE tenant_id = $1
            AND id = $2
        RETURNING server",
    )
    .bind(tenant)
    .bind(instance)
    .bind(server)
    .fetch_optional(&mut **tx)
    .await
}
