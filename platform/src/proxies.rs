//! Whose request it is where proxies stand in front: `X-Forwarded-For` is believed as far as proxies wrote it that were
//! named, and no further, since anybody may send that header.

use ::http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// Each proxy adds whoever it talks to at the end.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Networks in which the named proxies are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Addresses and networks, separated by commas: `10.0.0.0/8, 192.0.2.7`. None where one of them is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let network = |part: &str| part.parse::<IpNet>().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from));
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect::<Option<_>>().map(Self)
    }

    /// The last address on the way here that is no named proxy's. What cannot be read ends the way: nobody vouches for what
    /// stands before it.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let way: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
        for hop in way.into_iter().rev() {
            if !self.0.iter().any(|network| network.contains(&client)) {
                break;
            }
            let Some(before) = address(hop.trim()) else { break };
            client = before.to_canonical();
        }
        client
    }
}

/// With or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip())).or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, headers: &[&str]) -> String {
        let mut map = HeaderMap::new();
        for value in headers {
            map.append(FORWARDED_FOR, value.parse().expect("a header"));
        }
        Proxies::parse(proxies).expect("networks").client(peer.parse().expect("an address"), &map).to_string()
    }

    #[test]
    fn only_what_named_proxies_wrote_is_believed() {
        assert_eq!(client("", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "no proxy is named");
        assert_eq!(client("10.0.0.0/8", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "it came around the proxy");
        assert_eq!(client("10.0.0.0/8", "10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.0/8", "10.1.2.3", &["6.6.6.6, 198.51.100.1"]), "198.51.100.1", "what the client itself sent");
        assert_eq!(client("10.0.0.0/8, 192.0.2.7", "10.1.2.3", &["6.6.6.6, 198.51.100.1", "192.0.2.7"]), "198.51.100.1", "two proxies");
        assert_eq!(client("10.0.0.0/8", "10.1.2.3", &["10.9.9.9"]), "10.9.9.9", "everybody is inside");
        assert_eq!(client("10.0.0.0/8", "10.1.2.3", &["198.51.100.1, nonsense"]), "10.1.2.3");
        assert_eq!(client("10.0.0.0/8", "10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client("10.0.0.0/8", "::ffff:10.1.2.3", &["198.51.100.1:5081"]), "198.51.100.1");
        assert_eq!(client("::1", "::1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["proxy", "10.0.0.0/33", "10.0.0.1;10.0.0.2"] {
            assert_eq!(Proxies::parse(text), None, "{text}");
        }
    }
}
