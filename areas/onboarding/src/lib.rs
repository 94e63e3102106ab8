//! Leads a new organisation to its first running service: steps bound to facts.

pub mod journey;

#[cfg(feature = "server")]
pub mod server;

pub use journey::{Journey, State, Step, StepView, Wish};
