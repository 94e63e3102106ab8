//! Usage that no invoice could bear.

use crate::view::{SetAside, UsageSetAside};
use kernel::{InstanceId, PlanId, SubscriptionId, TenantId, Timestamp};
use platform::{ProviderTx, TenantTx};
use rust_decimal::Decimal;

/// Rows that staff are shown; there should be none.
const LIMIT: usize = 100;

/// Notes it once; answers whether it was new.
pub async fn note(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp, meter: &str, quantity: Decimal) -> Result<bool, sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query(
        "INSERT INTO billing.usage_set_aside (tenant_id, subscription_id, segment_from, meter, quantity, set_aside_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(meter)
    .bind(quantity)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Of every organisation, newest first.
pub async fn list(tx: &mut ProviderTx) -> Result<SetAside, sqlx::Error> {
    let mut rows: Vec<(TenantId, String, Option<InstanceId>, PlanId, String, Decimal, Timestamp, Timestamp)> = sqlx::query_as(
        "SELECT u.tenant_id, a.name, s.instance_id, s.plan_id, u.meter, u.quantity, u.segment_from, u.set_aside_at
           FROM billing.usage_set_aside u
           JOIN billing.accounts a ON a.tenant_id = u.tenant_id
           JOIN billing.subscriptions s ON s.tenant_id = u.tenant_id AND s.id = u.subscription_id
          ORDER BY u.set_aside_at DESC, u.tenant_id, u.subscription_id, u.segment_from, u.meter
          LIMIT $1",
    )
    .bind(i64::try_from(LIMIT).expect("a limit is small") + 1)
    .fetch_all(&mut **tx)
    .await?;
    let more = rows.len() > LIMIT;
    rows.truncate(LIMIT);
    let rows = rows.into_iter().map(|(tenant, organisation, instance, plan, meter, quantity, from, at)| UsageSetAside {
        tenant,
        organisation,
        instance,
        plan,
        meter,
        quantity,
        from,
        at,
    });
    Ok(SetAside { rows: rows.collect(), more })
}
