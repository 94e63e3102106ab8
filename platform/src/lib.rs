//! The machinery under every area: who asks (`Cx`), the database with tenancy that cannot be bypassed (`Db`,
//! `TenantTx`), the clock, jobs, live changes, mail, secrets, outgoing HTTP, settings, telemetry and the embedded
//! PostgreSQL.

#![expect(clippy::disallowed_types, reason = "the one crate that names a connection pool")]

pub mod attempt;
pub mod audit;
pub mod clock;
pub mod config;
pub mod cx;
pub mod db;
pub mod embedded_postgres;
pub mod error;
mod held;
pub mod http;
pub mod jobs;
pub mod lease;
pub mod live;
pub mod mail;
pub mod mail_layout;
pub mod mail_texts;
pub mod migrate;
pub mod proxies;
pub mod secrets;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tx;

pub use attempt::{Attempt, Because, Refusal};
pub use clock::Clock;
pub use config::Config;
pub use cx::{Actor, Cx, Platform};
pub use db::Db;
pub use error::{Opened, fault};
pub use jobs::Job;
pub use tx::{DoorTx, ProviderTx, SystemTx, TenantTx};
