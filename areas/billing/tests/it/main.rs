//! Billing over a real database, told as stories under a clock that stands where it is put.
#![cfg(feature = "server")]

mod changes;
mod documents;
mod dunning;
mod guards;
mod money;
mod payments;
mod refusals;
mod story;
mod terms;
mod usage;
mod year;
