//! Pages of compliance: an organisation's activity, everybody's for the provider, and the provider's first page.

mod activity;
#[cfg(feature = "ssr")]
pub mod export;
pub mod provider;
mod trail;

pub use activity::ActivityPage;
pub use provider::{audit::AuditPage, home::ProviderHomePage};
