//! The pages of monitoring: everything that is watched, and one check with its history.

#[cfg(feature = "ssr")]
mod board;
mod calls;
mod check;
mod check_page;
#[cfg(feature = "ssr")]
pub mod export;
mod grid;
mod incidents;
mod maintenance;
mod monitoring_page;
#[cfg(feature = "ssr")]
mod refused;
mod sheets;
mod watched;
mod words;

pub use check_page::CheckPage;
pub use monitoring_page::MonitoringPage;
