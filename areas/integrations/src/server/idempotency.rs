//! A request under an Idempotency-Key: begun once, settled with its answer or forgotten.
//!
//! The key is taken in a transaction of its own before the work starts, so that two requests at once see each other
//! whichever processes they reach. A process that dies holds it for a minute; then the work may run again, which use
//! cases bear because clients choose the ids of what they make.

use super::store::requests::{self, Request};
use crate::idempotency::{Answer, IdempotencyKey, KEPT_FOR, LOST_AFTER};
use kernel::Need;
use platform::{Cx, Opened, fault};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A request that holds its key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "settle it with its answer, or forget it"]
pub struct Running {
    key: IdempotencyKey,
    attempt: Uuid,
}

/// What a request under a key is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Run, then settle or forget.
    Run(Running),
    /// Give this answer again, with `Idempotent-Replayed: true`.
    Again(Answer),
    /// The key stands for another request: 422.
    OtherRequest,
    /// The first one still runs: 409.
    InFlight,
}

/// What makes two requests the same. Lengths in front keep parts from running into each other.
fn fingerprint(method: &str, path_and_query: &str, body: &[u8]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in [method.as_bytes(), path_and_query.as_bytes(), body] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

/// Takes the key in the caller's organisation.
pub async fn begin(cx: &Cx, key: IdempotencyKey, method: &str, path_and_query: &str, body: &[u8]) -> Result<Begun, Opened> {
    let fingerprint = fingerprint(method, path_and_query, body);
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    let now = tx.now();
    let attempt = cx.new_uuid();
    let mine = Request { key: key.as_str(), fingerprint: &fingerprint, attempt };
    if requests::insert(&mut tx, &mine).await.map_err(fault)? {
        tx.commit_unaudited("the request itself leaves the entry").await?;
        return Ok(Begun::Run(Running { key, attempt }));
    }
    let Some(before) = requests::lock(&mut tx, key.as_str()).await.map_err(fault)? else {
        // Forgotten between the two statements: as good as in flight, and the client tries again.
        return Ok(Begun::InFlight);
    };
    let age = now.since(before.begun_at);
    let begun = if age >= KEPT_FOR || (before.answer.is_none() && age >= LOST_AFTER && before.fingerprint == fingerprint) {
        requests::take_over(&mut tx, &mine).await.map_err(fault)?;
        Begun::Run(Running { key, attempt })
    } else if before.fingerprint != fingerprint {
        Begun::OtherRequest
    } else {
        before.answer.map_or(Begun::InFlight, Begun::Again)
    };
    tx.commit_unaudited("the request itself leaves the entry").await?;
    Ok(begun)
}

/// Keeps the answer, or frees the key where it is one that is not kept. Does nothing when another took the key over.
pub async fn settle(cx: &Cx, running: Running, answer: &Answer) -> Result<(), Opened> {
    if !answer.is_kept() {
        return forget(cx, running).await;
    }
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    requests::save_answer(&mut tx, running.key.as_str(), running.attempt, answer).await.map_err(fault)?;
    Ok(tx.commit_unaudited("the request itself left the entry").await?)
}

/// Frees the key: the same request may run anew.
pub async fn forget(cx: &Cx, running: Running) -> Result<(), Opened> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    requests::delete(&mut tx, running.key.as_str(), running.attempt).await.map_err(fault)?;
    Ok(tx.commit_unaudited("nothing was changed").await?)
}

/// Hourly: forgets answers that are older than a day. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    let before = tx.now().minus(KEPT_FOR);
    let answers = requests::delete_before(&mut tx, before).await.map_err(fault)?;
    tx.commit().await?;
    tracing::info!(answers, "Forgot {answers} answers of idempotent requests");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_makes_another_request() {
        let same = fingerprint("POST", "/api/v1/instances", b"{}");
        assert_eq!(same, fingerprint("POST", "/api/v1/instances", b"{}"));
        for other in [fingerprint("PUT", "/api/v1/instances", b"{}"), fingerprint("POST", "/api/v1/instances?x", b"{}"), fingerprint("POST", "/api/v1/instances{", b"}")] {
            assert_ne!(same, other);
        }
    }
}
