//! Going through a whole chain: each entry follows from the one before, and the head says where it ends.

use super::{entries::AuditError, store::entries as store};
use crate::view::Verified;
use kernel::{Need, TenantId};
use platform::Cx;
use sqlx::PgConnection;

/// Entries read at once.
pub(super) const BATCH: i64 = 1000;

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
pub(super) struct Chain {
    entries: i64,
    hash: Vec<u8>,
}

impl Default for Chain {
    fn default() -> Self {
        Self { entries: 0, hash: vec![0; 32] }
    }
}

impl Chain {
    /// Whether the entry of that number follows from the one before.
    pub fn follows(&mut self, seq: i64, made: impl FnOnce(&[u8]) -> [u8; 32], kept: &[u8]) -> bool {
        let holds = seq == self.entries + 1 && made(&self.hash) == kept;
        if holds {
            self.entries += 1;
            self.hash = kept.to_vec();
        }
        holds
    }

    pub fn ends_at(&self, seq: i64, hash: &[u8]) -> bool {
        (self.entries, self.hash.as_slice()) == (seq, hash)
    }

    pub fn whole(self) -> Verified {
        Verified { entries: self.entries, head: hex::encode(self.hash), broken_at: None }
    }

    /// At the entry that should have come next.
    pub fn broken(self) -> Verified {
        Verified { broken_at: Some(self.entries + 1), ..self.whole() }
    }
}

async fn go_through(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<Verified> {
    // The head first: entries that are written meanwhile stand behind it.
    let (head_seq, head_hash) = store::head(connection, tenant).await?;
    let mut chain = Chain::default();
    while chain.entries < head_seq {
        let batch = store::batch(connection, tenant, chain.entries, head_seq, BATCH).await?;
        if batch.is_empty() {
            return Ok(chain.broken());
        }
        for row in batch {
            let (entry, hash) = row.into_entry();
            if !chain.follows(entry.seq, |previous| entry.hash(previous), &hash) {
                return Ok(chain.broken());
            }
        }
    }
    Ok(if chain.ends_at(head_seq, &head_hash) { chain.whole() } else { chain.broken() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_follows_from_the_one_before_and_from_nothing_else() {
        let hash = |seq: u8| move |previous: &[u8]| platform::audit::hash(previous, &serde_json::json!({ "seq": seq }));
        let mut chain = Chain::default();
        let first = hash(1)(&[0; 32]);
        assert!(!chain.follows(2, hash(2), &hash(2)(&[0; 32])), "a number is missing");
        assert!(!chain.follows(1, hash(1), &[0; 32]), "the hash is another");
        assert!(chain.follows(1, hash(1), &first));
        assert!(!chain.follows(2, hash(2), &hash(2)(&[0; 32])), "it follows from something else");
        assert!(chain.follows(2, hash(2), &hash(2)(&first)));
        assert!(!chain.ends_at(1, &first), "entries behind the head");
    }
}
