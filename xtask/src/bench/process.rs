//! Servers that the bench starts on free ports, and ends again whatever happens.

use crate::command::{self, Outcome, Stop, answer, io_failed};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

/// The product's first start makes a database cluster and migrates it.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// It finishes requests and stops its database before it ends.
const ENDS_WITHIN: Duration = Duration::from_secs(40);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub struct Server {
    name: &'static str,
    child: Child,
    pub address: String,
    log: PathBuf,
}

/// An address of this machine that nobody listens on.
pub fn free_address() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| Stop::new(format!("no port of 127.0.0.1 can be listened on: {error}")))?;
    Ok(listener.local_addr().map_err(|error| Stop::new(error.to_string()))?.to_string())
}

impl Server {
    /// Starts it and waits until `path` is answered with one of these statuses.
    pub fn start(mut command: Command, name: &'static str, address: String, logs: &Path, path: &str, ready: &[u16]) -> Outcome<Server> {
        let log = logs.join(format!("{}.log", name.replace(' ', "-").to_lowercase()));
        let file = File::create(&log).map_err(io_failed("creating", &log))?;
        let errors = file.try_clone().map_err(io_failed("writing", &log))?;
        command.stdin(std::process::Stdio::null()).stdout(file).stderr(errors);
        let child = command.spawn().map_err(|error| Stop::new(format!("{name} could not be started: {error}")))?;
        let mut server = Server { name, child, address, log };
        let deadline = Instant::now() + READY_WITHIN;
        while !status(&server.address, path).is_some_and(|status| ready.contains(&status)) {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(server.trouble(&format!("ended before it was ready ({status})")));
            }
            if Instant::now() > deadline {
                return Err(server.trouble(&format!("is not ready after {} s", READY_WITHIN.as_secs())));
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(server)
    }

    /// What it holds in memory, without what it started, in bytes; `None` where `ps` does not say.
    pub fn memory(&self) -> Option<u64> {
        let kib = answer("ps", &["-o", "rss=", "-p", &self.child.id().to_string()])?;
        Some(kib.trim().parse::<u64>().ok()? * 1024)
    }

    fn trouble(&self, what: &str) -> Stop {
        const LINES: usize = 15;
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        Stop::new(format!("{} {what}; the last that it said:\n{}", self.name, lines[lines.len().saturating_sub(LINES)..].join("\n")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = cfg!(unix) && answer("kill", &["-TERM", &self.child.id().to_string()]).is_some();
        let deadline = Instant::now() + ENDS_WITHIN;
        while asked && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(LOOK_EVERY);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status that a path is answered with; `None` while nobody answers.
fn status(address: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(ANSWER_WITHIN)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).ok()?;
    status_in(&start)
}

/// 200 in `HTTP/1.1 200`.
fn status_in(start: &[u8]) -> Option<u16> {
    std::str::from_utf8(start).ok()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

/// A folder for one run: data, logs, the page's bytes. Gone afterwards.
pub struct Workshop(pub PathBuf);

impl Workshop {
    pub fn open() -> Outcome<Workshop> {
        let folder = std::env::temp_dir().join(format!("service-hub-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(command::io_failed("creating", &folder))?;
        Ok(Workshop(folder))
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_the_first_line() {
        assert_eq!(status_in(b"HTTP/1.1 200"), Some(200));
        assert_eq!(status_in(b"HTTP/1.0 303"), Some(303));
        assert_eq!(status_in(b"SSH-2.0-Open"), None);
    }
}
