//! Use cases of monitoring, the uptime driver, the prober and what the scheduler does for it.

mod calendar;
mod driver;
mod errors;
mod freeze;
mod mails;
mod metering;
mod probe;
pub mod prober;
mod queries;
mod reach;
mod record;
mod store;

pub use driver::{NAME, UptimeDriver};
pub use errors::MonitoringError;
pub use freeze::freeze_due;
pub use metering::meter_due;
pub use queries::{check_detail, checks_of_instance, list_incidents, overview, response_times, samples, staff_open_incidents};
pub use reach::Reach;
