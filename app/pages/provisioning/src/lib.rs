//! The pages of services: the list, one service with its tabs, and the provider's orders and operations.

mod calls;
#[cfg(feature = "ssr")]
mod charting;
#[cfg(feature = "ssr")]
pub mod export;
mod follow;
#[cfg(feature = "ssr")]
mod once;
mod plan_fields;
pub mod provider;
#[cfg(feature = "ssr")]
mod refused;
mod service;
mod service_page;
mod services_page;
mod sheets;
mod state_chip;
mod words;

pub use provider::{OperationPage, OrdersPage};
pub use service_page::ServicePage;
pub use services_page::ServicesPage;
