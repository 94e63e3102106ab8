//! Use cases of the compliance area.

mod cursor;
mod entries;
mod processes;
mod store;
mod verify;

pub use entries::{AuditError, entries, entries_for_staff};
pub use processes::processes;
pub use verify::{verify, verify_for_staff};
