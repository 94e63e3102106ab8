//! Forgets changes of status of long ago. Uptime is computed from them, so they go only when their months are frozen, and
//! the last one before, which holds into the time that is still computed, stays.

use super::store::changes;
use platform::{Cx, Opened, fault};
use std::time::Duration;

/// How long changes are kept: every page and every window that is computed looks back much less.
pub const CHANGES_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// Rows removed by one statement.
pub const PORTION: i64 = 5_000;
/// Portions of one sweep; the next goes on.
const PORTIONS: usize = 20;

/// Answers how many went. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<u64, Opened> {
    let before = cx.now().minus(CHANGES_KEPT);
    let mut all = 0;
    for _ in 0..PORTIONS {
        let mut tx = cx.system_tx().await?;
        let removed = changes::delete_before(&mut tx, before, PORTION).await.map_err(fault)?;
        tx.commit().await?;
        all += removed;
        if i64::try_from(removed).unwrap_or(i64::MAX) < PORTION {
            break;
        }
    }
    if all > 0 {
        tracing::info!(changes = all, "Forgot {all} old changes of status");
    }
    Ok(all)
}
