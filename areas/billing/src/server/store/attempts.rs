//! Payment attempts through a gateway, written before anything leaves.

use kernel::{Currency, InvoiceId, Money, PaymentId, TenantId, Timestamp};
use platform::{SystemTx, TenantTx};

/// One attempt.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Attempt {
    pub id: PaymentId,
    pub invoice_id: InvoiceId,
    pub key: String,
    pub gateway: String,
    pub currency: Currency,
    pub amount: i64,
    pub state: String,
    pub gateway_reference: Option<String>,
}

impl Attempt {
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
}

const COLUMNS: &str = "id, invoice_id, key, gateway, currency, amount, state, gateway_reference";

/// `false` where an attempt of this key, or one that is still under way for the invoice, is there.
pub async fn insert(tx: &mut TenantTx, attempt: &Attempt, look_at: Timestamp) -> Result<bool, sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query(
        "INSERT INTO billing.payment_attempts (tenant_id, id, invoice_id, key, gateway, currency, amount, state, at, look_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'sending', $8, $9)
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(attempt.id)
    .bind(attempt.invoice_id)
    .bind(&attempt.key)
    .bind(&attempt.gateway)
    .bind(attempt.currency)
    .bind(attempt.amount)
    .bind(now)
    .bind(look_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn by_key(tx: &mut TenantTx, key: &str) -> Result<Option<Attempt>, sqlx::Error> {
    let tenant = tx.tenant();
    let sql = format!("SELECT {COLUMNS} FROM billing.payment_attempts WHERE tenant_id = $1 AND key = $2");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(key).fetch_optional(&mut **tx).await
}

pub async fn lock(tx: &mut TenantTx, id: PaymentId) -> Result<Option<Attempt>, sqlx::Error> {
    let tenant = tx.tenant();
    let sql = format!("SELECT {COLUMNS} FROM billing.payment_attempts WHERE tenant_id = $1 AND id = $2 FOR UPDATE");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(id).fetch_optional(&mut **tx).await
}

pub async fn save_outcome(
    tx: &mut TenantTx,
    id: PaymentId,
    state: &str,
    reference: Option<&str>,
    decline: Option<&str>,
    look_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.payment_attempts
            SET state = $3,
                gateway_reference = coalesce($4, gateway_reference),
                decline = $5,
                look_at = $6
          WHERE tenant_id = $1
            AND id = $2",
    )
    .bind(tenant)
    .bind(id)
    .bind(state)
    .bind(reference)
    .bind(decline)
    .bind(look_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Attempts whose outcome is to be asked for by `now`.
pub async fn due(tx: &mut SystemTx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, PaymentId)>, sqlx::Error> {
    sqlx::query_as("SELECT tenant_id, id FROM billing.payment_attempts WHERE look_at <= $1 ORDER BY look_at, id LIMIT $2")
        .bind(now)
        .bind(limit)
        .fetch_all(&mut **tx)
        .await
}

pub async fn next_due(tx: &mut SystemTx) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(look_at) FROM billing.payment_attempts WHERE look_at IS NOT NULL").fetch_one(&mut **tx).await
}
