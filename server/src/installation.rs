//! An opened installation: its database, embedded or not, brought up to this version, and the platform on top.

use platform::{
    Clock, Config, Cx, Db, Platform, embedded_postgres::EmbeddedPostgres, http::Http, live::LiveHub, migrate, secrets::Secrets,
};
use crate::{roles::Drivers, seed};
use provisioning::server::{driver::Driver, postgresql::PostgresqlDriver};
use serde_json::json;
use std::{path::Path, sync::Arc};
use tokio_util::sync::CancellationToken;

pub struct Installation {
    pub platform: Arc<Platform>,
    /// For migrations and backups only.
    pub owner_url: String,
    /// Servers that Managed PostgreSQL places databases on, by name.
    pub postgres_servers: Vec<(String, String)>,
    /// Migration steps that this start ran.
    pub new_steps: usize,
    pub stopping: CancellationToken,
    embedded: Option<EmbeddedPostgres>,
}

/// Who opens an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// Owns the embedded database rather than borrows it, and is reached where its settings say.
    Server,
    /// Uses what a server beside it runs, and prints links to it.
    Command,
}

impl Installation {
    /// Starts or finds the database, migrates it and connects. The error is a sentence for the terminal.
    pub async fn open(config: Config, opener: Opener) -> Result<Self, String> {
        let config = addressed(config, opener);
        let stopping = CancellationToken::new();
        let mut embedded = None;
        let (owner_url, login_url, provisioner_url) = match &config.database_url {
            Some(owner_url) => {
                let login_url = migrate::ensure_login_role(owner_url).await.map_err(|error| error.to_string())?;
                (owner_url.clone(), login_url, None)
            }
            None => {
                // A command beside a running server uses that server's database.
                let connections = match EmbeddedPostgres::attach(&config.data).await.map_err(|error| error.to_string())? {
                    Some(connections) if opener == Opener::Command => connections,
                    _ => {
                        let started = EmbeddedPostgres::start(&config.data).await.map_err(|error| error.to_string())?;
                        let connections = started.connections().clone();
                        embedded = Some(started);
                        connections
                    }
                };
                (connections.owner_url, connections.login_url, Some(connections.provisioner_url))
            }
        };
        match Self::connect(config, &owner_url, &login_url, provisioner_url, stopping.clone()).await {
            Ok((platform, postgres_servers, new_steps)) => {
                Ok(Self { platform, owner_url, postgres_servers, new_steps, stopping, embedded })
            }
            Err(sentence) => {
                if let Some(embedded) = embedded {
                    embedded.stop().await;
                }
                Err(sentence)
            }
        }
    }

    async fn connect(
        config: Config,
        owner_url: &str,
        login_url: &str,
        provisioner_url: Option<String>,
        stopping: CancellationToken,
    ) -> Result<(Arc<Platform>, Vec<(String, String)>, usize), String> {
        let new_steps = migrate::migrate(owner_url, "hub_login").await.map_err(|error| error.to_string())?;
        let db = Db::new(login_url, config.pool).map_err(|fault| fault.to_string())?;
        db.check_login_role().await.map_err(|fault| fault.to_string())?;
        let secrets = Secrets::in_folder(&config.data).map_err(|error| format!("the installation's key in {} cannot be used: {error}", config.data.display()))?;
        let mut postgres_servers = config.postgres_servers.clone();
        if postgres_servers.is_empty() {
            postgres_servers.extend(provisioner_url.map(|url| ("local".to_owned(), url)));
        }
        let clock = if config.clock_simulated { Clock::simulated(0) } else { Clock::real() };
        let platform = Platform::new(db, clock, config, secrets, Http::new(), LiveHub::new(stopping));
        same_key(&Cx::system(platform.clone(), "start", None)).await?;
        if platform.clock.is_simulated() {
            let offset = crate::simulate::kept_offset(&Cx::system(platform.clone(), "start", None)).await.map_err(|fault| fault.to_string())?;
            platform.clock.set_offset(offset);
        }
        Ok((platform, postgres_servers, new_steps))
    }

    /// A context of the platform itself.
    pub fn system(&self, name: &'static str) -> Cx {
        Cx::system(self.platform.clone(), name, None)
    }

    /// Closes connections, then stops the embedded database if this process started it.
    pub async fn close(self) {
        self.stopping.cancel();
        self.platform.db.close().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// Every process seals and opens with one key: another one would neither read what is kept nor be read by the others.
async fn same_key(cx: &Cx) -> Result<(), String> {
    const KEY: &str = "key_fingerprint";
    let ours = json!(cx.platform().secrets.fingerprint());
    if seed::remember(cx, KEY, ours.clone()).await? || seed::fact(cx, KEY).await? == Some(ours) {
        return Ok(());
    }
    let path = cx.config().data.join("secret.key");
    Err(format!("{} is not the key of this database: copy secret.key from the data folder that it was first started with", path.display()))
}

/// In the data folder: how browsers reach the server that was started on it last.
const ADDRESS: &str = "address";

/// Notes the server's address for commands that print links and are not told it.
pub fn keep_address(config: &Config) {
    if let Err(error) = std::fs::write(config.data.join(ADDRESS), &config.public_url) {
        tracing::warn!("Commands will print links to the default address: {error}");
    }
}

/// A command that is not told the server's address takes the one that was noted.
fn addressed(mut config: Config, opener: Opener) -> Config {
    if opener == Opener::Command && !config.is_set("HUB_PUBLIC_URL") && !config.is_set("HUB_ADDR") {
        config.public_url = kept_address(&config.data).unwrap_or(config.public_url);
    }
    config
}

fn kept_address(data: &Path) -> Option<String> {
    std::fs::read_to_string(data.join(ADDRESS)).ok().filter(|url| url.starts_with("http"))
}

/// The drivers of this process.
pub fn drivers(installation: &Installation) -> Result<Drivers, String> {
    if installation.postgres_servers.is_empty() {
        return Err("HUB_POSTGRES_SERVERS is needed beside DATABASE_URL: name a server on which databases are made, as name=postgres://user:password@host/postgres".to_owned());
    }
    let postgresql = PostgresqlDriver::new(&installation.postgres_servers).map_err(|fault| format!("HUB_POSTGRES_SERVERS cannot be used: {fault}"))?;
    let uptime = monitoring::server::UptimeDriver::new(installation.platform.clone());
    Ok(Arc::new(provisioning::server::Drivers::new([Arc::new(postgresql) as Arc<dyn Driver>, Arc::new(uptime)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::testing::Hub;
    use std::{collections::BTreeMap, path::PathBuf};

    /// A process of its own on the hub's database, with its own data folder and the key in it.
    struct Process {
        data: PathBuf,
        cx: Cx,
    }

    impl Process {
        fn starts(hub: &Hub, folder: &str) -> Self {
            let data = std::env::temp_dir().join(format!("hub-key-{}-{folder}", std::process::id()));
            let config = Config::from_vars(BTreeMap::from([("HUB_DATA".to_owned(), data.display().to_string())])).expect("good settings");
            let db = Db::new(&hub.login_url, 1).expect("an address");
            let secrets = Secrets::in_folder(&data).expect("the temporary folder can be written");
            let platform = Platform::new(db, Clock::still(hub.clock().now()), config, secrets, Http::new(), LiveHub::new(CancellationToken::new()));
            Self { data, cx: Cx::system(platform, "start", None) }
        }

        async fn end(self) {
            self.cx.platform().db.close().await;
            std::fs::remove_dir_all(self.data).expect("ours");
        }
    }

    #[test]
    fn commands_print_links_to_the_server_that_was_started_last_and_servers_to_themselves() {
        let data = std::env::temp_dir().join(format!("hub-address-{}", std::process::id()));
        std::fs::create_dir_all(&data).expect("the temporary folder can be written");
        let config = |settings: &[(&str, &str)]| {
            let folder = [("HUB_DATA", data.to_str().expect("a plain path"))];
            let vars = settings.iter().chain(&folder).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Config::from_vars(vars.collect()).expect("good settings")
        };
        keep_address(&config(&[("HUB_ADDR", "127.0.0.1:4000")]));
        let url = |settings: &[(&str, &str)], opener| addressed(config(settings), opener).public_url;
        assert_eq!(url(&[], Opener::Command), "http://127.0.0.1:4000");
        assert_eq!(url(&[], Opener::Server), "http://127.0.0.1:3000");
        assert_eq!(url(&[("HUB_PUBLIC_URL", "https://hub.example")], Opener::Command), "https://hub.example");
        std::fs::remove_dir_all(data).expect("ours");
    }

    async fn kept(hub: &Hub) -> Option<serde_json::Value> {
        seed::fact(&hub.system(None), "key_fingerprint").await.expect("readable")
    }

    #[tokio::test]
    async fn a_database_keeps_to_the_key_that_came_first() {
        let hub = Hub::start().await;
        // As one of before, that keeps no fingerprint.
        assert_eq!(kept(&hub).await, None);
        let first = Process::starts(&hub, "first");
        same_key(&first.cx).await.expect("taken over");
        let ours = Some(json!(first.cx.platform().secrets.fingerprint()));
        assert_eq!(kept(&hub).await, ours);

        let other = Process::starts(&hub, "other");
        let refused = same_key(&other.cx).await.expect_err("another key");
        let path = other.data.join("secret.key");
        assert_eq!(refused, format!("{} is not the key of this database: copy secret.key from the data folder that it was first started with", path.display()));
        assert_eq!(kept(&hub).await, ours, "who is refused changes nothing");

        same_key(&first.cx).await.expect("accepted again");
        same_key(&other.cx).await.expect_err("however often it is tried");
        first.end().await;
        other.end().await;
    }

    #[tokio::test]
    async fn who_copies_the_key_is_let_in() {
        let hub = Hub::start().await;
        let first = Process::starts(&hub, "source");
        same_key(&first.cx).await.expect("taken over");
        let other = Process::starts(&hub, "target");
        same_key(&other.cx).await.expect_err("another key");
        std::fs::copy(first.data.join("secret.key"), other.data.join("secret.key")).expect("copied");
        let other = Process::starts(&hub, "target");
        same_key(&other.cx).await.expect("the same key");
        same_key(&other.cx).await.expect("again and again");
        first.end().await;
        other.end().await;
    }

    #[tokio::test]
    async fn of_two_keys_that_come_at_once_one_is_taken() {
        let hub = Hub::start().await;
        let (one, two) = (Process::starts(&hub, "one"), Process::starts(&hub, "two"));
        let (first, second) = tokio::join!(same_key(&one.cx), same_key(&two.cx));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        let taken = if first.is_ok() { &one } else { &two };
        assert_eq!(kept(&hub).await, Some(json!(taken.cx.platform().secrets.fingerprint())));
        one.end().await;
        two.end().await;
    }
}
