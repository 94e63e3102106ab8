//! A cluster on disk: made by initdb, configured by us at each start, started.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rand::distr::{Alphanumeric, SampleString};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep};
use tracing::info;

use super::binaries::Binaries;
use super::owner::Owner;
use super::postmaster::{self, NotReady, Postmaster};
use super::record::{self, Passwords, Record};
use super::settings::{self, Purpose};
use super::{EmbeddedError, home};

/// The database's log is cut when it exceeds this, and one earlier part is kept.
const LOG_LIMIT_BYTES: u64 = 8 * 1024 * 1024;

/// Ports to try when somebody takes the chosen one between our look and the database's bind.
const PORT_TRIES: usize = 5;

/// How long the backends of a killed postmaster may keep its shared memory.
const BACKENDS_GONE_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Cluster {
    data_folder: PathBuf,
    pub record: Record,
    pub major: u32,
    pub purpose: Purpose,
    owner: Owner,
    binaries: Binaries,
}

impl Cluster {
    /// The cluster of this data folder, made when there is none. What an earlier server has left running on it is ended.
    pub async fn open(data_folder: &Path, purpose: Purpose) -> Result<Self, EmbeddedError> {
        let owner = Owner::find().await?;
        let remembered = Record::load(data_folder)?;
        let inside = data_folder.join("postgres");
        // A cluster inside the data folder goes before what is remembered: the folder may have been moved or copied since.
        let existing = match &remembered {
            _ if made_by(&inside).is_some() => Some(inside),
            None => None,
            Some(record) if made_by(&record.home).is_some() => Some(record.home.clone()),
            Some(record) => {
                return Err(EmbeddedError::ClusterMissing { home: record.home.clone(), record: Record::file(data_folder) });
            }
        };
        let binaries = Binaries::find(existing.as_deref().and_then(|home| Some((made_by(home)?, home)))).await?;
        let (home, owner) = match existing {
            Some(home) => {
                let owner = owner.of_existing(&home.join("cluster"))?;
                (home, owner)
            }
            None => (home::choose(data_folder, &owner).await?, owner),
        };
        let binaries = binaries.runnable_by(&owner, &home).await?;
        let socket = home::socket_folder(&home, remembered.as_ref().map(|record| record.socket.as_path()), &owner)?;
        let mut cluster = Self {
            data_folder: data_folder.into(),
            major: binaries.major,
            record: Record {
                port: match &remembered {
                    Some(record) => record.port,
                    None => record::free_port()?,
                },
                home,
                socket,
                passwords: remembered.as_ref().map_or_else(Passwords::generate, |record| record.passwords.clone()),
            },
            purpose,
            owner,
            binaries,
        };
        postmaster::end_left_over(&cluster.folder(), &cluster.owner).await?;
        match (made_by(&cluster.record.home), &remembered) {
            (None, _) => cluster.make().await?,
            (Some(_), None) => cluster.reset_superuser().await?,
            (Some(_), Some(_)) => {}
        }
        if !record::is_free(cluster.record.port) {
            cluster.move_port()?;
        }
        // Last: a record without a cluster would be read as a cluster that got lost.
        if remembered.as_ref() != Some(&cluster.record) {
            cluster.record.save(data_folder)?;
        }
        Ok(cluster)
    }

    fn folder(&self) -> PathBuf {
        self.record.home.join("cluster")
    }

    fn log(&self) -> PathBuf {
        self.data_folder.join("postgres.log")
    }

    fn open_log(&self) -> std::io::Result<File> {
        OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(self.log())
    }

    fn move_port(&mut self) -> Result<(), EmbeddedError> {
        let port = record::free_port()?;
        tracing::warn!("Port {} is taken: the database moves to port {port}", self.record.port);
        self.record.port = port;
        Ok(())
    }

    /// Makes the files under another name and renames them: a half-made cluster is never taken for a whole one.
    async fn make(&self) -> Result<(), EmbeddedError> {
        info!("Making a PostgreSQL {} database in {}", self.major, self.record.home.display());
        let home = &self.record.home;
        remove_half_made(home);
        let half = home.join(format!("half-{}", Alphanumeric.sample_string(&mut rand::rng(), 8)));
        let password_file = home.join("half-password");
        self.owner.write(&password_file, &self.record.passwords.superuser)?;
        let mut output = self.initdb(&half, &password_file, "C.UTF-8").await?;
        if output.contains("invalid locale name") {
            // Without it, sorting is the same and upper and lower case are known for ASCII only.
            remove_half_made_folder(&half)?;
            output = self.initdb(&half, &password_file, "C").await?;
        }
        let _ = fs::remove_file(&password_file);
        if !half.join("PG_VERSION").is_file() || !output.contains("Success") {
            let error = EmbeddedError::from_output(&output, &self.folder(), &self.log());
            // Best effort all, the error says what matters. Folders that still hold something stay.
            remove_half_made(home);
            let _ = fs::remove_dir(&self.record.socket).and_then(|()| fs::remove_dir(home));
            let _ = self.open_log().and_then(|mut log| log.write_all(output.as_bytes()));
            return Err(error);
        }
        fs::rename(&half, self.folder()).map_err(|error| EmbeddedError::io(&half, error))
    }

    async fn initdb(&self, folder: &Path, password_file: &Path, locale: &str) -> Result<String, EmbeddedError> {
        let mut command = self.owner.command(&self.binaries.initdb);
        command.arg("--pgdata").arg(folder).arg("--pwfile").arg(password_file);
        command.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"]);
        command.arg(format!("--locale={locale}")).arg("--lc-messages=C");
        if self.purpose != Purpose::Product {
            command.arg("--no-sync");
        }
        let output = command.kill_on_drop(true).output().await;
        let output = output.map_err(|error| EmbeddedError::io(&self.binaries.initdb, error))?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// Gives the superuser the password of a new record, for a cluster whose record got lost.
    async fn reset_superuser(&self) -> Result<(), EmbeddedError> {
        self.configure()?;
        let mut command = self.owner.command(&self.binaries.postgres);
        command.arg("--single").arg("-D").arg(self.folder()).arg("postgres");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |error| EmbeddedError::io(&self.binaries.postgres, error);
        let mut single = command.spawn().map_err(failed)?;
        let mut input = single.stdin.take().expect("its input is a pipe");
        let statement = format!("ALTER ROLE postgres PASSWORD '{}'\n", self.record.passwords.superuser);
        input.write_all(statement.as_bytes()).await.map_err(failed)?;
        drop(input);
        let output = single.wait_with_output().await.map_err(failed)?;
        if output.status.success() {
            return Ok(());
        }
        Err(EmbeddedError::from_output(&String::from_utf8_lossy(&output.stderr), &self.folder(), &self.log()))
    }

    /// Starts it, on another port when somebody has just taken the recorded one.
    pub async fn launch_first(&mut self) -> Result<Postmaster, EmbeddedError> {
        for _ in 1..PORT_TRIES {
            match self.launch().await {
                Err(EmbeddedError::NoPort) => {
                    self.move_port()?;
                    self.record.save(&self.data_folder)?;
                }
                launched => return launched,
            }
        }
        self.launch().await
    }

    /// Starts it and waits until it answers. The backends of one that was killed get a moment to go.
    pub async fn launch(&self) -> Result<Postmaster, EmbeddedError> {
        let started = Instant::now();
        loop {
            match self.try_launch().await {
                Err(EmbeddedError::StillInUse(_)) if started.elapsed() < BACKENDS_GONE_WITHIN => {
                    postmaster::end_orphaned_backends(&self.folder());
                    sleep(Duration::from_millis(100)).await;
                }
                launched => return launched,
            }
        }
    }

    async fn try_launch(&self) -> Result<Postmaster, EmbeddedError> {
        postmaster::end_left_over(&self.folder(), &self.owner).await?;
        self.configure()?;
        self.limit_log();
        let path = self.log();
        let failed = |error| EmbeddedError::io(&path, error);
        // Opened by us and handed over, because the user who runs Postgres may not be allowed into the data folder.
        let mut log = self.open_log().map_err(failed)?;
        let written_before = log.metadata().map_err(failed)?.len();
        let mut command = self.owner.command(&self.binaries.postgres);
        command.arg("-D").arg(self.folder());
        command.stdout(log.try_clone().map_err(failed)?).stderr(log.try_clone().map_err(failed)?);
        let mut postmaster =
            Postmaster::start(command).map_err(|error| EmbeddedError::io(&self.binaries.postgres, error))?;
        match postmaster.ready(&self.folder()).await {
            Ok(()) => Ok(postmaster),
            Err(NotReady::Ended(status)) => {
                let said = read_from(&mut log, written_before).map_err(failed)?;
                let said = if said.is_empty() { status.to_string() } else { said };
                Err(EmbeddedError::from_output(&said, &self.folder(), &path))
            }
            Err(NotReady::Stuck) => {
                Err(EmbeddedError::DidNotStart { reason: "it is not ready after ten minutes".into(), log: path })
            }
        }
    }

    /// Writes the settings anew at each start, so that a new version of the server brings its own. What an operator changes by
    /// `ALTER SYSTEM` lies in another file, stays and wins.
    fn configure(&self) -> Result<(), EmbeddedError> {
        let settings = settings::postgresql_conf(self.record.port, &self.record.socket, self.purpose);
        self.owner.write(&self.folder().join("postgresql.conf"), &settings)?;
        self.owner.write(&self.folder().join("pg_hba.conf"), settings::who_may_connect(self.purpose))
    }

    /// Keeps one earlier part of the log. The file is copied and emptied, not renamed: the database goes on writing to it.
    pub fn limit_log(&self) {
        let log = self.log();
        if fs::metadata(&log).is_ok_and(|metadata| metadata.len() > LOG_LIMIT_BYTES) {
            let kept = fs::copy(&log, self.data_folder.join("postgres.log.1"));
            let emptied = kept.and_then(|_| OpenOptions::new().write(true).open(&log)?.set_len(0));
            if let Err(error) = emptied {
                tracing::warn!("The database's log could not be shortened: {error}");
            }
        }
    }

    pub fn record_file(&self) -> PathBuf {
        Record::file(&self.data_folder)
    }
}

/// The major version that has made the cluster of this home; none when there is no cluster.
fn made_by(home: &Path) -> Option<u32> {
    fs::read_to_string(home.join("cluster/PG_VERSION")).ok()?.trim().parse().ok()
}

/// What an initdb that was killed has left. Best effort: its names are never taken for a cluster.
fn remove_half_made(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(b"half-") {
            let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
        }
    }
}

fn remove_half_made_folder(folder: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(EmbeddedError::io(folder, error)),
        _ => Ok(()),
    }
}

fn read_from(log: &mut File, position: u64) -> std::io::Result<String> {
    log.seek(SeekFrom::Start(position))?;
    let mut said = Vec::new();
    log.read_to_end(&mut said)?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}
