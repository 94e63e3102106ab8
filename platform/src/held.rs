//! A request's change, held back until its answer is kept with it.
//!
//! Under an idempotency key the change and the answer that repeats get stand or fall together, or a process that is
//! killed between the two runs the request twice. Use cases commit by themselves; where their `Cx` holds, a commit
//! writes everything and leaves the transaction open. Whoever asked for the hold takes it up (`Cx::held_tx`), adds the
//! answer and commits for good, or takes the change back (`Cx::take_back`). Dropped, it was never made.
//!
//! One change is held at a time: opening another transaction commits the one before, which then stands by itself.

use crate::fault;
use kernel::{Fault, TenantId};
use sqlx::{Postgres, Transaction};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) type Change = (TenantId, Transaction<'static, Postgres>);

/// Shared by the clones of one request's `Cx`.
#[derive(Clone, Default)]
pub(crate) struct Held(Arc<Mutex<Option<Change>>>);

impl Held {
    pub fn put(&self, change: Change) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(change);
    }

    pub fn take(&self) -> Option<Change> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Commits what is held: the request goes on to something else.
    pub async fn release(&self) -> Result<(), Fault> {
        match self.take() {
            Some((_, change)) => change.commit().await.map_err(fault),
            None => Ok(()),
        }
    }
}
