//! API keys: a tenant makes, lists and revokes its own; the door finds one by its hash.

use crate::view::ApiKeyView;
use kernel::{ApiKeyId, TenantId, Timestamp};
use platform::{DoorTx, TenantTx};
use sqlx::PgConnection;
use std::collections::HashMap;

/// Keys listed, revoked ones included.
const LISTED: i64 = 200;

pub struct NewKey<'a> {
    pub id: ApiKeyId,
    pub name: &'a str,
    pub prefix: &'a str,
    pub secret_hash: Vec<u8>,
    pub scopes: &'a [&'static str],
    pub made_by: &'a str,
    pub expires_at: Option<Timestamp>,
}

/// A key that works, as the door finds it.
#[derive(Debug, sqlx::FromRow)]
pub struct Working {
    pub tenant_id: TenantId,
    pub id: ApiKeyId,
    pub scopes: Vec<String>,
    pub last_used_at: Option<Timestamp>,
}

pub async fn insert(tx: &mut TenantTx, key: &NewKey<'_>) -> sqlx::Result<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO integrations.api_keys
                (tenant_id, id, name, prefix, secret_hash, scopes, made_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(tenant)
    .bind(key.id)
    .bind(key.name)
    .bind(key.prefix)
    .bind(&key.secret_hash)
    .bind(key.scopes)
    .bind(key.made_by)
    .bind(now)
    .bind(key.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Of several that make keys at once one counts and makes after the other.
pub async fn lock_making(tx: &mut TenantTx) -> sqlx::Result<()> {
    let key = format!("api_keys:{}", tx.tenant());
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(key).execute(&mut **tx).await?;
    Ok(())
}

pub async fn count_working(tx: &mut TenantTx) -> sqlx::Result<i64> {
    let now = tx.now();
    sqlx::query_scalar("SELECT count(*) FROM integrations.api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)")
        .bind(now)
        .fetch_one(&mut **tx)
        .await
}

pub async fn find(tx: &mut TenantTx, id: ApiKeyId) -> sqlx::Result<Option<ApiKeyView>> {
    sqlx::query_as(
        "SELECT id,
                name,
                prefix,
                scopes,
                made_by,
                created_at,
                expires_at,
                revoked_at,
                last_used_at,
                last_used_address
           FROM integrations.api_keys
          WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn list(tx: &mut TenantTx) -> sqlx::Result<Vec<ApiKeyView>> {
    sqlx::query_as(
        "SELECT id,
                name,
                prefix,
                scopes,
                made_by,
                created_at,
                expires_at,
                revoked_at,
                last_used_at,
                last_used_address
           FROM integrations.api_keys
          ORDER BY revoked_at IS NOT NULL, created_at DESC, id DESC
          LIMIT $1",
    )
    .bind(LISTED)
    .fetch_all(&mut **tx)
    .await
}

pub async fn names(connection: &mut PgConnection, ids: &[ApiKeyId]) -> sqlx::Result<HashMap<ApiKeyId, String>> {
    let rows: Vec<(ApiKeyId, String)> = sqlx::query_as("SELECT id, name FROM integrations.api_keys WHERE id = ANY ($1) LIMIT $2").bind(ids).bind(LISTED).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// Answers whether it worked until now.
pub async fn revoke(tx: &mut TenantTx, id: ApiKeyId) -> sqlx::Result<bool> {
    let now = tx.now();
    let revoked = sqlx::query("UPDATE integrations.api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(revoked.rows_affected() == 1)
}

pub async fn find_working(tx: &mut DoorTx, secret_hash: &[u8]) -> sqlx::Result<Option<Working>> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT tenant_id,
                id,
                scopes,
                last_used_at
           FROM integrations.api_keys
          WHERE secret_hash = $1
            AND revoked_at IS NULL
            AND (expires_at IS NULL OR expires_at > $2)
          LIMIT 1",
    )
    .bind(secret_hash)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn save_used(tx: &mut DoorTx, tenant: TenantId, id: ApiKeyId, address: &str) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query("UPDATE integrations.api_keys SET last_used_at = $3, last_used_address = $4 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .bind(now)
        .bind(address)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
