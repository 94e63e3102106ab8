//! PostgreSQL as a child of the server, for a machine where nothing is prepared and `DATABASE_URL` names no server.
//!
//! A private cluster under the data folder, started with the server and ended with it:
//!
//! ```text
//! <data>/postgres.toml      where the cluster lies, its port, the passwords of its roles
//! <data>/postgres.lock      held by the server that runs on this data folder
//! <data>/postgres.log       what PostgreSQL says; the part before it in postgres.log.1
//! <data>/postgres/cluster   its files
//! <data>/postgres/socket    its socket, open to its owner alone
//! ```
//!
//! PostgreSQL refuses to run as root. Started by root, it runs as another user, who may not be allowed where the data folder
//! lies: then the last two are a folder below `/var/lib/service-hub` or the system's temporary folder.
//!
//! A server that is killed leaves its database running. The next server ends it and starts it again with the same files, port
//! and passwords; the lock of the dead server went with it. A database that is killed is started again by its server.
//!
//! The superuser is reached over the socket alone and used to set up the three roles of [`Connections`].

mod binaries;
mod cluster;
mod error;
#[cfg(feature = "testing")]
pub(crate) mod for_tests;
mod home;
mod owner;
mod postmaster;
mod record;
mod roles;
mod settings;

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::{error, info, warn};

pub use self::error::EmbeddedError;

use self::cluster::Cluster;
use self::owner::Owner;
use self::postmaster::Postmaster;
use self::record::Record;
use self::settings::Purpose;

/// The name of Service Hub's own database.
pub const DATABASE: &str = "service_hub";

/// Pauses between attempts to start a database that has died, doubled from the first to the last.
const RESTART_PAUSES: std::ops::RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(10);
/// A database that ran this long before it died starts again with the shortest pause.
const STEADY: Duration = Duration::from_secs(60);
/// How long the folder's lock may be held by a server that was just killed, and how often it is tried meanwhile.
const LOCKED_FOR: Duration = Duration::from_secs(2);
const TRY_AGAIN: Duration = Duration::from_millis(50);
const LOG_LOOK: Duration = Duration::from_secs(60);
/// How long [`EmbeddedPostgres::attach`] waits for an answer.
const ATTACH_WITHIN: Duration = Duration::from_secs(5);

/// How to reach the database. The URLs hold passwords: never log them.
#[derive(Clone)]
pub struct Connections {
    /// `hub_owner` on `service_hub`: owns the database, makes roles. For migrations and backups.
    pub owner_url: String,
    /// `hub_login` on `service_hub`: may connect and nothing else until it is granted roles. For everything that serves people.
    pub login_url: String,
    /// `hub_provisioner` on `postgres`: makes databases and roles, ends sessions, measures. For customers' databases.
    pub provisioner_url: String,
    pub host: String,
    pub port: u16,
    /// The folder of the socket. Faster than TCP and closed to other users; its path can be long.
    pub socket_dir: PathBuf,
}

/// The running database of one data folder. Dropped instead of stopped, the database is told to end and not waited for.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    connections: Connections,
    stop: oneshot::Sender<()>,
    supervisor: JoinHandle<()>,
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, socket_dir, .. } = self;
        write!(formatter, "Connections {{ {host}:{port}, socket_dir: {socket_dir:?}, .. }}")
    }
}

impl EmbeddedPostgres {
    /// Starts the database of this data folder and makes whatever is missing, the folder included. Answers queries when this
    /// returns. Refused while another server runs on the folder.
    pub async fn start(data_folder: &Path) -> Result<Self, EmbeddedError> {
        let data_folder = make_data_folder(data_folder).await?;
        let lock = lock_soon(&data_folder).await?;
        let mut cluster = Cluster::open(&data_folder, Purpose::Product).await?;
        let postmaster = cluster.launch_first().await?;
        roles::ensure(&cluster).await?;
        info!(port = cluster.record.port, "The database runs on 127.0.0.1:{}", cluster.record.port);
        let connections = cluster.record.connections();
        let (stop, stopped) = oneshot::channel();
        let supervisor = tokio::spawn(supervise(cluster, postmaster, stopped, lock));
        Ok(Self { connections, stop, supervisor })
    }

    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Ends all sessions and the database, in an orderly way first; at most half a minute.
    pub async fn stop(self) {
        // A supervisor that has gone already has nothing left to stop.
        let _ = self.stop.send(());
        if let Err(failed) = self.supervisor.await {
            error!("The database's supervisor broke off: {failed}");
        }
    }

    /// Whether this folder has a database, running or not.
    pub fn is_in(data_folder: &Path) -> bool {
        Record::load(data_folder).is_ok_and(|record| record.is_some())
    }

    /// The connections of the database that a server on this machine runs for this data folder; none when none answers.
    /// Only for the user who runs that server, who alone can read the passwords.
    pub async fn attach(data_folder: &Path) -> Result<Option<Connections>, EmbeddedError> {
        let Some(record) = Record::load(data_folder)? else {
            return Ok(None);
        };
        let connections = record.connections();
        match timeout(ATTACH_WITHIN, PgConnection::connect(&connections.owner_url)).await {
            Ok(Ok(session)) => {
                session.close().await?;
                Ok(Some(connections))
            }
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }
}

/// Starts the database again whenever it dies, until told to stop. Holds the lock until the database has ended.
async fn supervise(cluster: Cluster, mut postmaster: Postmaster, mut stop: oneshot::Receiver<()>, _lock: File) {
    let mut pause = *RESTART_PAUSES.start();
    let mut started = tokio::time::Instant::now();
    loop {
        tokio::select! {
            // An error means that the handle was dropped, which stops the database too.
            _ = &mut stop => break postmaster.stop().await,
            () = sleep(LOG_LOOK) => cluster.limit_log(),
            how = postmaster.ended() => {
                warn!("The database has ended by itself ({how}): starting it again");
                if started.elapsed() > STEADY {
                    pause = *RESTART_PAUSES.start();
                }
                postmaster = loop {
                    tokio::select! {
                        _ = &mut stop => return,
                        () = sleep(pause) => {}
                    }
                    pause = (pause * 2).min(*RESTART_PAUSES.end());
                    match cluster.launch().await {
                        Ok(postmaster) => break postmaster,
                        Err(error) => error!("The database could not be started again: {error}"),
                    }
                };
                started = tokio::time::Instant::now();
                info!("The database runs again");
            }
        }
    }
}

/// Makes the data folder when there is none. Root's may be passed through, though not listed, by the user who runs Postgres;
/// what is private in it has a mode of its own.
async fn make_data_folder(data_folder: &Path) -> Result<PathBuf, EmbeddedError> {
    let mode = match Owner::find().await? {
        Owner::Ourselves => 0o700,
        Owner::Unprivileged { .. } => 0o711,
    };
    let made = DirBuilder::new().recursive(true).mode(mode).create(data_folder);
    let absolute = made.and_then(|()| data_folder.canonicalize());
    absolute.map_err(|error| EmbeddedError::io(data_folder, error))
}

/// A server that was just killed lets go of its lock when the system has cleared it away.
async fn lock_soon(data_folder: &Path) -> Result<File, EmbeddedError> {
    let began = tokio::time::Instant::now();
    loop {
        match lock(data_folder) {
            Err(EmbeddedError::AlreadyRunning { .. }) if began.elapsed() < LOCKED_FOR => sleep(TRY_AGAIN).await,
            outcome => return outcome,
        }
    }
}

/// Held as long as the file is open; the system lets go of it however the process ends. Children do not inherit it.
fn lock(data_folder: &Path) -> Result<File, EmbeddedError> {
    let path = data_folder.join("postgres.lock");
    let failed = |error| EmbeddedError::io(&path, error);
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
    let mut file = opened.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).map_err(failed)?;
            writeln!(file, "{}", std::process::id()).map_err(failed)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            // Only for the message.
            let _ = file.read_to_string(&mut process);
            Err(EmbeddedError::AlreadyRunning { folder: data_folder.into(), process: process.trim().to_owned() })
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_that_a_killed_server_still_holds_is_waited_for() {
        let folder = std::env::temp_dir().join(format!("hub-lock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
        let dying = lock(&folder).expect("nobody holds it");
        assert!(matches!(lock(&folder), Err(EmbeddedError::AlreadyRunning { .. })));
        let (held, ()) = tokio::join!(lock_soon(&folder), async {
            sleep(TRY_AGAIN * 2).await;
            drop(dying);
        });
        held.expect("it is free by now");
        std::fs::remove_dir_all(folder).expect("ours");
    }
}
