//! Going through a whole chain: each entry follows from the one before, and the head says where it ends.

use super::{entries::AuditError, store::entries as store};
use crate::view::Verified;
use kernel::{Need, TenantId};
use platform::{Cx, audit::Entry};
use sqlx::PgConnection;

/// Entries read at once.
const BATCH: i64 = 1000;

/// The caller's own organisation's chain.
pub async fn verify(cx: &Cx) -> Result<Verified, AuditError> {
    let mut tx = cx.tenant_tx(Need::AUDIT_READ).await?;
    let tenant = tx.tenant();
    Ok(go_through(&mut tx, tenant).await?)
}

/// Any organisation's, for the provider's staff.
pub async fn verify_for_staff(cx: &Cx, tenant: TenantId) -> Result<Verified, AuditError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    Ok(go_through(&mut tx, tenant).await?)
}

/// Where the chain stands while it is gone through.
struct Chain {
    entries: i64,
    hash: Vec<u8>,
}

impl Chain {
    /// Whether the entry follows from the one before.
    fn follows(&mut self, entry: &Entry, hash: &[u8]) -> bool {
        let holds = entry.seq == self.entries + 1 && entry.hash(&self.hash) == hash;
        if holds {
            self.entries += 1;
            self.hash = hash.to_vec();
        }
        holds
    }

    fn end(self, broken_at: Option<i64>) -> Verified {
        Verified { entries: self.entries, head: hex::encode(self.hash), broken_at }
    }
}

async fn go_through(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<Verified> {
    // The head first: entries that are written meanwhile stand behind it.
    let (head_seq, head_hash) = store::head(connection, tenant).await?;
    let mut chain = Chain { entries: 0, hash: vec![0; 32] };
    while chain.entries < head_seq {
        let batch = store::batch(connection, tenant, chain.entries, head_seq, BATCH).await?;
        if batch.is_empty() {
            let missing = chain.entries + 1;
            return Ok(chain.end(Some(missing)));
        }
        for row in batch {
            let (entry, hash) = row.into_entry();
            if !chain.follows(&entry, &hash) {
                let broken = chain.entries + 1;
                return Ok(chain.end(Some(broken)));
            }
        }
    }
    let broken = (chain.hash != head_hash).then_some(chain.entries);
    Ok(chain.end(broken))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64) -> Entry {
        Entry {
            seq,
            at: kernel::Timestamp::from_seconds(1_767_225_600),
            actor_kind: "person".into(),
            actor_id: "per_x".into(),
            action: "a.b".into(),
            subject: "s".into(),
            details: serde_json::json!({}),
            refused: false,
        }
    }

    #[test]
    fn an_entry_follows_from_the_one_before_and_from_nothing_else() {
        let mut chain = Chain { entries: 0, hash: vec![0; 32] };
        let first = entry(1).hash(&[0; 32]);
        assert!(!chain.follows(&entry(2), &entry(2).hash(&[0; 32])), "a number is missing");
        assert!(!chain.follows(&entry(1), &[0; 32]), "the hash is another");
        assert!(chain.follows(&entry(1), &first));
        assert!(!chain.follows(&entry(2), &entry(2).hash(&[0; 32])), "it follows from something else");
        assert!(chain.follows(&entry(2), &entry(2).hash(&first)));
    }
}
