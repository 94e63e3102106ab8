//! The provider's orders and operations, of every organisation.

pub(crate) mod calls;
mod operation_page;
mod orders_page;
mod repair;

pub use operation_page::OperationPage;
pub use orders_page::OrdersPage;
