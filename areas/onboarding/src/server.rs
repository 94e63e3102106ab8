//! Use cases of the onboarding area.

mod facts;
mod see;
mod skip;
mod store;

pub use see::{JourneyError, journey, visit};
pub use skip::{skip, take_up};
