//! What happened to service instances.
use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The backend runs it for the first time: billing begins.
    InstanceReady {
        tenant: TenantId,
        instance: InstanceId,
        plan: PlanId,
        /// As people call it; empty in events of before it was told.
        #[serde(default)]
        name: String,
        at: Timestamp,
    },
    /// People call it otherwise from now on.
    InstanceRenamed { tenant: TenantId, instance: InstanceId, name: String, at: Timestamp },
    /// Another plan is in force on the backend.
    PlanChanged { tenant: TenantId, instance: InstanceId, from: PlanId, to: PlanId, at: Timestamp },
    /// Its deletion was asked for: billing ends.
    InstanceDeleted { tenant: TenantId, instance: InstanceId, at: Timestamp },
    /// Taken back within its grace period: billing goes on.
    InstanceRestored {
        tenant: TenantId,
        instance: InstanceId,
        plan: PlanId,
        #[serde(default)]
        name: String,
        at: Timestamp,
    },
    OperationFailed { tenant: TenantId, instance: InstanceId, operation: OperationId, at: Timestamp },
}
