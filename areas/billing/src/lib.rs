//! Billing: subscriptions, metering, rating, invoices, tax, payments and dunning. Default features hold the rules and
//! views; `server` adds the use cases.

pub mod books;
pub mod charges;
pub mod derivation;
pub mod dunning;
pub mod invoice;
pub mod metering;
pub mod periods;
#[cfg(feature = "server")]
pub mod preview;
pub mod proration;
pub mod rating;
pub mod subscription;
pub mod tax;
pub mod view;
#[cfg(feature = "server")]
pub mod zone;

#[cfg(feature = "server")]
pub mod server;
