//! The end of every changing transaction: its entry in the tenant's hash chain and its live changes, numbered without
//! gaps under the lock of the tenant's head row.
//!
//! `h(n) = SHA-256(0x00 || h(n-1) || JCS(entry))`, from 32 zero bytes. Entries hold strings, booleans, integers that every
//! JSON reader keeps exactly, and lists and objects of these: for them sorted keys and serde_json's escapes are RFC 8785's
//! canonical form. What customers type may hold other things, so it is made to fit before it is hashed (`fitting`):
//! otherwise PostgreSQL would give back something else than was hashed, and a sound chain would look broken.

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
    /// What is hashed.
    pub fn to_json(&self) -> Value {
        json!({
            "seq": self.seq,
            "at": self.at,
            "actor": { "kind": self.actor_kind, "id": self.actor_id },
            "action": self.action,
            "subject": self.subject,
            "details": self.details,
            "refused": self.refused,
        })
    }

    pub fn hash(&self, previous: &[u8]) -> [u8; 32] {
        hash(previous, &self.to_json())
    }
}

/// `SHA-256(0x00 || previous || JCS(entry))`, with which anybody can go through a chain that they were given.
pub fn hash(previous: &[u8], entry: &Value) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([0_u8]);
    hasher.update(previous);
    hasher.update(canonical(entry));
    hasher.finalize().into()
}

/// RFC 8785 canonical JSON, for what entries hold.
fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// Keys sorted by their UTF-16 code units (RFC 8785, 3.2.3).
fn write(value: &Value, into: &mut String) {
    match value {
        Value::Array(items) => {
            into.push('[');
            for (index, item) in items.iter().enumerate() {
                into.push_str(if index > 0 { "," } else { "" });
                write(item, into);
            }
            into.push(']');
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            into.push('{');
            for (index, (name, item)) in entries.into_iter().enumerate() {
                into.push_str(if index > 0 { "," } else { "" });
                into.push_str(&Value::from(name.as_str()).to_string());
                into.push(':');
                write(item, into);
            }
            into.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => into.push_str(&value.to_string()),
    }
}

/// Numbers that not every reader keeps exactly become texts, and the one character that PostgreSQL does not keep a blank.
fn fitting(value: Value) -> Value {
    /// ECMAScript's `Number.MAX_SAFE_INTEGER`.
    const SAFE: u64 = (1 << 53) - 1;
    match value {
        Value::Number(number) if number.as_i64().is_none_or(|integer| integer.unsigned_abs() > SAFE) => Value::String(number.to_string()),
        Value::String(text) => Value::String(text.replace('\0', "\u{fffd}")),
        Value::Array(items) => items.into_iter().map(fitting).collect(),
        Value::Object(entries) => entries.into_iter().map(|(name, item)| (name.replace('\0', "\u{fffd}"), fitting(item))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
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
    if let Some(note) = note {
        chain(connection, cx, tenant, note).await?;
    }
    if live.is_empty() { Ok(None) } else { show(connection, cx, tenant, &live).await.map(Some) }
}

/// Adds the entry to the tenant's chain, whose end is locked from here on.
async fn chain(connection: &mut PgConnection, cx: &Cx, tenant: TenantId, note: Note) -> Result<(), Fault> {
    let (seq, before): (i64, Vec<u8>) = sqlx::query_as(
        "INSERT INTO hub.tenant_heads AS h (tenant_id, audit_seq)
         VALUES ($1, 1)
         ON CONFLICT (tenant_id) DO UPDATE SET audit_seq = h.audit_seq + 1
         RETURNING audit_seq, audit_hash",
    )
    .bind(tenant.uuid())
    .fetch_one(&mut *connection)
    .await
    .map_err(fault)?;
    let entry = Entry {
        seq,
        at: cx.now(),
        actor_kind: cx.actor().kind().to_owned(),
        actor_id: cx.actor().id(),
        action: note.action.to_owned(),
        subject: note.subject,
        details: fitting(note.details),
        refused: note.refused,
    };
    let hash = entry.hash(&before).to_vec();
    sqlx::query(
        "WITH head AS (UPDATE hub.tenant_heads SET audit_hash = $11 WHERE tenant_id = $1)
         INSERT INTO hub.audit_entries
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
    Ok(())
}

/// Writes the live changes behind those that the tenant has; answers the last one's number.
async fn show(connection: &mut PgConnection, cx: &Cx, tenant: TenantId, live: &[Live]) -> Result<i64, Fault> {
    let what: Vec<Value> = live.iter().map(|what| serde_json::to_value(what).expect("live changes serialise")).collect();
    sqlx::query_scalar(
        "WITH head AS (
             INSERT INTO hub.tenant_heads AS h (tenant_id, live_seq)
             VALUES ($1, cardinality($3::jsonb[]))
             ON CONFLICT (tenant_id) DO UPDATE SET live_seq = h.live_seq + excluded.live_seq
             RETURNING live_seq
         ), shown AS (
             INSERT INTO hub.live_changes (tenant_id, seq, at, what)
             SELECT $1, head.live_seq - cardinality($3) + place, $2, what
               FROM head, unnest($3) WITH ORDINALITY AS l (what, place)
         )
         SELECT live_seq FROM head",
    )
    .bind(tenant.uuid())
    .bind(cx.now())
    .bind(what)
    .fetch_one(connection)
    .await
    .map_err(fault)
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
            canonical(&entry(1).to_json()),
            "{\"action\":\"a.b\",\"actor\":{\"id\":\"per_x\",\"kind\":\"person\"},\"at\":\"2026-01-01T00:00:00Z\",\
             \"details\":{\"a\":\"é\\n\",\"z\":1},\"refused\":false,\"seq\":1,\"subject\":\"s\"}"
        );
    }

    #[test]
    fn keys_are_sorted_as_utf_16_at_every_depth() {
        let mut one = entry(1);
        one.details = json!({"\u{10000}": {"b": [1, {"z": true, "a": null}], "a": 2}, "\u{e000}": "x"});
        let text = canonical(&one.to_json());
        assert!(text.contains("\"details\":{\"\u{10000}\":{\"a\":2,\"b\":[1,{\"a\":null,\"z\":true}]},\"\u{e000}\":\"x\"}"), "{text}");
    }

    #[test]
    fn what_no_reader_or_database_keeps_as_it_is_becomes_text() {
        let given = json!({"n": -0.0, "big": u64::MAX, "least": -(1_i64 << 53), "fits": (1_i64 << 53) - 1, "text": "a\u{0}b", "list": [0.5, 7]});
        let kept = json!({"n": "-0.0", "big": "18446744073709551615", "least": "-9007199254740992", "fits": 9_007_199_254_740_991_i64, "text": "a\u{fffd}b", "list": ["0.5", 7]});
        assert_eq!(fitting(given), kept);
    }
}
