//! Forgets usage events of long ago. Invoices keep what they were charged for with each line's derivation; the events are read
//! again only while late usage of their term is still taken, and before that is over none of them goes.

use super::store::usage;
use platform::{Cx, Opened, fault};
use std::time::Duration;

/// How long events are kept at least: a year and the month in which somebody asks about it.
pub const EVENTS_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// Events removed by one statement.
pub const PORTION: i64 = 5_000;
/// Portions of one sweep; the next goes on.
const PORTIONS: usize = 20;

/// Answers how many went. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<u64, Opened> {
    let before = cx.now().minus(EVENTS_KEPT);
    let mut all = 0;
    for _ in 0..PORTIONS {
        let mut tx = cx.system_tx().await?;
        let removed = usage::delete_nowhere(&mut tx, before, PORTION).await.map_err(fault)?;
        tx.commit().await?;
        all += removed;
        if i64::try_from(removed).unwrap_or(i64::MAX) < PORTION {
            break;
        }
    }
    for _ in 0..PORTIONS {
        let mut tx = cx.system_tx().await?;
        let Some(segment) = usage::segment_to_forget(&mut tx, before).await.map_err(fault)? else { break };
        let removed = usage::delete_of_segment(&mut tx, segment, PORTION).await.map_err(fault)?;
        if i64::try_from(removed).unwrap_or(i64::MAX) < PORTION {
            usage::mark_forgotten(&mut tx, segment).await.map_err(fault)?;
        }
        tx.commit().await?;
        all += removed;
    }
    if all > 0 {
        tracing::info!(events = all, "Forgot {all} old usage events");
    }
    Ok(all)
}
