//! The parts of one invoice's page.

mod lines;
mod pay;
mod steps;
mod totals;

pub use lines::Lines;
pub use pay::HowToPay;
pub use steps::Steps;
pub use totals::{Payments, Totals};
