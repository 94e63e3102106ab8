//! Settings: read once from the environment, each with its source; an unknown or bad one stops the start by name.

use crate::proxies::Proxies;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

/// Everything that can be set. Field by field the same as `SETTINGS`.
#[derive(Debug, Clone)]
pub struct Config {
    pub addr: SocketAddr,
    pub data: PathBuf,
    pub database_url: Option<String>,
    pub roles: Vec<ServerRole>,
    pub log: String,
    pub log_json: bool,
    pub clock_simulated: bool,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    /// How the outside reaches us, as browsers write an origin: links in mails, origin checks.
    pub public_url: String,
    /// Proxies whose word on whom they forward for is taken.
    pub proxies: Proxies,
    /// Servers that Managed PostgreSQL places databases on: `name=url`, separated by commas.
    pub postgres_servers: Vec<(String, String)>,
    pub site: PathBuf,
    pub pool: u32,
    /// Every setting with its value as shown and where it came from.
    pub listing: Vec<Listed>,
}

/// A role that a process may play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServerRole {
    Web,
    Api,
    Worker,
    Reconciler,
    Monitor,
    Scheduler,
}

impl ServerRole {
    pub const ALL: [Self; 6] = [Self::Web, Self::Api, Self::Worker, Self::Reconciler, Self::Monitor, Self::Scheduler];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Reconciler => "reconciler",
            Self::Monitor => "monitor",
            Self::Scheduler => "scheduler",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    pub name: &'static str,
    pub value: String,
    /// `environment` or `default`.
    pub source: &'static str,
    pub meaning: &'static str,
}

/// A setting that stops the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    #[error("{name} is `{value}`, but must be {expected}")]
    Value { name: &'static str, value: String, expected: &'static str },
    #[error("{0} is not a setting of Service Hub; `service-hub config` lists those that are")]
    Unknown(String),
}

/// Name, default as shown, meaning, whether the value is secret.
const SETTINGS: &[(&str, &str, &str, bool)] = &[
    ("HUB_ADDR", "127.0.0.1:3000", "address and port to serve on", false),
    ("HUB_DATA", ".data", "folder of the embedded database and of this installation's secrets", false),
    ("DATABASE_URL", "", "PostgreSQL to use, as a role that may create roles and schemas; absent: the embedded one", true),
    ("HUB_ROLES", "all", "which roles this process plays: all, or some of web,api,worker,reconciler,monitor,scheduler", false),
    ("HUB_LOG", "info", "what is logged, as tracing filter directives", false),
    ("HUB_LOG_FORMAT", "text", "how it is logged: text or json", false),
    ("HUB_CLOCK", "real", "real, or simulated: starts at real time and moves when told (tests and demos)", false),
    ("HUB_SMTP_URL", "", "mail server, as smtp://user:password@host:port; absent: mail is kept and shown at /mailbox", true),
    ("HUB_MAIL_FROM", "Service Hub <no-reply@service-hub.test>", "sender of mails", false),
    ("HUB_PUBLIC_URL", "", "how browsers reach this installation; absent: http:// and HUB_ADDR", false),
    ("HUB_PROXIES", "", "proxies in front, as addresses or networks like 10.0.0.0/8, separated by commas: their X-Forwarded-For is believed", false),
    ("HUB_POSTGRES_SERVERS", "", "servers for Managed PostgreSQL as name=url,...; absent: the embedded one, named local; needed beside DATABASE_URL", true),
    ("HUB_POSTGRES_BIN", "", "folder of the PostgreSQL programs; absent: PATH, the distribution's, node_modules", false),
    ("HUB_SITE", "site", "folder of the built client", false),
    ("HUB_POOL", "", "database connections of this process, 2 to 200; absent: two for each processor, at least 4", false),
];

/// More connections than the processors can serve make all of them slower: with 20 on two processors a page took a third
/// longer, and its slowest twice as long, as with 4.
fn usual_pool() -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(processors.saturating_mul(2)).unwrap_or(u32::MAX).clamp(4, 200)
}

impl Config {
    /// From the process's environment.
    pub fn from_env() -> Result<Self, BadSetting> {
        Self::from_vars(std::env::vars().collect())
    }

    pub fn from_vars(vars: BTreeMap<String, String>) -> Result<Self, BadSetting> {
        if let Some(unknown) = vars.keys().find(|name| name.starts_with("HUB_") && !SETTINGS.iter().any(|known| known.0 == *name)) {
            return Err(BadSetting::Unknown(unknown.clone()));
        }
        let text = |name: &'static str| -> String {
            let default = SETTINGS.iter().find(|known| known.0 == name).expect("every name is in SETTINGS").1;
            vars.get(name).filter(|value| !value.is_empty()).cloned().unwrap_or_else(|| default.to_owned())
        };
        let optional = |name: &'static str| Some(text(name)).filter(|value| !value.is_empty());
        let bad = |name: &'static str, expected: &'static str| BadSetting::Value { name, value: text(name), expected };

        let addr: SocketAddr = text("HUB_ADDR").parse().map_err(|_| bad("HUB_ADDR", "an address and port like 127.0.0.1:3000"))?;
        let one_of = |name: &'static str, first: &str, second: &str, expected: &'static str| match text(name) {
            value if value == first => Ok(false),
            value if value == second => Ok(true),
            _ => Err(bad(name, expected)),
        };
        let pool = match optional("HUB_POOL") {
            Some(text) => text.parse().ok().filter(|size| (2..=200).contains(size)).ok_or_else(|| bad("HUB_POOL", "a number from 2 to 200"))?,
            None => usual_pool(),
        };
        let public_url = optional("HUB_PUBLIC_URL").unwrap_or_else(|| format!("http://{addr}"));
        let public_url = origin(&public_url).ok_or_else(|| bad("HUB_PUBLIC_URL", "an address like https://hub.example.com, with no path behind it"))?;
        if !are_directives(&text("HUB_LOG")) {
            return Err(bad("HUB_LOG", "a level (error, warn, info, debug, trace, off) or directives like info,platform=debug"));
        }
        let database_url = optional("DATABASE_URL");
        if database_url.as_ref().is_some_and(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
            return Err(BadSetting::Value { name: "DATABASE_URL", value: "(hidden)".into(), expected: "an address like postgres://user:password@host/database" });
        }
        let smtp_url = optional("HUB_SMTP_URL");
        let names_host = |url: &String| url::Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(|host| !host.is_empty()));
        if smtp_url.as_ref().is_some_and(|url| !(url.starts_with("smtp://") || url.starts_with("smtps://")) || !names_host(url)) {
            return Err(BadSetting::Value { name: "HUB_SMTP_URL", value: "(hidden)".into(), expected: "an address like smtp://user:password@host:port" });
        }
        if text("HUB_MAIL_FROM").parse::<lettre::message::Mailbox>().is_err() {
            return Err(bad("HUB_MAIL_FROM", "an address like Service Hub <no-reply@example.com>"));
        }
        Ok(Self {
            addr,
            data: PathBuf::from(text("HUB_DATA")),
            database_url,
            roles: parse_roles(&text("HUB_ROLES")).ok_or_else(|| bad("HUB_ROLES", "all, or some of web,api,worker,reconciler,monitor,scheduler"))?,
            log: text("HUB_LOG"),
            log_json: one_of("HUB_LOG_FORMAT", "text", "json", "text or json")?,
            clock_simulated: one_of("HUB_CLOCK", "real", "simulated", "real or simulated")?,
            smtp_url,
            mail_from: text("HUB_MAIL_FROM"),
            public_url,
            proxies: Proxies::parse(&text("HUB_PROXIES")).ok_or_else(|| bad("HUB_PROXIES", "addresses or networks like 10.0.0.0/8, separated by commas"))?,
            postgres_servers: parse_servers(&text("HUB_POSTGRES_SERVERS"))
                .ok_or(BadSetting::Value { name: "HUB_POSTGRES_SERVERS", value: "(hidden)".into(), expected: "name=postgres://...,name=postgres://..." })?,
            site: PathBuf::from(text("HUB_SITE")),
            pool,
            listing: SETTINGS
                .iter()
                .map(|(name, default, meaning, secret)| {
                    let set = vars.get(*name).filter(|value| !value.is_empty());
                    let value = match set {
                        Some(_) if *secret => "(hidden)".to_owned(),
                        Some(value) => value.clone(),
                        None => (*default).to_owned(),
                    };
                    Listed { name, value, source: if set.is_some() { "environment" } else { "default" }, meaning }
                })
                .collect(),
        })
    }

    /// Whether a setting was made, rather than left to its default.
    pub fn is_set(&self, name: &str) -> bool {
        self.listing.iter().any(|listed| listed.name == name && listed.source != "default")
    }

    pub fn plays(&self, role: ServerRole) -> bool {
        self.roles.contains(&role)
    }

    /// Whether this is somebody's own machine: browsers reach it at a loopback address only. Behind a proxy it listens
    /// at one and is reached at another, so both are looked at.
    pub fn is_own_machine(&self) -> bool {
        let host = url::Url::parse(&self.public_url).ok().and_then(|url| url.host().map(|host| host.to_owned()));
        let reached_here = match host {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        reached_here && self.addr.ip().is_loopback()
    }
}

fn parse_roles(text: &str) -> Option<Vec<ServerRole>> {
    if text == "all" {
        return Some(ServerRole::ALL.to_vec());
    }
    let mut roles = text
        .split(',')
        .map(|name| ServerRole::ALL.into_iter().find(|role| role.name() == name.trim()))
        .collect::<Option<Vec<_>>>()?;
    roles.sort();
    roles.dedup();
    Some(roles)
}

/// `http://` or `https://`, a host, perhaps a port, and nothing else; as browsers write it, in small letters and without
/// the usual port.
fn origin(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let named = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    (named && url.path() == "/" && bare && !text.contains(char::is_whitespace)).then(|| url.origin().ascii_serialization())
}

/// A word by itself is a level: as the name of a part of the program it would silence all others, which nobody means who
/// mistypes `info`.
fn are_directives(text: &str) -> bool {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    text.split(',').map(str::trim).all(|part| part.contains('=') || part.contains('[') || LEVELS.iter().any(|level| part.eq_ignore_ascii_case(level)))
}

/// None where one cannot be read, or two have one name.
fn parse_servers(text: &str) -> Option<Vec<(String, String)>> {
    let servers: Vec<(String, String)> = text.split(',')
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (name, url) = part.trim().split_once('=')?;
            (url.starts_with("postgres") && !name.is_empty()).then(|| (name.to_owned(), url.to_owned()))
        })
        .collect::<Option<_>>()?;
    let names: std::collections::BTreeSet<&str> = servers.iter().map(|(name, _)| name.as_str()).collect();
    (names.len() == servers.len()).then_some(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Config, BadSetting> {
        Config::from_vars(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn names_what_is_wrong() {
        assert_eq!(from(&[("HUB_ADR", "x")]).expect_err("unknown").to_string(), "HUB_ADR is not a setting of Service Hub; `service-hub config` lists those that are");
        assert_eq!(
            from(&[("HUB_ADDR", "nowhere")]).expect_err("bad").to_string(),
            "HUB_ADDR is `nowhere`, but must be an address and port like 127.0.0.1:3000"
        );
        for (name, value) in [("HUB_ROLES", "web,cook"), ("HUB_CLOCK", "slow"), ("HUB_POOL", "1"), ("HUB_PROXIES", "proxy"), ("HUB_PUBLIC_URL", "ftp://x"), ("HUB_PUBLIC_URL", "http://"), ("HUB_PUBLIC_URL", "http://x y"), ("HUB_PUBLIC_URL", "http://x/path"), ("HUB_PUBLIC_URL", "http://x?y=1"), ("HUB_SMTP_URL", "mail"), ("HUB_SMTP_URL", "smtp://"), ("HUB_LOG", "inof"), ("HUB_POSTGRES_SERVERS", "a=postgres://x/y,a=postgres://x/z"), ("HUB_MAIL_FROM", "abc"), ("DATABASE_URL", "mysql://x")] {
            assert!(from(&[(name, value)]).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn takes_what_is_meant() {
        for (name, value) in [("HUB_LOG", "debug"), ("HUB_LOG", "info,platform=debug"), ("HUB_LOG", "OFF"), ("HUB_PUBLIC_URL", "https://hub.example/"), ("HUB_PUBLIC_URL", "http://[::1]:3000"), ("HUB_POSTGRES_SERVERS", "a=postgres://x/y, b=postgres://x/z")] {
            assert!(from(&[(name, value)]).is_ok(), "{name}={value}");
        }
    }

    #[test]
    fn the_address_is_kept_as_browsers_write_it() {
        for (given, kept) in [
            ("https://hub.example.com/", "https://hub.example.com"),
            ("https://Hub.Example.com:443", "https://hub.example.com"),
            ("HTTP://hub.example:80/", "http://hub.example"),
            ("https://hub.example:8443", "https://hub.example:8443"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("http://[0:0::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(from(&[("HUB_PUBLIC_URL", given)]).expect("good settings").public_url, kept);
        }
    }

    #[test]
    fn a_machine_behind_a_proxy_is_nobodys_own() {
        let own = |pairs: &[(&str, &str)]| from(pairs).expect("good settings").is_own_machine();
        assert!(own(&[]));
        assert!(own(&[("HUB_PUBLIC_URL", "http://hub.localhost:3000")]));
        assert!(own(&[("HUB_ADDR", "[::1]:3000")]));
        assert!(!own(&[("HUB_PUBLIC_URL", "https://hub.example")]), "a proxy stands in front");
        assert!(!own(&[("HUB_ADDR", "0.0.0.0:3000")]));
        assert!(!own(&[("HUB_ADDR", "0.0.0.0:3000"), ("HUB_PUBLIC_URL", "http://localhost:3000")]), "the whole network reaches it");
    }

    #[test]
    fn never_lists_a_secret() {
        let config = from(&[("DATABASE_URL", "postgres://u:hunter2@h/d"), ("HUB_SMTP_URL", "smtp://u:hunter2@h:25")]).expect("good settings");
        assert!(!format!("{:?}", config.listing).contains("hunter2"));
        assert_eq!(config.public_url, "http://127.0.0.1:3000");
    }
}
