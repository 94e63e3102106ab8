//! How people call the services that they pay for, as the services said it last.

use kernel::{InstanceId, SubscriptionId, Timestamp};
use platform::TenantTx;
use std::collections::HashMap;

/// An older name that comes late changes nothing.
pub async fn save(tx: &mut TenantTx, instance: InstanceId, name: &str, at: Timestamp) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO billing.service_names AS known
                (tenant_id, instance_id, name, named_at)
         VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, instance_id) DO UPDATE
            SET name = EXCLUDED.name,
                named_at = EXCLUDED.named_at
          WHERE known.named_at <= EXCLUDED.named_at",
    )
    .bind(tenant)
    .bind(instance)
    .bind(name)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// By subscription; none for a tier's.
pub async fn of(tx: &mut TenantTx, subscriptions: &[SubscriptionId]) -> sqlx::Result<HashMap<SubscriptionId, String>> {
    let names: Vec<(SubscriptionId, String)> = sqlx::query_as(
        "SELECT s.id,
                n.name
           FROM billing.subscriptions s
           JOIN billing.service_names n ON n.tenant_id = s.tenant_id AND n.instance_id = s.instance_id
          WHERE s.id = ANY ($1)
          LIMIT $2",
    )
    .bind(subscriptions)
    .bind(subscriptions.len() as i64)
    .fetch_all(&mut **tx)
    .await?;
    Ok(names.into_iter().collect())
}
