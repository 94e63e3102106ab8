//! What browser on what system a session runs in, said in simple words, and where it was last used.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Longest user agent that is kept.
pub const MAX_USER_AGENT: usize = 400;

/// Order matters: each browser's user agent also names those it descends from.
const BROWSERS: [(&str, &str); 11] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// Names as their makers write them; `None` where the user agent does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    pub browser: Option<&'static str>,
    pub system: Option<&'static str>,
}

impl Device {
    pub fn from_user_agent(text: &str) -> Self {
        let first = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
        Self { browser: first(&BROWSERS), system: first(&SYSTEMS) }
    }
}

/// From where a session was last used, as far as an address tells without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    ThisMachine,
    LocalNetwork,
    Internet,
    Unknown,
}

impl Place {
    pub fn of(address: &str) -> Self {
        match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Err(_) => Self::Unknown,
            Ok(address) if address.is_loopback() => Self::ThisMachine,
            Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => Self::LocalNetwork,
            Ok(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => Self::LocalNetwork,
            Ok(_) => Self::Internet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_common_browsers() {
        for (text, browser, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge", "Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36", "Chrome", "Android"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox", "Linux"),
        ] {
            assert_eq!(Device::from_user_agent(text), Device { browser: Some(browser), system: Some(system) });
        }
        assert_eq!(Device::from_user_agent(""), Device { browser: None, system: None });
    }

    #[test]
    fn tells_near_from_far() {
        for (address, place) in [
            ("127.0.0.1", Place::ThisMachine),
            ("::1", Place::ThisMachine),
            ("::ffff:10.0.0.3", Place::LocalNetwork),
            ("192.168.1.4", Place::LocalNetwork),
            ("fd00::1", Place::LocalNetwork),
            ("203.0.113.9", Place::Internet),
            ("", Place::Unknown),
        ] {
            assert_eq!(Place::of(address), place, "{address}");
        }
    }
}
