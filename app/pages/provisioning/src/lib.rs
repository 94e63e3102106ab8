//! Pages of provisioning.
