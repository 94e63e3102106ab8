//! How programs come in: API keys, idempotent requests, rate limits.

pub mod api_key;
pub mod idempotency;
pub mod rate_limit;
pub mod view;

#[cfg(feature = "server")]
pub mod server;

pub use api_key::CreateApiKey;
pub use rate_limit::RateLimit;
