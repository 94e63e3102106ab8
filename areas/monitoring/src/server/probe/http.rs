//! Asks for a page as a browser would, with limits on redirects, size and where it may lead.

use super::{
    super::reach::Reach,
    Seen, short,
    tls::{handshake_trouble, hung_up, tls_in},
};
use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{error::Error, io::ErrorKind, sync::Arc, time::Instant};

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// How much of a page is read to find the expected text.
const BODY: usize = 256 * 1024;

/// Shared by all probes; every probe opens a connection of its own, since that is what it measures.
#[derive(Debug, Clone)]
pub struct HttpProber {
    client: Client,
    reach: Reach,
}

/// Resolves to addresses that may be reached, so that the connection goes where the check looked.
struct Guarded(Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let addresses = reach.resolve(name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// An address in digits is not resolved, so it is looked at here.
fn literal_is_allowed(reach: Reach, url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => reach.allows(address.into()),
        Some(url::Host::Ipv6(address)) => reach.allows(address.into()),
        Some(url::Host::Domain(_)) => true,
        None => false,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the redirect leads to an address that may not be probed")]
struct ForbiddenRedirect;

impl HttpProber {
    /// Its own client beside `platform::http`: targets are tenants' words, so names are resolved under guard.
    pub fn new(reach: Reach) -> Self {
        let policy = Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS {
                return attempt.error("too many redirects");
            }
            if literal_is_allowed(reach, attempt.url()) { attempt.follow() } else { attempt.error(ForbiddenRedirect) }
        });
        let client = Client::builder()
            .dns_resolver(Arc::new(Guarded(reach)))
            .redirect(policy)
            .no_proxy()
            .pool_max_idle_per_host(0)
            .user_agent(concat!("service-hub-monitor/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("the TLS back end is compiled in");
        Self { client, reach }
    }

    pub(super) async fn probe(&self, url: &str, expect_status: Option<u16>, expect_keyword: Option<&str>) -> Seen {
        let Ok(url) = Url::parse(url) else { return Seen::fails("unknown_host", None) };
        if !literal_is_allowed(self.reach, &url) {
            return Seen::fails("forbidden_address", None);
        }
        let begun = Instant::now();
        let mut response = match self.client.get(url).send().await {
            Ok(response) => response,
            Err(error) => return trouble(&error),
        };
        let status = response.status().as_u16();
        let answered = begun.elapsed();
        let good = match expect_status {
            Some(expected) => status == expected,
            None => (200..400).contains(&status),
        };
        if !good {
            return Seen { response: Some(answered), ..Seen::fails("status", Some(status.to_string())) };
        }
        let Some(keyword) = expect_keyword else { return Seen::fine(answered) };
        let mut body = Vec::new();
        while body.len() < BODY {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk[..chunk.len().min(BODY - body.len())]),
                Ok(None) => break,
                Err(error) => return trouble(&error),
            }
        }
        if String::from_utf8_lossy(&body).contains(keyword) {
            Seen::fine(begun.elapsed())
        } else {
            Seen { response: Some(begun.elapsed()), ..Seen::fails("keyword", None) }
        }
    }
}

/// The innermost reason, in our words where we have some.
fn trouble(error: &reqwest::Error) -> Seen {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    let mut last = error.to_string();
    while let Some(inner) = cause {
        if let Some(why) = inner.downcast_ref::<super::NotReached>() {
            return (*why).into();
        }
        if inner.is::<ForbiddenRedirect>() {
            return Seen::fails("forbidden_address", None);
        }
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            if io.kind() == ErrorKind::ConnectionRefused {
                return Seen::fails("refused", None);
            }
            if let Some(tls) = tls_in(io) {
                return Seen::not_encrypted(tls.into());
            }
            // TCP that is refused was told apart above: only a greeting ends like this.
            if error.is_connect() && hung_up(io) {
                return Seen::not_encrypted(handshake_trouble(io));
            }
        }
        last = inner.to_string();
        cause = inner.source();
    }
    if error.is_redirect() {
        return Seen::fails("redirects", None);
    }
    if error.is_timeout() {
        return Seen::fails("timeout", None);
    }
    Seen::fails("connection", Some(short(last)))
}
