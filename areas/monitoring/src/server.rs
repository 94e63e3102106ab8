//! Use cases of monitoring, the uptime driver, the prober and what the scheduler does for it.

mod audited;
mod calendar;
mod driver;
mod errors;
mod freeze;
mod mails;
mod metering;
mod plan_maintenance;
mod probe;
pub mod prober;
mod queries;
mod reach;
mod record;
mod store;
mod sweep;

pub use audited::{cancel_maintenance, plan_maintenance};
pub use driver::{NAME, UptimeDriver};
pub use errors::{MaintenanceError, MonitoringError};
pub use freeze::freeze_due;
pub use metering::meter_due;
pub use plan_maintenance::{list_maintenance, maintenance_to_begin_with};
pub use queries::{check_detail, check_names, checks_of_instance, days_of, list_incidents, overview, response_times, samples, staff_open_incidents};
pub use reach::Reach;
pub use sweep::{CHANGES_KEPT, sweep};
