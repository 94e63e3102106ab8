//! What is charged, in words and before it is confirmed: the same on every page that shows it.

mod preview;
mod words;

pub use preview::Preview;
pub use words::{days, line_kind, money, number, per, tax_name};
