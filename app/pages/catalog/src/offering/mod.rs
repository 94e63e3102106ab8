//! The parts of one offering's page.

mod back;
mod comparison;
mod order;
mod quote;

pub use comparison::{Comparison, PlanFacts};
pub use order::Order;
pub use quote::Pricing;
