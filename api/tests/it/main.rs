//! REST as programs see it: through the router, against a database, by key.

mod access;
mod billing;
mod bodies;
mod broken;
mod document;
mod idempotency;
mod instances;
mod lists;
mod monitoring;
mod serve;
mod story;
