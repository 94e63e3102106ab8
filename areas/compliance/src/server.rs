//! Use cases of the compliance area.

mod cursor;
mod entries;
mod export;
mod offline;
mod processes;
mod store;
mod verify;

pub use entries::{AuditError, entries, entries_for_staff};
pub use export::export;
pub use offline::{Unreadable, verify_file};
pub use processes::processes;
pub use verify::{verify, verify_for_staff};
