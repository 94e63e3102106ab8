//! An uptime instance's configuration, an array of checks, read and checked field by field.

use crate::check::Rules;
use kernel::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// Shortest interval that any plan may sell, in seconds.
pub const SHORTEST_INTERVAL: u64 = 5;
const LONGEST_INTERVAL: u64 = 86_400;
/// Checks of one instance, whatever its plan says.
pub const MOST_CHECKS: usize = 1_000;
/// Further tries before a check is down, where the configuration does not say.
const RETRIES: u32 = 1;
/// Further tries that a configuration may ask for.
const MOST_RETRIES: u32 = 10;
/// A further try follows this soon, so that "down" is reached within the interval and a second.
const RETRY_AFTER: Duration = Duration::from_millis(300);
/// Longest wait for an answer.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(10);

/// What is probed, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Probe {
    Http {
        url: String,
        /// Exactly this status; without it any from 200 to 399.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect_status: Option<u16>,
        /// The body's first 256 kB must hold it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect_keyword: Option<String>,
    },
    Tcp { host: String, port: u16 },
    Tls {
        host: String,
        port: u16,
        /// Warns when the certificate expires within so many days.
        warn_days: u32,
    },
}

impl Probe {
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Http { .. } => "http",
            Self::Tcp { .. } => "tcp",
            Self::Tls { .. } => "tls",
        }
    }

    /// As its customer reads it.
    pub fn target(&self) -> String {
        match self {
            Self::Http { url, .. } => url.clone(),
            Self::Tcp { host, port } | Self::Tls { host, port, .. } => host_and_port(host, *port),
        }
    }
}

fn host_and_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// One check as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSpec {
    /// Unique within its instance: by it a check keeps its history when the configuration changes.
    pub name: String,
    pub probe: Probe,
    pub interval_seconds: u32,
    pub retries: u32,
    /// Tell again after so many further failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_every: Option<u32>,
}

impl CheckSpec {
    pub fn rules(&self) -> Rules {
        let interval = Duration::from_secs(u64::from(self.interval_seconds));
        Rules { interval, retries: self.retries, retry_after: RETRY_AFTER.min(interval / 4), resend_every: self.resend_every }
    }

    /// How long a probe may wait: never into the next one's time.
    pub fn timeout(&self) -> Duration {
        (Duration::from_secs(u64::from(self.interval_seconds)) * 4 / 5).min(LONGEST_TIMEOUT)
    }
}

/// As the plan's form gives it.
#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    target: String,
    interval_seconds: Option<u64>,
    expect_status: Option<u16>,
    expect_keyword: Option<String>,
    warn_days: Option<u32>,
    retries: Option<u32>,
    resend_every: Option<u32>,
}

/// What is wrong with a configuration, for orders and changes; see `checks`.
pub fn rule(configuration: &Value, limits: &BTreeMap<String, i64>) -> Result<(), Vec<FieldError>> {
    checks(configuration, limits).map(drop)
}

/// The checks of a configuration, within the plan's limits `checks` and `min_interval_seconds`; or everything that is
/// wrong, by JSON pointer.
pub fn checks(configuration: &Value, limits: &BTreeMap<String, i64>) -> Result<Vec<CheckSpec>, Vec<FieldError>> {
    let limit = |name: &str| limits.get(name).copied().filter(|limit| *limit >= 0);
    let Some(list) = configuration.get("checks").and_then(Value::as_array) else {
        return Err(vec![FieldError::new("/configuration/checks", "required", "Give at least one check")]);
    };
    let most = limit("checks").and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST_CHECKS).min(MOST_CHECKS);
    let mut errors = Vec::new();
    if list.len() > most {
        errors.push(FieldError::new("/configuration/checks", "too_many", format!("The plan has {most} checks")));
    }
    let shortest = limit("min_interval_seconds").and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(SHORTEST_INTERVAL).max(SHORTEST_INTERVAL);
    let mut checks: Vec<CheckSpec> = Vec::new();
    for (index, value) in list.iter().take(most).enumerate() {
        let at = |field: &str| format!("/configuration/checks/{index}/{field}");
        match serde_json::from_value::<Raw>(value.clone()) {
            Err(error) => errors.push(FieldError::new(format!("/configuration/checks/{index}"), "invalid", error.to_string())),
            Ok(raw) => match check(&raw, shortest, &at) {
                Err(mut wrong) => errors.append(&mut wrong),
                Ok(check) if checks.iter().any(|other| other.name == check.name) => {
                    errors.push(FieldError::new(at("name"), "taken", "Another check has this name"));
                }
                Ok(check) => checks.push(check),
            },
        }
    }
    if errors.is_empty() { Ok(checks) } else { Err(errors) }
}

fn check(raw: &Raw, shortest: u64, at: &impl Fn(&str) -> String) -> Result<CheckSpec, Vec<FieldError>> {
    let mut errors = Vec::new();
    let name = raw.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        errors.push(FieldError::new(at("name"), "required", "Give the check a name of at most 80 characters"));
    }
    let interval = raw.interval_seconds.unwrap_or(60.max(shortest));
    if !(shortest..=LONGEST_INTERVAL).contains(&interval) {
        errors.push(FieldError::new(at("interval_seconds"), "out_of_range", format!("From {shortest} to {LONGEST_INTERVAL} seconds")));
    }
    let probe = match raw.kind.as_str() {
        "http" => http_url(&raw.target).map(|url| Probe::Http {
            url,
            expect_status: raw.expect_status,
            expect_keyword: raw.expect_keyword.clone().filter(|keyword| !keyword.is_empty()),
        }),
        "tcp" => host_port(&raw.target, None).map(|(host, port)| Probe::Tcp { host, port }),
        "tls" => host_port(&raw.target, Some(443)).map(|(host, port)| Probe::Tls { host, port, warn_days: raw.warn_days.unwrap_or(14) }),
        _ => {
            errors.push(FieldError::new(at("kind"), "unknown", "One of http, tcp, tls"));
            None
        }
    };
    match probe {
        Some(probe) if errors.is_empty() => Ok(CheckSpec {
            name,
            probe,
            interval_seconds: u32::try_from(interval).unwrap_or(u32::MAX),
            retries: raw.retries.unwrap_or(RETRIES).min(MOST_RETRIES),
            resend_every: raw.resend_every.filter(|every| *every > 0),
        }),
        Some(_) => Err(errors),
        None => {
            if !errors.iter().any(|error| error.code == "unknown") {
                let (code, hint) = match raw.kind.as_str() {
                    "http" => ("web_address", "Enter an address like https://example.com/health"),
                    "tls" => ("host_port", "Enter a host, with a port where it is not 443, like example.com or example.com:8443"),
                    _ => ("host_port", "Enter a host and a port like example.com:25"),
                };
                errors.push(FieldError::new(at("target"), code, hint));
            }
            Err(errors)
        }
    }
}

/// With its scheme, which is https where none is written.
fn http_url(text: &str) -> Option<String> {
    let text = text.trim();
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // Names and passwords in addresses end up in logs.
    let plain = !authority.contains('@') && !url.contains(char::is_whitespace) && !url.contains(char::is_control) && url.len() <= 2_000;
    let (host, _) = split_host(authority, Some(443))?;
    (plain && host_is_possible(&host)).then_some(url)
}

/// `host:port`, `[v6]:port`, or the host alone where a port is usual.
fn host_port(text: &str, usual: Option<u16>) -> Option<(String, u16)> {
    let (host, port) = split_host(text.trim(), usual)?;
    host_is_possible(&host).then_some((host, port))
}

fn split_host(text: &str, usual: Option<u16>) -> Option<(String, u16)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']')?;
        let port = match tail.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|port| *port > 0)?,
            None if tail.is_empty() => usual?,
            None => return None,
        };
        return Some((host.to_owned(), port));
    }
    match text.split_once(':') {
        Some((host, port)) => Some((host.to_owned(), port.parse().ok().filter(|port| *port > 0)?)),
        None => Some((text.to_owned(), usual?)),
    }
}

fn host_is_possible(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 253
        && host.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '.' | '_' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn limits(checks: i64, interval: i64) -> BTreeMap<String, i64> {
        BTreeMap::from([("checks".into(), checks), ("min_interval_seconds".into(), interval)])
    }

    #[test]
    fn reads_the_three_kinds() {
        let configuration = json!({"checks": [
            {"name": "Shop", "kind": "http", "target": "shop.example.com/health", "interval_seconds": 20, "expect_keyword": "ok"},
            {"name": "Mail", "kind": "tcp", "target": "mail.example.com:25"},
            {"name": "Certificate", "kind": "tls", "target": "[2001:db8::1]:8443", "warn_days": 30},
        ]});
        let list = checks(&configuration, &limits(5, 20)).expect("good");
        let targets: Vec<_> = list.iter().map(|check| (check.probe.kind(), check.probe.target(), check.interval_seconds)).collect();
        assert_eq!(
            targets,
            [
                ("http", "https://shop.example.com/health".to_owned(), 20),
                ("tcp", "mail.example.com:25".to_owned(), 60),
                ("tls", "[2001:db8::1]:8443".to_owned(), 60),
            ]
        );
    }

    #[test]
    fn says_what_is_wrong_where_it_is_wrong() {
        let configuration = json!({"checks": [
            {"name": "", "kind": "http", "target": "ftp://x"},
            {"name": "a", "kind": "tcp", "target": "host-without-port"},
            {"name": "b", "kind": "ping", "target": "x"},
            {"name": "c", "kind": "http", "target": "http://u:p@host/", "interval_seconds": 1},
            {"name": "d", "kind": "http", "target": "http://ok/"},
            {"name": "d", "kind": "http", "target": "http://ok/"},
        ]});
        let errors = checks(&configuration, &limits(10, 20)).expect_err("bad");
        let seen: Vec<_> = errors.iter().map(|error| (error.field.rsplit("checks/").next().expect("a field"), error.code.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("0/name", "required"),
                ("0/target", "web_address"),
                ("1/target", "host_port"),
                ("2/kind", "unknown"),
                ("3/interval_seconds", "out_of_range"),
                ("3/target", "web_address"),
                ("5/name", "taken"),
            ]
        );
        assert_eq!(checks(&json!({"checks": [{}, {}]}), &limits(1, 5)).expect_err("bad")[0].code, "too_many");
    }

    #[test]
    fn a_further_try_and_its_timeout_fit_the_interval() {
        let configuration = json!({"checks": [{"name": "a", "kind": "http", "target": "http://127.0.0.1:1/", "interval_seconds": 5}]});
        let check = &checks(&configuration, &limits(1, 5)).expect("good")[0];
        assert_eq!((check.timeout(), check.rules().retry_after), (Duration::from_secs(4), Duration::from_millis(300)));
    }
}
