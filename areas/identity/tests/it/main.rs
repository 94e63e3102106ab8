//! Database tests of the identity area.
#![cfg(feature = "server")]

mod isolation;
mod passwords;
mod provider;
mod sessions;
mod sign_in;
mod sign_up;
mod story;
mod team;
mod tenants;
