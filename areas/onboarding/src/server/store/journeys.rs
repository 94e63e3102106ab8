//! What is kept of a journey.

use crate::journey::{Step, Wish};
use identity::{Interval, Tier};
use platform::TenantTx;

#[derive(Debug, Default)]
pub struct Kept {
    pub skipped: Vec<Step>,
    pub last_visited: Option<Step>,
}

pub async fn find(tx: &mut TenantTx) -> sqlx::Result<Kept> {
    let row: Option<(Vec<String>, Option<String>)> =
        sqlx::query_as("SELECT skipped, last_visited FROM onboarding.journeys LIMIT 1").fetch_optional(&mut **tx).await?;
    Ok(row.map_or_else(Kept::default, |(skipped, last)| Kept {
        skipped: skipped.iter().filter_map(|step| step.parse().ok()).collect(),
        last_visited: last.and_then(|step| step.parse().ok()),
    }))
}

pub async fn save_visited(tx: &mut TenantTx, step: Step) -> sqlx::Result<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO onboarding.journeys AS j (tenant_id, last_visited, changed_at)
         VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id) DO UPDATE
            SET last_visited = excluded.last_visited,
                changed_at = excluded.changed_at
          WHERE j.last_visited IS DISTINCT FROM excluded.last_visited",
    )
    .bind(tenant)
    .bind(step.code())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn add_skipped(tx: &mut TenantTx, step: Step) -> sqlx::Result<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO onboarding.journeys AS j (tenant_id, skipped, changed_at)
         VALUES ($1, ARRAY[$2], $3)
         ON CONFLICT (tenant_id) DO UPDATE
            SET skipped = array_append(array_remove(j.skipped, $2), $2),
                changed_at = excluded.changed_at",
    )
    .bind(tenant)
    .bind(step.code())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn remove_skipped(tx: &mut TenantTx, step: Step) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query("UPDATE onboarding.journeys SET skipped = array_remove(skipped, $1), changed_at = $2")
        .bind(step.code())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn save_wish(tx: &mut TenantTx, tier: Tier, interval: Interval) -> sqlx::Result<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO onboarding.journeys (tenant_id, wished_tier, wished_interval, changed_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id) DO UPDATE
            SET wished_tier = excluded.wished_tier,
                wished_interval = excluded.wished_interval,
                changed_at = excluded.changed_at",
    )
    .bind(tenant)
    .bind(tier.code())
    .bind(interval.code())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn find_wish(tx: &mut TenantTx) -> sqlx::Result<Option<Wish>> {
    let row: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("SELECT wished_tier, wished_interval FROM onboarding.journeys LIMIT 1").fetch_optional(&mut **tx).await?;
    Ok(row.and_then(|(tier, interval)| tier.zip(interval)).map(|(tier, interval)| Wish { tier, interval }))
}
