//! Forgets logs of operations that ended long ago. The operations themselves stay, with how they ended.

use super::store::operations;
use platform::{Cx, Opened, fault};
use std::time::Duration;

/// How long a log is kept after its operation ended: a year and the month in which somebody asks about it.
pub const LOGS_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// Lines removed by one statement.
pub const PORTION: i64 = 5_000;
/// Portions of one sweep; the next goes on.
const PORTIONS: usize = 20;

/// Answers how many lines went. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<u64, Opened> {
    let before = cx.now().minus(LOGS_KEPT);
    let mut lines = 0;
    for _ in 0..PORTIONS {
        let mut tx = cx.system_tx().await?;
        let removed = operations::delete_log_before(&mut tx, before, PORTION).await.map_err(fault)?;
        tx.commit().await?;
        lines += removed;
        if i64::try_from(removed).unwrap_or(i64::MAX) < PORTION {
            break;
        }
    }
    if lines > 0 {
        tracing::info!(lines, "Forgot {lines} lines of old operations' logs");
    }
    Ok(lines)
}
