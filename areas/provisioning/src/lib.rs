//! Service instances: what a tenant ordered, the operations that make it so on a real backend, and the comparison that
//! keeps it so.

pub mod commands;
pub mod in_step;
pub mod instance;
pub mod metering;
pub mod operation;
pub mod placement;
pub mod plan;
pub mod planned;
pub mod quota;
pub mod view;

#[cfg(feature = "server")]
pub mod server;
