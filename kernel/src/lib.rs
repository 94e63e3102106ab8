//! The words everyone uses: typed ids, money, time, permissions, refusals and events. No IO, never reads the clock,
//! compiles to WebAssembly.

pub mod events;
pub mod fault;
pub mod id;
pub mod language;
pub mod live;
pub mod money;
pub mod page;
pub mod permission;
#[cfg(feature = "sql")]
mod sql;
pub mod time;

pub use fault::{Denied, Fault, FieldError};
pub use id::*;
pub use language::Language;
pub use money::{Currency, Money};
pub use page::{Page, PageSize};
pub use permission::{Need, Permissions, Role};
pub use time::{Date, Timestamp};
