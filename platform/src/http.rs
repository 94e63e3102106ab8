//! Outgoing HTTP with a timeout and a limit on every call.

use std::time::Duration;

/// Connecting and answering together.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections kept to one host.
const IDLE_PER_HOST: usize = 4;

#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
}

impl Http {
    pub fn new() -> Self {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .redirect(reqwest::redirect::Policy::limited(5))
            .user_agent(concat!("service-hub/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("the TLS back end is compiled in");
        Self { client }
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}
