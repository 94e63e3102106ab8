//! The provider's side: its staff's own way in, the tenants that they look after, and what the provider says of itself.
//!
//! The path of everything here names the provider, so that the staff's session counts and not a tenant's.

pub mod calls;
pub mod settings;
pub mod sign_in;
mod staff;
pub mod tenant;
pub mod tenants;
