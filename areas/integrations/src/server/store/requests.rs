//! What Idempotency-Keys stand for.

use crate::idempotency::Answer;
use kernel::Timestamp;
use platform::{SystemTx, TenantTx};
use sqlx::types::Json;
use uuid::Uuid;

pub struct Request<'a> {
    pub key: &'a str,
    pub fingerprint: &'a [u8],
    pub attempt: Uuid,
}

pub struct Before {
    pub fingerprint: Vec<u8>,
    pub begun_at: Timestamp,
    pub answer: Option<Answer>,
}

/// False when the key is taken. Waits for another transaction that is just taking it.
pub async fn insert(tx: &mut TenantTx, request: &Request<'_>) -> sqlx::Result<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let inserted = sqlx::query(
        "INSERT INTO integrations.requests (tenant_id, key, fingerprint, attempt, begun_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, key) DO NOTHING",
    )
    .bind(tenant)
    .bind(request.key)
    .bind(request.fingerprint)
    .bind(request.attempt)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

type Row = (Vec<u8>, Timestamp, Option<i16>, Option<Json<Vec<(String, String)>>>, Option<Vec<u8>>);

pub async fn lock(tx: &mut TenantTx, key: &str) -> sqlx::Result<Option<Before>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT fingerprint,
                begun_at,
                status,
                headers,
                body
           FROM integrations.requests
          WHERE key = $1
            FOR UPDATE",
    )
    .bind(key)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(fingerprint, begun_at, status, headers, body)| {
        let answer = match (status.and_then(|status| u16::try_from(status).ok()), headers, body) {
            (Some(status), Some(Json(headers)), Some(body)) => Some(Answer { status, headers, body }),
            _ => None,
        };
        Before { fingerprint, begun_at, answer }
    }))
}

pub async fn take_over(tx: &mut TenantTx, request: &Request<'_>) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query(
        "UPDATE integrations.requests
            SET fingerprint = $2,
                attempt = $3,
                begun_at = $4,
                status = NULL,
                headers = NULL,
                body = NULL
          WHERE key = $1",
    )
    .bind(request.key)
    .bind(request.fingerprint)
    .bind(request.attempt)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// False when another attempt took the key over.
pub async fn save_answer(tx: &mut TenantTx, key: &str, attempt: Uuid, answer: &Answer) -> sqlx::Result<bool> {
    let saved = sqlx::query(
        "UPDATE integrations.requests
            SET status = $3,
                headers = $4,
                body = $5
          WHERE key = $1
            AND attempt = $2",
    )
    .bind(key)
    .bind(attempt)
    .bind(i16::try_from(answer.status).unwrap_or(i16::MAX))
    .bind(Json(&answer.headers))
    .bind(&answer.body)
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

pub async fn delete(tx: &mut TenantTx, key: &str, attempt: Uuid) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM integrations.requests WHERE key = $1 AND attempt = $2 AND status IS NULL")
        .bind(key)
        .bind(attempt)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete_before(tx: &mut SystemTx, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM integrations.requests WHERE begun_at < $1").bind(before).execute(&mut **tx).await?.rows_affected())
}
