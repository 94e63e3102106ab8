//! The ways in, as pages for everyone see them: who has come in already, and how those come back who must sign in first.

use i18n::tr;
use std::str::FromStr;

/// Behind which door whoever looks has signed in. Where they came in by both, their organisation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    Organisation,
    /// As the provider's staff.
    Provider,
}

impl Inside {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Provider => "provider",
        }
    }

    /// The page where they work.
    pub const fn start(self) -> &'static str {
        match self {
            Self::Organisation => "/services",
            Self::Provider => "/provider",
        }
    }

    /// What the link there says.
    pub fn go_there(self) -> &'static str {
        match self {
            Self::Organisation => tr!(kit.go_to_services),
            Self::Provider => tr!(kit.go_to_provider),
        }
    }
}

/// The text names no door.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of organisation, provider")]
pub struct UnknownDoor;

impl FromStr for Inside {
    type Err = UnknownDoor;

    fn from_str(text: &str) -> Result<Self, UnknownDoor> {
        [Self::Organisation, Self::Provider].into_iter().find(|inside| inside.code() == text).ok_or(UnknownDoor)
    }
}

/// Whether whoever looks at this page has come in. The server puts it on the request, and on `<html>` for the browser:
/// nothing is asked for it, and coming in or going out loads a new page.
#[cfg(feature = "ssr")]
pub fn inside() -> Option<Inside> {
    crate::request::known()
}

/// The same in the browser.
#[cfg(not(feature = "ssr"))]
pub fn inside() -> Option<Inside> {
    leptos::prelude::document().document_element()?.get_attribute("data-inside")?.parse().ok()
}

/// The open page has found that nobody is signed in any more.
pub fn went_out() {
    #[cfg(not(feature = "ssr"))]
    if let Some(html) = leptos::prelude::document().document_element() {
        // Cannot fail for a constant name.
        let _ = html.remove_attribute("data-inside");
    }
}

/// The longest way back, as it is written; of a page with a longer one only the path is kept.
const LONGEST_WAY_BACK: usize = 2000;

/// Where those are sent who must sign in first: the door, with the page and its query to come back to as `next`. Both are
/// taken as the address has them.
pub fn asked_in(door: &str, path: &str, query: &str) -> String {
    // What a form without scripting was answered is not to be read again later; its names begin like this.
    let kept: Vec<&str> = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("__")).collect();
    let path = encoded(path);
    let whole = if kept.is_empty() { path.clone() } else { format!("{path}{}", encoded(&format!("?{}", kept.join("&")))) };
    format!("{door}?next={}", if whole.len() > LONGEST_WAY_BACK { path } else { whole })
}

/// Percent-encoded as a value of a query (RFC 3986); slashes stand in one as they are.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut into, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => into.push(byte.into()),
            _ => into.push_str(&format!("%{byte:02X}")),
        }
        into
    })
}

/// The page to come back to, as the query of the door's address names it; empty where there is none. Whoever goes there asks
/// `local_path` first. The router's own map of the query decodes twice, which would take a page's query apart.
pub fn way_back(query: &str) -> String {
    query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("next=")).map(decoded).unwrap_or_default()
}

/// Once; a percent sign that begins no byte stands for itself.
fn decoded(text: &str) -> String {
    let (bytes, mut into, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                // Two digits of sixteen fit into a byte.
                into.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                into.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&into).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_must_sign_in_comes_back_to_path_and_query() {
        assert_eq!(asked_in("/sign-in", "/team", ""), "/sign-in?next=/team");
        assert_eq!(asked_in("/sign-in", "/services", "q=shop&sort=-name"), "/sign-in?next=/services%3Fq%3Dshop%26sort%3D-name");
        assert_eq!(asked_in("/sign-in", "/services", "?state=running"), "/sign-in?next=/services%3Fstate%3Drunning");
        // What is encoded in the address stays so behind the door.
        assert_eq!(asked_in("/provider/sign-in", "/provider/tenants", "q=k%C3%A4se+%26+co"), "/provider/sign-in?next=/provider/tenants%3Fq%3Dk%25C3%25A4se%2B%2526%2Bco");
    }

    #[test]
    fn an_answer_to_a_form_is_not_come_back_to() {
        assert_eq!(asked_in("/sign-in", "/team", "__path=%2Fcall%2Fx&__err=abc"), "/sign-in?next=/team");
        assert_eq!(asked_in("/sign-in", "/team", "after=tem_1&__path=x&__err=y"), "/sign-in?next=/team%3Fafter%3Dtem_1");
    }

    #[test]
    fn of_an_endless_query_the_path_is_kept() {
        assert_eq!(asked_in("/sign-in", "/services", &format!("q={}", "x".repeat(LONGEST_WAY_BACK))), "/sign-in?next=/services");
    }

    #[test]
    fn a_way_back_brings_nothing_else_into_the_address_of_the_door() {
        for (path, query) in [("/a b", "x=1#there"), ("/a\r\nSet-Cookie: x=1", ""), ("//evil.test/", "done=signed_out"), ("/käse", "q=\u{202e}")] {
            let address = asked_in("/sign-in", path, query);
            let next = address.strip_prefix("/sign-in?next=").expect("it is the door's");
            assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{address}");
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_way_back_is_a_path_of_ours_once_more_or_none() {
        let back = |path: &str, query: &str| {
            let address = asked_in("/sign-in", path, query);
            let next = way_back(address.strip_prefix("/sign-in").expect("it is the door's"));
            crate::request::local_path(&next).to_owned()
        };
        assert_eq!(back("/services", "q=a%26b&after=%2Fx"), "/services?q=a%26b&after=%2Fx");
        assert_eq!(back("/services", "next=//evil.test/"), "/services?next=//evil.test/");
        for path in ["//evil.test/", "/\\evil.test/", "/\t/evil.test/", "/a\nb", "https://evil.test/"] {
            assert_eq!(back(path, "q=1"), "/", "{path:?}");
        }
    }

    #[test]
    fn the_way_back_is_decoded_once() {
        assert_eq!(way_back("next=/services%3Fq%3Da%2526b%26state%3Drunning"), "/services?q=a%26b&state=running");
        assert_eq!(way_back("done=signed_out&next=/k%C3%A4se"), "/käse");
        for (query, next) in [("", ""), ("next=", ""), ("nexts=/team", ""), ("next=/100%", "/100%"), ("next=/%zz%4", "/%zz%4"), ("next=/%FF", "/\u{fffd}")] {
            assert_eq!(way_back(query), next, "{query}");
        }
    }

    #[test]
    fn each_door_is_known_by_its_code() {
        for inside in [Inside::Organisation, Inside::Provider] {
            assert_eq!(inside.code().parse(), Ok(inside));
        }
        assert_eq!("nobody".parse::<Inside>(), Err(UnknownDoor));
    }
}
