//! Jobs of provisioning. Each carries its tenant, so that any worker can take it.

use super::{Drivers, runner};
use kernel::{Fault, InstanceId, OperationId, TenantId};
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

/// Begins to remove a deleted instance for good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PurgeInstance {
    pub tenant: TenantId,
    pub instance: InstanceId,
}

impl Job for PurgeInstance {
    const NAME: &'static str = "purge_instance";
}

pub async fn handle_purge_instance(cx: &Cx, job: PurgeInstance) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "provisioning", Some(job.tenant));
    super::purge_instance(&cx, job.instance).await
}
