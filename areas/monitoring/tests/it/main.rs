//! Database tests of monitoring, against servers of their own that answer by script.
#![cfg(feature = "server")]

mod broken;
mod life;
mod maintenance;
mod probes;
mod story;
mod sweep;
mod target;
