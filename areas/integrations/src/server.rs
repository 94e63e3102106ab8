//! Use cases of the integrations area.

mod api_keys;
mod audited;
mod caller;
mod idempotency;
mod key_names;
mod rate_limits;
mod store;

pub use api_keys::{KeyError, api_keys};
pub use audited::{create_api_key, revoke_api_key};
pub use caller::{KeyCaller, caller_from_key};
pub use idempotency::{Begun, Running, Settled, begin, forget, settle, sweep, take_back};
pub use key_names::{key_names, key_names_for_staff};
pub use rate_limits::count;
