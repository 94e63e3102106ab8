//! Attempts counted in PostgreSQL, so that the limits hold across all processes.

use crate::{attempts::{self, Limit}, server::store};
use kernel::Fault;
use platform::{Cx, fault};
use std::time::Duration;

/// Counts one attempt against each limit before anything is looked at; answers how long to wait where one is reached.
/// Committed on its own: what happens afterwards does not take it back.
pub async fn count(cx: &Cx, limits: &[(Limit, &str)]) -> Result<Result<(), Duration>, Fault> {
    let now = cx.now();
    let mut tx = cx.door_tx().await?;
    let mut longest: Option<Duration> = None;
    for (limit, subject) in limits {
        let before = store::attempts::lock(&mut tx, limit.what, subject, now).await.map_err(fault)?;
        let (tally, outcome) = attempts::attempt(*limit, before, now);
        store::attempts::save(&mut tx, limit.what, subject, tally).await.map_err(fault)?;
        if let Err(wait) = outcome {
            longest = longest.max(Some(wait));
        }
    }
    tx.commit().await?;
    Ok(longest.map_or(Ok(()), Err))
}

/// An address's own tally, for the calls that count it.
pub fn address(cx: &Cx) -> String {
    attempts::address_key(cx.address())
}

/// Whole seconds, rounded up: what is told to whoever must wait.
pub fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
