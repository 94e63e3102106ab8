//! What is kept of a journey.

use crate::journey::Step;
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
