//! Watching from outside: checks of web pages, ports and certificates, their state, incidents, response times and
//! uptime.

pub mod check;
pub mod configuration;
pub mod encryption;
pub mod maintenance;
pub mod uptime;
pub mod view;

#[cfg(feature = "server")]
pub mod server;
