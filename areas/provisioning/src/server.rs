//! Use cases of provisioning, its drivers, and the loops that carry operations out and keep instances as they should be.

mod audited;
mod change;
mod change_plan;
pub mod cursor;
mod delete_instance;
pub mod driver;
mod end_instance;
mod errors;
mod fitting;
mod follow_plan;
pub mod handlers;
pub mod in_step;
mod instances;
pub mod jobs;
mod keep_plan;
mod mails;
pub mod measure;
mod operations;
mod order_instance;
mod placing;
pub mod postgresql;
pub mod reconcile;
mod reveal_credentials;
mod rotate_credentials;
pub mod rules;
pub mod runner;
pub mod scram;
mod store;
mod suspend_instance;
mod sweep;
mod terms;
mod update_configuration;

pub use audited::{
    change_plan, delete_instance, keep_plan, order_instance, repair_instance, restore_instance, resume_instance, retry_operation, reveal_credentials,
    rotate_credentials, suspend_instance, update_configuration,
};
pub use delete_instance::{GRACE, due_purges, next_purge, purge_instance};
pub use driver::Drivers;
pub use errors::{ChangeError, OrderError, ReadError, RevealError};
pub use follow_plan::check_planned;
pub use instances::{
    get_instance, has_instances, last_measured, list_all_instances, list_instances, measurements, names, staff_counts, staff_instance,
};
pub use operations::{get_operation, list_all_operations, list_operations, staff_operation, whose_operation};
pub use sweep::{LOGS_KEPT, sweep};
