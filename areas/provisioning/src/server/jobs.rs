//! Jobs of provisioning. Each carries its tenant, so that any worker can take it.

use super::{Drivers, runner};
use kernel::{Fault, OperationId, TenantId};
use platform::{Cx, Job};
use serde::{Deserialize, Serialize};

/// Carries an operation on; nothing to do when another worker has it or it is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunOperation {
    pub tenant: TenantId,
    pub operation: OperationId,
}

impl Job for RunOperation {
    const NAME: &'static str = "run_operation";
}

pub async fn handle_run_operation(cx: &Cx, drivers: &Drivers, job: RunOperation) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "provisioning", Some(job.tenant));
    runner::run_operation(&cx, drivers, job.operation, runner::LEASE).await
}
