//! All SQL of the area.

pub mod entries;
pub mod processes;
