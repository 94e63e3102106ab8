//! The reconciler: compares every instance with its backend for as long as the instance lives.

use super::{Drivers, pause};
use platform::{Cx, lease};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

/// Drift is seen and repaired within a minute: two rounds and the operation fit.
const ROUND: Duration = Duration::from_secs(10);
/// One process reconciles at a time; another takes over when it was silent for this long.
const LEASE: Duration = Duration::from_secs(30);

pub async fn run(cx: Cx, drivers: Drivers, process: Uuid, stopping: CancellationToken) {
    loop {
        match lease::hold(&cx, "reconciler", process, LEASE).await {
            Ok(true) => {
                if let Err(failed) = provisioning::server::reconcile::reconcile_due(&cx, &drivers).await {
                    warn!("Instances could not be compared with their backends: {failed}");
                }
            }
            Ok(false) => {}
            Err(failed) => warn!("The reconciler's lease could not be asked for: {failed}"),
        }
        if pause(&stopping, ROUND).await.is_err() {
            return;
        }
    }
}
