//! Area compliance.
