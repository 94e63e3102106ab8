//! The provider's own pages of compliance: how everything stands, and everybody's audit trail.

pub mod audit;
mod calls;
pub mod home;
mod overview;
