//! The provider's side: its staff's own way in, and the tenants that they look after.
//!
//! The path of everything here names the provider, so that the staff's session counts and not a tenant's.

pub mod calls;
pub mod sign_in;
pub mod tenant;
pub mod tenants;
