//! What a data folder remembers of its database (`postgres.toml`): where it lies, its port and the passwords of its roles.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rand::Rng;
use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::{Connections, EmbeddedError};

const EXPLANATION: &str = "# Made by Service Hub at its first start: where its own PostgreSQL lies, its port, and the passwords of its roles.\n\
    # Whoever can read this file can read every tenant's data.\n\n";

/// Customers keep connection strings, so the port is chosen once and outside the range from which the system takes the ports of
/// outgoing connections (from 32768 on Linux, from 49152 elsewhere): one of those could be in use at the next start.
const PORTS: std::ops::Range<u16> = 20_000..32_768;
const PORT_TRIES: usize = 50;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub port: u16,
    /// The folder of the database's files.
    pub home: PathBuf,
    /// The folder of the database's socket.
    pub socket: PathBuf,
    pub passwords: Passwords,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passwords {
    pub superuser: String,
    pub owner: String,
    pub login: String,
    pub provisioner: String,
}

impl Passwords {
    pub fn generate() -> Self {
        // Letters and digits alone need no escaping in an URL, in SQL or in a shell.
        let password = || Alphanumeric.sample_string(&mut rand::rng(), 32);
        Self { superuser: password(), owner: password(), login: password(), provisioner: password() }
    }
}

impl Record {
    pub fn file(data_folder: &Path) -> PathBuf {
        data_folder.join("postgres.toml")
    }

    pub fn load(data_folder: &Path) -> Result<Option<Self>, EmbeddedError> {
        let file = Self::file(data_folder);
        match fs::read_to_string(&file) {
            Ok(text) => match toml::from_str(&text) {
                Ok(record) => Ok(Some(record)),
                Err(error) => Err(EmbeddedError::BadRecord {
                    file,
                    // The library's full message quotes the line, which may be a password.
                    reason: error.message().to_owned(),
                }),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EmbeddedError::io(&file, error)),
        }
    }

    /// Writes beside and renames: a full disk or a kill must not cost the passwords.
    pub fn save(&self, data_folder: &Path) -> Result<(), EmbeddedError> {
        let text = toml::to_string(self).expect("numbers, strings and paths of UTF-8 fit TOML");
        let half = data_folder.join("postgres.toml.half");
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
            file.write_all(EXPLANATION.as_bytes())?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&half, Self::file(data_folder))?;
            File::open(data_folder)?.sync_all()
        };
        write().map_err(|error| EmbeddedError::io(&Self::file(data_folder), error))
    }

    /// How the superuser connects to `database`: over the socket alone.
    pub fn superuser(&self, database: &str) -> PgConnectOptions {
        // Set one by one, because the library fills what is missing from `PG*` variables meant for other servers.
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(self.port)
            .username("postgres")
            .password(&self.passwords.superuser)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    pub fn connections(&self) -> Connections {
        let Passwords { superuser: _, owner, login, provisioner } = &self.passwords;
        Connections {
            owner_url: self.url("hub_owner", owner, super::DATABASE),
            login_url: self.url("hub_login", login, super::DATABASE),
            provisioner_url: self.url("hub_provisioner", provisioner, "postgres"),
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: self.port,
            socket_dir: self.socket.clone(),
        }
    }

    /// For tests, whose cluster is the only one that lets the superuser in over TCP.
    #[cfg(feature = "testing")]
    pub fn superuser_url(&self) -> String {
        self.url("postgres", &self.passwords.superuser, "postgres")
    }

    fn url(&self, role: &str, password: &str, database: &str) -> String {
        let port = self.port;
        format!("postgres://{role}:{password}@{}:{port}/{database}?sslmode=disable", Ipv4Addr::LOCALHOST)
    }
}

/// A port of 127.0.0.1 that nobody listens on.
pub(super) fn free_port() -> Result<u16, EmbeddedError> {
    let mut tries = (0..PORT_TRIES).map(|_| rand::rng().random_range(PORTS));
    tries.find(|port| is_free(*port)).ok_or(EmbeddedError::NoPort)
}

pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { port, home, socket, .. } = self;
        write!(formatter, "Record {{ port: {port}, home: {home:?}, socket: {socket:?}, .. }}")
    }
}
