//! A request under an Idempotency-Key: begun once, settled with its answer or forgotten.
//!
//! The key is taken in a transaction of its own before the work starts, so that two requests at once see each other
//! whichever processes they reach. The work runs with a `Cx` that holds its change back, and the answer is written in
//! the change's own transaction: both are there or neither is. So a process that dies leaves nothing half done, and its
//! key is free after a minute. A request that takes longer than that and finds its key taken over is taken back.

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

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a change that was taken over must not be answered as made"]
pub enum Settled {
    /// Committed with its change.
    Kept,
    /// The request took so long that another took its key over: its change is taken back.
    TakenOver,
}

/// Commits the change that `cx` holds back together with its answer.
pub async fn settle(cx: &Cx, running: Running, answer: &Answer) -> Result<Settled, Opened> {
    if !answer.is_kept() {
        return forget(cx, running).await.map(|()| Settled::Kept);
    }
    let mut tx = cx.held_tx().await?;
    if !requests::save_answer(&mut tx, running.key.as_str(), running.attempt, answer).await.map_err(fault)? {
        return Ok(Settled::TakenOver);
    }
    tx.commit_unaudited("the change left its entry before it was held back").await?;
    Ok(Settled::Kept)
}

/// Frees the key: the same request may run anew. What `cx` holds back is committed: what a refusal leaves behind.
pub async fn forget(cx: &Cx, running: Running) -> Result<(), Opened> {
    let mut tx = cx.held_tx().await?;
    requests::delete(&mut tx, running.key.as_str(), running.attempt).await.map_err(fault)?;
    Ok(tx.commit_unaudited("a refusal leaves its entry by itself").await?)
}

/// Frees the key after trouble; what `cx` holds back is unmade.
pub async fn take_back(cx: &Cx, running: Running) -> Result<(), Opened> {
    cx.take_back().await?;
    forget(cx, running).await
}

/// Forgets answers that are older than a day. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    let before = tx.now().minus(KEPT_FOR);
    let answers = requests::delete_before(&mut tx, before).await.map_err(fault)?;
    tx.commit().await?;
    if answers > 0 {
        tracing::info!(answers, "Forgot {answers} answers of idempotent requests");
    }
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
