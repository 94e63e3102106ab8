//! The running database: the one process that is its parent of all others. Start it, wait for it, end it; find and end the one
//! that a killed server has left.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::EmbeddedError;
use super::owner::Owner;

/// Pause between two looks at something that takes a few dozen milliseconds.
const LOOK: Duration = Duration::from_millis(10);

/// A database that was killed reads its log first, which can take minutes when it was busy. Longer than this it is stuck.
const READY_WITHIN: Duration = Duration::from_secs(600);

/// How long the database gets to write down what it has in memory.
const FAST_SHUTDOWN: Duration = Duration::from_secs(20);
/// How long it gets to drop everything; it replays its log at the next start.
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(5);

/// Dropped while it runs, it is told to end and not waited for: the least that a server can do which gives up half-way.
#[derive(Debug)]
pub(super) struct Postmaster {
    child: Option<Child>,
    pid: u32,
}

impl Postmaster {
    pub fn start(mut command: Command) -> std::io::Result<Self> {
        // A group of its own, so that Ctrl-C at the terminal reaches the server alone, which ends the database last.
        let child = command.process_group(0).spawn()?;
        let pid = child.id().expect("a child has an id until it is waited for");
        Ok(Self { child: Some(child), pid })
    }

    /// Waits until it answers queries, or has ended instead.
    pub async fn ready(&mut self, cluster: &Path) -> Result<(), NotReady> {
        let started = Instant::now();
        let mut next_word = Duration::from_secs(5);
        loop {
            if PidFile::read(cluster).is_some_and(|file| file.pid == self.pid && file.ready) {
                return Ok(());
            }
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten()) {
                self.child = None;
                return Err(NotReady::Ended(status));
            }
            if started.elapsed() > READY_WITHIN {
                return Err(NotReady::Stuck);
            }
            if started.elapsed() > next_word {
                info!("The database is recovering from its log since {} s", started.elapsed().as_secs());
                next_word *= 2;
            }
            sleep(LOOK).await;
        }
    }

    /// Returns when it has ended by itself.
    pub async fn ended(&mut self) -> String {
        let status = match &mut self.child {
            Some(child) => child.wait().await,
            None => return "ended before".into(),
        };
        self.child = None;
        status.map_or_else(|error| error.to_string(), |status| status.to_string())
    }

    /// Ends it, in an orderly way first.
    pub async fn stop(mut self) {
        for (signal, patience) in [(Signal::Fast, FAST_SHUTDOWN), (Signal::Immediate, IMMEDIATE_SHUTDOWN)] {
            signal.send(self.pid);
            if timeout(patience, self.ended()).await.is_ok() {
                return;
            }
            warn!("The database has not ended {} s after {signal:?}", patience.as_secs());
        }
        Signal::Kill.send(self.pid);
        self.ended().await;
    }

    /// Lets it run on when this process ends.
    #[cfg(feature = "testing")]
    pub fn leave_running(mut self) {
        self.child = None;
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        if self.child.is_some() {
            Signal::Fast.send(self.pid);
        }
    }
}

#[derive(Debug)]
pub(super) enum NotReady {
    Ended(ExitStatus),
    Stuck,
}

/// Ends the postmaster that a killed server has left on this cluster. It is not taken over: its backends may still be at work
/// for the killed server and hold locks, its settings are those of the server that started it, and to end it takes no longer
/// than a restart.
pub(super) async fn end_left_over(cluster: &Path, owner: &Owner) -> Result<(), EmbeddedError> {
    let Some(PidFile { pid, path, lines, .. }) = PidFile::read(cluster) else {
        return Ok(());
    };
    if !is_postmaster_of(pid, cluster) {
        // After a reboot or in a new container that number may be anybody's, even a zombie's, and Postgres would believe the file.
        // Not removed, because it also names the shared memory by which Postgres sees that backends without a postmaster are
        // still at work. With our own number, its parent's, Postgres skips the first check and makes the second.
        let rest = lines.iter().skip(1).map(|line| format!("{line}\n")).collect::<String>();
        let text = format!("{}\n{rest}", std::process::id());
        return owner.write(&path, &text);
    }
    warn!(process = pid, "Ending the database that an earlier server has left running");
    for (signal, patience) in
        [(Signal::Fast, FAST_SHUTDOWN), (Signal::Immediate, IMMEDIATE_SHUTDOWN), (Signal::Kill, IMMEDIATE_SHUTDOWN)]
    {
        signal.send(pid);
        let ended = async {
            while is_postmaster_of(pid, cluster) {
                sleep(LOOK).await;
            }
        };
        if timeout(patience, ended).await.is_ok() {
            return Ok(());
        }
    }
    Err(EmbeddedError::StillInUse(cluster.into()))
}

/// Ends the backends of a postmaster that was killed, which end by themselves only when they next wait for something. They are
/// known by their working folder, the cluster's, and by what they call themselves. Where the system does not tell, they are left.
pub(super) fn end_orphaned_backends(cluster: &Path) {
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let works_there = fs::read_link(entry.path().join("cwd")).is_ok_and(|folder| folder == cluster);
        let says = |name: &[u8]| fs::read(entry.path().join("cmdline")).is_ok_and(|title| title.starts_with(name));
        if works_there && says(b"postgres: ") {
            Signal::Immediate.send(pid);
        }
    }
}

/// What a postmaster writes down about itself.
struct PidFile {
    path: PathBuf,
    pid: u32,
    ready: bool,
    lines: Vec<String>,
}

impl PidFile {
    fn read(cluster: &Path) -> Option<Self> {
        let path = cluster.join("postmaster.pid");
        let text = fs::read_to_string(&path).ok()?;
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let pid = lines.first()?.trim().parse().ok()?;
        // The eighth line is its state.
        let ready = lines.get(7).is_some_and(|state| state.trim() == "ready");
        Some(Self { path, pid, ready, lines })
    }
}

/// Whether this process is a postmaster of this cluster: one that has its folder as an argument, as we start them. A zombie has
/// no arguments any more, and a backend calls itself otherwise.
fn is_postmaster_of(pid: u32, cluster: &Path) -> bool {
    let cluster = cluster.as_os_str().as_bytes();
    if Path::new("/proc/self/cmdline").exists() {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        return arguments.split(|byte| *byte == 0).any(|argument| argument == cluster);
    }
    let asked = std::process::Command::new("ps").args(["-o", "args=", "-p", &pid.to_string()]).output();
    let arguments = asked.map(|output| output.stdout).unwrap_or_default();
    arguments.windows(cluster.len()).any(|window| window == cluster)
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    /// Ends all sessions, writes everything down and ends.
    Fast,
    /// Ends at once; the log is replayed at the next start.
    Immediate,
    Kill,
}

impl Signal {
    /// By the shell's own command, since the standard library can only kill. Whether it arrived shows in what the process does.
    fn send(self, pid: u32) {
        let signal = match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
            Self::Kill => "KILL",
        };
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", r#"kill -s "$1" "$2""#, "sh", signal, &pid.to_string()]);
        let _ = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}
