//! The provider's invoices. The module's name stands in the addresses of its server functions, so that the staff's
//! session counts.

mod accounts;
pub(crate) mod calls;
mod invoices_page;
mod record;
mod set_aside;
mod sheets;
mod terms;

pub use invoices_page::ProviderInvoicesPage;
