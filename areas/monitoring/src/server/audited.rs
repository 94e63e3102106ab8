//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::errors::MaintenanceError;
use crate::maintenance::PlanMaintenance;
use kernel::MaintenanceId;
use platform::{Attempt, Cx};

pub async fn plan_maintenance(cx: &Cx, wish: PlanMaintenance) -> Result<MaintenanceId, MaintenanceError> {
    Attempt::new("monitoring.maintenance.planned", "").run(cx, super::plan_maintenance::plan_maintenance(cx, wish)).await
}

pub async fn cancel_maintenance(cx: &Cx, id: MaintenanceId) -> Result<(), MaintenanceError> {
    Attempt::new("monitoring.maintenance.cancelled", id).run(cx, super::plan_maintenance::cancel_maintenance(cx, id)).await
}
