//! Organisations and the people in them: who may come in, as whom, and what they may do where.
//!
//! Rules and views compile everywhere; use cases and stores need the feature `server`.

pub mod attempts;
pub mod commands;
pub mod country;
pub mod device;
pub mod email;
pub mod limits;
pub mod membership;
pub mod organisation;
pub mod password;
pub mod saved_views;
pub mod session;
pub mod slug;
pub mod text;
pub mod view;

#[cfg(feature = "server")]
pub mod server;

pub use commands::*;
pub use email::EmailAddress;
pub use limits::Limits;
pub use organisation::{Interval, Kind, Tier};
pub use password::Password;
pub use session::Realm;
pub use slug::Slug;
