//! All SQL of billing, over the transaction of whoever asks.

pub mod accounts;
pub mod aside;
pub mod attempts;
pub mod invoices;
pub mod payments;
pub mod service_names;
pub mod settings;
pub mod subscriptions;
pub mod totals;
pub mod usage;
