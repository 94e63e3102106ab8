//! Use cases of the onboarding area.

mod audited;
mod facts;
mod see;
mod skip;
mod store;
mod wish;

pub use audited::{skip, take_up};
pub use see::{JourneyError, journey, visit};
pub use wish::{note_wish, wish};
