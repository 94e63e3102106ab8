//! What proves how the platform was run: the audit trail of every change, seen and verified.

pub mod filter;
pub mod view;

#[cfg(feature = "server")]
pub mod server;

pub use filter::{EntryFilter, Filter};
