//! Database tests of the integrations area.
#![cfg(feature = "server")]

mod idempotency;
mod keys;
