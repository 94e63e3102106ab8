//! Database tests of provisioning, against a real PostgreSQL server as backend.
#![cfg(feature = "server")]

mod change;
mod downgrade;
mod drift;
mod ending;
mod fated;
mod kill;
mod life;
mod meter;
mod placement;
mod refusals;
mod story;
mod sweep;
