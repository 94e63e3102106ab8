//! Area billing.
