//! A name that one process holds at a time: taken for a short while, renewed while alive, free again soon after a kill.

use crate::{Cx, Opened, fault};
use std::time::Duration;
use uuid::Uuid;

/// Takes or renews `name` for `holder`; answers whether it is held. Uses the database's own clock: leases measure
/// real time, also where the business clock is simulated.
pub async fn hold(cx: &Cx, name: &str, holder: Uuid, length: Duration) -> Result<bool, Opened> {
    let mut tx = cx.system_tx().await?;
    let held = sqlx::query(
        "INSERT INTO hub.leases (name, holder, expires_at)
         VALUES ($1, $2, now() + make_interval(secs => $3))
         ON CONFLICT (name) DO UPDATE
            SET holder = excluded.holder,
                expires_at = excluded.expires_at
          WHERE hub.leases.holder = excluded.holder OR hub.leases.expires_at < now()",
    )
    .bind(name)
    .bind(holder)
    .bind(length.as_secs_f64())
    .execute(&mut *tx)
    .await
    .map_err(fault)?
    .rows_affected();
    tx.commit().await?;
    Ok(held == 1)
}

/// Gives back everything that `holder` holds.
pub async fn release_all(cx: &Cx, holder: Uuid) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    sqlx::query("DELETE FROM hub.leases WHERE holder = $1").bind(holder).execute(&mut *tx).await.map_err(fault)?;
    tx.commit().await?;
    Ok(())
}
