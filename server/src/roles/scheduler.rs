//! The scheduler: everything that falls due by the clock, in the order in which it has to happen.

use super::{Drivers, pause};
use kernel::{Fault, Timestamp};
use platform::{Cx, fault, lease};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

/// Billing is due to the second at most.
const ROUND: Duration = Duration::from_secs(1);
/// Another process takes over when this one was silent for this long.
const LEASE: Duration = Duration::from_secs(15);
/// Live changes are kept this long; a page that was away longer fetches everything anew.
const LIVE_KEPT: Duration = Duration::from_secs(3600);
/// Mails, with the links in them, are kept this long.
const MAIL_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Sweeping is not urgent: once in so many rounds.
const SWEEP_EVERY: u32 = 60;

pub async fn run(cx: Cx, drivers: Drivers, process: Uuid, stopping: CancellationToken) {
    let mut round = 0_u32;
    loop {
        match lease::hold(&cx, "scheduler", process, LEASE).await {
            Ok(true) => {
                if let Err(failed) = do_due_work(&cx, &drivers).await {
                    warn!("Due work could not be done: {failed}");
                }
                if round.is_multiple_of(SWEEP_EVERY)
                    && let Err(failed) = sweep(&cx).await
                {
                    warn!("Old rows could not be removed: {failed}");
                }
            }
            Ok(false) => {}
            Err(failed) => warn!("The scheduler's lease could not be asked for: {failed}"),
        }
        round = round.wrapping_add(1);
        if pause(&stopping, ROUND).await.is_err() {
            return;
        }
    }
}

/// Does what is due now; answers how many things that were. What was used is measured before periods close.
pub async fn do_due_work(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    let measured = provisioning::server::measure::measure_due(cx, drivers).await?;
    let requeued = provisioning::server::reconcile::requeue_due(cx).await?;
    Ok(measured + requeued)
}

/// The earliest moment at which something falls due: where a simulated clock stops next.
pub async fn next_due(cx: &Cx) -> Result<Option<Timestamp>, Fault> {
    Ok(None)
}

/// Removes what is no longer kept.
async fn sweep(cx: &Cx) -> Result<(), platform::Opened> {
    let mut tx = cx.system_tx().await?;
    sqlx::query("DELETE FROM hub.live_changes WHERE at < $1").bind(cx.now().minus(LIVE_KEPT)).execute(&mut *tx).await.map_err(fault)?;
    sqlx::query("DELETE FROM hub.mails WHERE at < $1").bind(cx.now().minus(MAIL_KEPT)).execute(&mut *tx).await.map_err(fault)?;
    tx.commit().await?;
    identity::server::sweep(cx).await
}
