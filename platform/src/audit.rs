//! The end of every changing transaction: its entry in the tenant's hash chain and its live changes, numbered without
//! gaps under the lock of the tenant's head row.
//!
//! `h(n) = SHA-256(0x00 || h(n-1) || JCS(entry))`, from 32 zero bytes. Entries hold strings, integers, booleans and
//! nested objects of these only, for which sorted keys and serde_json's escapes are RFC 8785's canonical form.

use crate::{Cx, fault};
use kernel::{Fault, TenantId, Timestamp, live::Live};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

pub(crate) struct Note {
    pub action: &'static str,
    pub subject: String,
    pub details: Value,
    pub refused: bool,
}

/// One entry as it is hashed and shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub seq: i64,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: String,
    pub action: String,
    pub subject: String,
    pub details: Value,
    pub refused: bool,
}

impl Entry {
    /// RFC 8785 canonical JSON of what is hashed.
    pub fn canonical(&self) -> String {
        // serde_json's map keeps keys sorted (feature preserve_order is off), at every depth.
        json!({
            "seq": self.seq,
            "at": self.at,
            "actor": { "kind": self.actor_kind, "id": self.actor_id },
            "action": self.action,
            "subject": self.subject,
            "details": self.details,
            "refused": self.refused,
        })
        .to_string()
    }

    pub fn hash(&self, previous: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update([0_u8]);
        hasher.update(previous);
        hasher.update(self.canonical());
        hasher.finalize().into()
    }
}

/// Writes the entry and the live changes; answers the live number to notify of, if there is one.
pub(crate) async fn seal(
    connection: &mut PgConnection,
    cx: &Cx,
    tenant: TenantId,
    note: Option<Note>,
    live: Vec<Live>,
) -> Result<Option<i64>, Fault> {
    if note.is_none() && live.is_empty() {
        return Ok(None);
    }
    sqlx::query("INSERT INTO hub.tenant_heads (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(tenant.uuid())
        .execute(&mut *connection)
        .await
        .map_err(fault)?;
    let (mut audit_seq, mut audit_hash, mut live_seq): (i64, Vec<u8>, i64) =
        sqlx::query_as("SELECT audit_seq, audit_hash, live_seq FROM hub.tenant_heads WHERE tenant_id = $1 FOR UPDATE")
            .bind(tenant.uuid())
            .fetch_one(&mut *connection)
            .await
            .map_err(fault)?;
    let now = cx.now();

    if let Some(note) = note {
        audit_seq += 1;
        let entry = Entry {
            seq: audit_seq,
            at: now,
            actor_kind: cx.actor().kind().to_owned(),
            actor_id: cx.actor().id(),
            action: note.action.to_owned(),
            subject: note.subject,
            details: note.details,
            refused: note.refused,
        };
        let hash = entry.hash(&audit_hash).to_vec();
        sqlx::query(
            "INSERT INTO hub.audit_entries
                    (tenant_id, seq, at, actor_kind, actor_id, action, subject, details, refused, trace_id, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(tenant.uuid())
        .bind(entry.seq)
        .bind(entry.at)
        .bind(&entry.actor_kind)
        .bind(&entry.actor_id)
        .bind(&entry.action)
        .bind(&entry.subject)
        .bind(&entry.details)
        .bind(entry.refused)
        .bind(cx.trace())
        .bind(&hash)
        .execute(&mut *connection)
        .await
        .map_err(fault)?;
        audit_hash = hash;
    }

    for what in &live {
        live_seq += 1;
        sqlx::query("INSERT INTO hub.live_changes (tenant_id, seq, at, what) VALUES ($1, $2, $3, $4)")
            .bind(tenant.uuid())
            .bind(live_seq)
            .bind(now)
            .bind(serde_json::to_value(what).expect("live changes serialise"))
            .execute(&mut *connection)
            .await
            .map_err(fault)?;
    }

    sqlx::query("UPDATE hub.tenant_heads SET audit_seq = $2, audit_hash = $3, live_seq = $4 WHERE tenant_id = $1")
        .bind(tenant.uuid())
        .bind(audit_seq)
        .bind(&audit_hash)
        .bind(live_seq)
        .execute(connection)
        .await
        .map_err(fault)?;
    Ok((!live.is_empty()).then_some(live_seq))
}

/// The first entry that does not follow from the one before it, if the chain is broken.
pub fn first_break<'a>(entries: impl IntoIterator<Item = (&'a Entry, &'a [u8])>) -> Option<i64> {
    let mut previous = vec![0_u8; 32];
    for (expected, (entry, hash)) in (1_i64..).zip(entries) {
        if entry.seq != expected || entry.hash(&previous) != hash {
            return Some(expected);
        }
        previous = hash.to_vec();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64) -> Entry {
        Entry {
            seq,
            at: Timestamp::from_seconds(1_767_225_600),
            actor_kind: "person".into(),
            actor_id: "per_x".into(),
            action: "a.b".into(),
            subject: "s".into(),
            details: json!({"z": 1, "a": "\u{e9}\n"}),
            refused: false,
        }
    }

    #[test]
    fn canonical_form_sorts_keys_and_escapes_as_rfc_8785() {
        assert_eq!(
            entry(1).canonical(),
            "{\"action\":\"a.b\",\"actor\":{\"id\":\"per_x\",\"kind\":\"person\"},\"at\":\"2026-01-01T00:00:00Z\",\
             \"details\":{\"a\":\"é\\n\",\"z\":1},\"refused\":false,\"seq\":1,\"subject\":\"s\"}"
        );
    }

    #[test]
    fn a_changed_entry_breaks_the_chain_where_it_stands() {
        let (mut one, two) = (entry(1), entry(2));
        let first = one.hash(&[0; 32]);
        let second = two.hash(&first);
        assert_eq!(first_break([(&one, &first[..]), (&two, &second[..])]), None);
        one.subject = "t".into();
        assert_eq!(first_break([(&one, &first[..]), (&two, &second[..])]), Some(1));
        assert_eq!(first_break([(&two, &second[..])]), Some(1));
    }
}
