//! One probe: asks for a page, opens a port, reads a certificate. Answers in words what it saw; never fails itself.

mod http;
mod tls;

use super::reach::{NotReached, Reach};
use crate::{check::Outcome, configuration::Probe};
use kernel::Timestamp;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::net::TcpStream;

pub(super) use http::HttpProber;

/// What a probe saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub outcome: Outcome,
    /// Until the answer was there; none where none came.
    pub response: Option<Duration>,
    /// A word of `texts/*.toml`, where not all is well.
    pub problem: Option<&'static str>,
    pub detail: Option<String>,
    pub certificate_expires: Option<Timestamp>,
}

impl Seen {
    fn fine(response: Duration) -> Self {
        Self { outcome: Outcome::Fine, response: Some(response), problem: None, detail: None, certificate_expires: None }
    }

    fn fails(problem: &'static str, detail: Option<String>) -> Self {
        Self { outcome: Outcome::Fails, response: None, problem: Some(problem), detail, certificate_expires: None }
    }

    /// Milliseconds, as they are kept.
    pub fn response_ms(&self) -> Option<i32> {
        self.response.map(|response| i32::try_from(response.as_millis()).unwrap_or(i32::MAX))
    }
}

impl From<NotReached> for Seen {
    fn from(why: NotReached) -> Self {
        match why {
            NotReached::UnknownHost => Self::fails("unknown_host", None),
            NotReached::Forbidden => Self::fails("forbidden_address", None),
        }
    }
}

/// Longest detail that is kept.
const DETAIL: usize = 200;

fn short(text: impl ToString) -> String {
    text.to_string().chars().take(DETAIL).collect()
}

/// Probes within `timeout`. `now` is for the days that a certificate has left.
pub(super) async fn probe(http: &HttpProber, reach: Reach, probe: &Probe, timeout: Duration, now: Timestamp) -> Seen {
    let work = async {
        match probe {
            Probe::Http { url, expect_status, expect_keyword } => http.probe(url, *expect_status, expect_keyword.as_deref()).await,
            Probe::Tcp { host, port } => tcp(reach, host, *port).await,
            Probe::Tls { host, port, warn_days } => tls::probe(reach, host, *port, *warn_days, now).await,
        }
    };
    match tokio::time::timeout(timeout, work).await {
        Ok(seen) => seen,
        Err(_) => Seen::fails("timeout", Some(format!("{} s", timeout.as_secs()))),
    }
}

async fn tcp(reach: Reach, host: &str, port: u16) -> Seen {
    let addresses = match reach.resolve(host, port).await {
        Ok(addresses) => addresses,
        Err(why) => return why.into(),
    };
    let begun = Instant::now();
    match connect(&addresses).await {
        Ok(_) => Seen::fine(begun.elapsed()),
        Err(seen) => seen,
    }
}

/// The first address that answers.
async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Seen> {
    TcpStream::connect(addresses).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::ConnectionRefused => Seen::fails("refused", None),
        std::io::ErrorKind::TimedOut => Seen::fails("timeout", None),
        _ => Seen::fails("connection", Some(short(error))),
    })
}
