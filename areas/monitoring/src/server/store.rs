//! All SQL of monitoring.

pub(crate) mod changes;
pub(crate) mod checks;
pub(crate) mod incidents;
pub(crate) mod mail_counts;
pub(crate) mod maintenance;
pub(crate) mod months;
pub(crate) mod samples;
