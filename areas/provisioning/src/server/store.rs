//! All SQL of provisioning.

pub(crate) mod credentials;
pub(crate) mod due;
pub(crate) mod instances;
pub(crate) mod lists;
pub(crate) mod measurements;
pub(crate) mod operations;
pub(crate) mod placement;
