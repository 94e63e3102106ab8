//! All SQL of the area.

pub mod attempts;
pub mod invitations;
pub mod memberships;
pub mod organisations;
pub mod people;
pub mod sessions;
pub mod tokens;
