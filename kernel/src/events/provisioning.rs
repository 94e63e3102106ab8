//! What happened to service instances.
use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The backend runs it for the first time: billing begins.
    InstanceReady { tenant: TenantId, instance: InstanceId, plan: PlanId, at: Timestamp },
    /// Another plan is in force on the backend.
    PlanChanged { tenant: TenantId, instance: InstanceId, from: PlanId, to: PlanId, at: Timestamp },
    /// Its deletion was asked for: billing ends.
    InstanceDeleted { tenant: TenantId, instance: InstanceId, at: Timestamp },
    /// Taken back within its grace period: billing goes on.
    InstanceRestored { tenant: TenantId, instance: InstanceId, plan: PlanId, at: Timestamp },
    OperationFailed { tenant: TenantId, instance: InstanceId, operation: OperationId, at: Timestamp },
}
