//! The monitor: probes what tenants want watched.

use super::pause;
use platform::Cx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Due checks are looked for this often.
const ROUND: Duration = Duration::from_millis(250);

pub async fn run(_cx: Cx, stopping: CancellationToken) {
    while pause(&stopping, ROUND).await.is_ok() {}
}
