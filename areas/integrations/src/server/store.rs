//! All SQL of the area.

pub mod keys;
pub mod requests;
