//! The parts of the billing page.

mod balance;
mod change;
mod invoices;
mod refused_events;
mod standing;
mod subscriptions;
mod usage;

pub use balance::BalanceHistory;
pub use change::ChangeTier;
pub use invoices::{Invoices, invoice_row, invoice_states};
pub use refused_events::RefusedEvents;
pub use standing::{Standing, Tiles};
pub use subscriptions::Subscriptions;
pub use usage::Usage;
