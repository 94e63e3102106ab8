//! All SQL of the area.

pub mod journeys;
