//! Audit entries as the transaction's role may see them: one organisation's, or all.

use crate::{filter::Filter, server::cursor::After};
use kernel::{TenantId, Timestamp};
use platform::audit::Entry;
use serde_json::Value;
use sqlx::PgConnection;

#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    pub tenant_id: TenantId,
    pub seq: i64,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: String,
    pub action: String,
    pub subject: String,
    pub details: Value,
    pub refused: bool,
    pub trace_id: String,
    pub hash: Vec<u8>,
}

impl Row {
    /// What is hashed, and the hash that was kept.
    pub fn into_entry(self) -> (Entry, Vec<u8>) {
        let entry = Entry {
            seq: self.seq,
            at: self.at,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            action: self.action,
            subject: self.subject,
            details: self.details,
            refused: self.refused,
        };
        (entry, self.hash)
    }
}

/// On a tenant's transaction or the provider's.
pub async fn list(connection: &mut PgConnection, filter: &Filter, after: Option<After>, limit: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT tenant_id,
                seq,
                at,
                actor_kind,
                actor_id,
                action,
                subject,
                details,
                refused,
                trace_id,
                hash
           FROM hub.audit_entries
          WHERE ($1::uuid IS NULL OR tenant_id = $1)
            AND ($2::text IS NULL OR actor_id = $2 OR actor_kind = $2)
            AND ($3::text IS NULL OR starts_with(action, $3))
            AND ($4::text IS NULL OR subject = $4)
            AND ($5::timestamptz IS NULL OR at >= $5)
            AND ($6::timestamptz IS NULL OR at < $6)
            AND ($7::boolean IS NULL OR refused = $7)
            AND ($8::timestamptz IS NULL OR (at, tenant_id, seq) < ($8, $9, $10))
          ORDER BY at DESC, tenant_id DESC, seq DESC
          LIMIT $11",
    )
    .bind(filter.tenant)
    .bind(&filter.actor)
    .bind(&filter.action)
    .bind(&filter.subject)
    .bind(filter.from)
    .bind(filter.to)
    .bind(filter.refused)
    .bind(after.map(|after| after.at))
    .bind(after.map(|after| after.tenant))
    .bind(after.map(|after| after.seq))
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// Number and hash of the last entry; zero and zeros where there is none.
pub async fn head(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<(i64, Vec<u8>)> {
    let head: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT audit_seq, audit_hash FROM hub.tenant_heads WHERE tenant_id = $1").bind(tenant).fetch_optional(connection).await?;
    Ok(head.unwrap_or_else(|| (0, vec![0; 32])))
}

/// Entries after `seq` up to `last`, oldest first.
pub async fn batch(connection: &mut PgConnection, tenant: TenantId, seq: i64, last: i64, limit: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT tenant_id,
                seq,
                at,
                actor_kind,
                actor_id,
                action,
                subject,
                details,
                refused,
                trace_id,
                hash
           FROM hub.audit_entries
          WHERE tenant_id = $1
            AND seq > $2
            AND seq <= $3
          ORDER BY seq
          LIMIT $4",
    )
    .bind(tenant)
    .bind(seq)
    .bind(last)
    .bind(limit)
    .fetch_all(connection)
    .await
}
