//! Area provisioning.
