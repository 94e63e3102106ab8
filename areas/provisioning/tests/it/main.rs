//! Database tests of provisioning, against a real PostgreSQL server as backend.
#![cfg(feature = "server")]

mod change;
mod drift;
mod kill;
mod life;
mod meter;
mod story;
