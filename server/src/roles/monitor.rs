//! The monitor: probes what tenants want watched. Due checks are claimed by row locks, so any number of copies share them.

use platform::Cx;
use tokio_util::sync::CancellationToken;

pub async fn run(cx: Cx, stopping: CancellationToken) {
    monitoring::server::prober::run(cx, stopping.cancelled_owned()).await;
}
