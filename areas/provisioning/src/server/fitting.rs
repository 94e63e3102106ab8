//! Whether an instance as it is fits another plan.

use super::{
    change_plan::BYTES_PER_GB,
    errors::ChangeError,
    store::measurements,
    terms::PlanFacts,
};
use kernel::InstanceId;
use platform::TenantTx;
use serde_json::Value;

/// The configuration with the plan's defaults, if plan and configuration fit together and the plan allows what is used now.
pub(super) async fn fitting(tx: &mut TenantTx, instance: InstanceId, plan: &PlanFacts, configuration: Value) -> Result<Value, ChangeError> {
    let configuration = plan.validate(configuration).map_err(ChangeError::Fields)?;
    let Some((_, storage_bytes, connections)) = measurements::last(tx, instance).await? else { return Ok(configuration) };
    let checks = [
        ("storage_bytes", storage_bytes, plan.limit("storage_gb").map(|gb| gb.saturating_mul(BYTES_PER_GB))),
        ("connections", connections, plan.limit("connections")),
    ];
    for (meter, used, limit) in checks {
        if let Some(limit) = limit.filter(|limit| used > *limit) {
            return Err(ChangeError::BelowUse { meter: meter.to_owned(), used, limit });
        }
    }
    Ok(configuration)
}
