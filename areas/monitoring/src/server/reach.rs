//! Which addresses a probe may reach. Tenants choose targets, and the prober stands inside the provider's network: without
//! a guard it would be a way into it.
//!
//! An installation that is reached at a loopback address only is somebody's own machine, where watching a local server
//! is the point: there everything is allowed. Everywhere else only public addresses are, checked after the name was
//! resolved and again at every redirect, and the connection goes to the very address that was checked.

use platform::Config;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Everything,
    PublicOnly,
}

impl Reach {
    /// By how browsers reach this installation.
    pub fn of(config: &Config) -> Self {
        if config.is_own_machine() { Self::Everything } else { Self::PublicOnly }
    }

    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Everything => true,
            Self::PublicOnly => is_public(address),
        }
    }

    /// The addresses of a name that may be reached; `Err` where there are only others.
    pub async fn resolve(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, NotReached> {
        let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((host, port)).await.map_err(|_| NotReached::UnknownHost)?.collect(),
        };
        if found.is_empty() {
            return Err(NotReached::UnknownHost);
        }
        let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| self.allows(address.ip())).collect();
        if allowed.is_empty() { Err(NotReached::Forbidden) } else { Ok(allowed) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReached {
    #[error("the host's name is not known")]
    UnknownHost,
    #[error("the address is not public")]
    Forbidden,
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

/// By IANA's special-purpose registry.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Global unicast, without documentation, 6to4, Teredo and the like, whose inner addresses may be private.
    segments[0] & 0xe000 == 0x2000 && !(segments[0] == 0x2001 && (segments[1] < 0x0200 || segments[1] == 0x0db8)) && segments[0] != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_public_addresses_from_others() {
        for address in ["1.1.1.1", "203.0.112.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "192.0.2.1",
            "198.18.0.1", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2001:db8::1", "2002:7f00:1::", "64:ff9b::a00:1",
        ] {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[tokio::test]
    async fn names_of_private_addresses_are_refused() {
        assert_eq!(Reach::PublicOnly.resolve("localhost", 80).await, Err(NotReached::Forbidden));
        assert_eq!(Reach::PublicOnly.resolve("169.254.169.254", 80).await, Err(NotReached::Forbidden));
        assert!(Reach::Everything.resolve("127.0.0.1", 80).await.is_ok());
    }
}
