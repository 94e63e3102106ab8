//! Payments that arrived.

use crate::view::PaymentView;
use kernel::{Currency, Date, InvoiceId, Money, PaymentId, TenantId, Timestamp};
use platform::TenantTx;
use sqlx::PgConnection;

const PAYMENTS_LIMIT: i64 = 200;

/// A payment as it is recorded.
#[derive(Debug)]
pub struct NewPayment<'a> {
    pub id: PaymentId,
    pub invoice: Option<InvoiceId>,
    pub method: &'a str,
    pub reference: &'a str,
    pub amount: Money,
    pub received_on: Date,
    pub recorded_by: &'a str,
}

/// `false` where this reference was recorded before.
pub async fn insert(tx: &mut TenantTx, payment: &NewPayment<'_>) -> Result<bool, sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query(
        "INSERT INTO billing.payments
                (tenant_id, id, invoice_id, method, reference, currency, amount, received_on, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant_id, method, reference) DO NOTHING",
    )
    .bind(tenant)
    .bind(payment.id)
    .bind(payment.invoice)
    .bind(payment.method)
    .bind(payment.reference)
    .bind(payment.amount.currency)
    .bind(payment.amount.minor)
    .bind(payment.received_on)
    .bind(now)
    .bind(payment.recorded_by)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Newest first; of one invoice where it is named.
pub async fn list(tx: &mut PgConnection, tenant: TenantId, invoice: Option<InvoiceId>) -> Result<Vec<PaymentView>, sqlx::Error> {
    let rows: Vec<(PaymentId, Option<InvoiceId>, String, String, Currency, i64, Date, Timestamp)> = sqlx::query_as(
        "SELECT id, invoice_id, method, reference, currency, amount, received_on, recorded_at
           FROM billing.payments
          WHERE tenant_id = $1
            AND ($2::uuid IS NULL OR invoice_id = $2)
          ORDER BY recorded_at DESC, id DESC
          LIMIT $3",
    )
    .bind(tenant)
    .bind(invoice)
    .bind(PAYMENTS_LIMIT)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, invoice, method, reference, currency, amount, received_on, recorded_at)| PaymentView {
            id,
            invoice,
            method,
            reference,
            amount: Money::new(amount, currency),
            received_on,
            recorded_at,
        })
        .collect())
}
