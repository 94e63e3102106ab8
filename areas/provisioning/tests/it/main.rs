//! Database tests of provisioning, against a real PostgreSQL server as backend.
#![cfg(feature = "server")]

mod change;
mod downgrade;
mod drift;
mod ending;
mod fated;
mod guests;
mod in_step;
mod kill;
mod life;
mod marks;
mod meter;
mod placement;
mod refusals;
mod silent;
mod story;
mod sweep;
