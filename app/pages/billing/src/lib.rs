//! The pages of money: an organisation's billing, one invoice with how each line came to be, the provider's invoices.

mod billing_page;
mod calls;
mod estimate;
#[cfg(feature = "ssr")]
pub mod export;
mod invoice;
mod invoice_page;
mod overview;
pub mod provider;
#[cfg(feature = "ssr")]
mod refused;
mod sheets;
mod words;

pub use billing_page::BillingPage;
pub use invoice_page::InvoicePage;
pub use provider::ProviderInvoicesPage;
