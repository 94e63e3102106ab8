//! `cargo xtask test`: every test but those of the release build, and one line at the end that says how many passed and failed.

use crate::{
    browser::{self, Suite},
    build,
    command::{self, Outcome, Stop},
    paths::{Paths, Profile},
    postgres::{self, Binaries},
    server,
};
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
};

#[derive(clap::Args)]
pub struct Args {
    /// Only the tests without a browser: rules, database, API
    #[arg(long)]
    rules: bool,
    /// Only the tests in the browser, on the dev build
    #[arg(long)]
    browser: bool,
    /// Only the few browser tests of the release build, which a run of everything leaves out: making that build takes as
    /// long as all the rest
    #[arg(long)]
    release: bool,
    /// Only tests whose name contains one of these
    filter: Vec<String>,
}

#[derive(Clone, Copy, Default)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

pub fn test(paths: &Paths, args: Args) -> Outcome<ExitCode> {
    let everything = !(args.rules || args.browser || args.release);
    let database = postgres::binaries(paths)?;
    let mut total = Tally::default();
    let mut dev_server = None;
    if everything || args.rules {
        match compile_tests(paths) {
            Ok(server) => {
                dev_server = server;
                total.add(cargo_tests(paths, &database, &args.filter)?);
            }
            Err(stop) => total.add(not_built(&stop)),
        }
    }
    if everything || args.browser {
        total.add(browser_tests(paths, Profile::Dev, dev_server, &database, &args.filter)?);
    }
    if args.release {
        total.add(browser_tests(paths, Profile::Release, None, &database, &args.filter)?);
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What does not build counts as one failed test, so that the other tests still run and the total is honest.
fn not_built(stop: &Stop) -> Tally {
    eprintln!("cargo xtask: {stop}");
    Tally { passed: 0, failed: 1 }
}

/// Every crate but the client, in one call, so that features are unified once. The client is for the browser: with it
/// in the same call, Leptos would be told to hydrate and to render at once.
fn cargo_test(paths: &Paths) -> Command {
    let mut cargo = command::cargo(&paths.root);
    cargo.args(["test", "--workspace", "--exclude", "frontend", "--no-fail-fast"]);
    cargo
}

/// Compiles the tests, and with them (for the server's own tests) the server's binary, which the browser tests then
/// need not build again with slightly other features.
fn compile_tests(paths: &Paths) -> Outcome<Option<PathBuf>> {
    let mut cargo = cargo_test(paths);
    cargo.args(["--no-run", "--message-format=json-render-diagnostics"]).stdout(Stdio::piped());
    let failed = "the tests do not compile; the compiler's messages above say where";
    let mut child = cargo.spawn().map_err(|error| Stop::new(format!("cargo could not be started: {error}")))?;
    let mut server = None;
    for line in BufReader::new(child.stdout.take().expect("it was asked for")).lines() {
        let Ok(line) = line else { break };
        let message: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let is_server = message["target"]["name"] == "service-hub" && message["target"]["kind"][0] == "bin" && message["profile"]["test"] == false;
        if let (true, Some(binary)) = (is_server, message["executable"].as_str()) {
            server = Some(PathBuf::from(binary));
        }
    }
    let status = child.wait().map_err(|error| Stop::new(format!("cargo could not be waited for: {error}")))?;
    if status.success() { Ok(server) } else { Err(Stop::new(failed)) }
}

/// Runs them, showing what they print and adding up their closing lines.
fn cargo_tests(paths: &Paths, database: &Binaries, filter: &[String]) -> Outcome<Tally> {
    let mut cargo = cargo_test(paths);
    cargo.arg("--").args(filter).stdout(Stdio::piped());
    database.name_to(&mut cargo);
    let mut child = cargo.spawn().map_err(|error| Stop::new(format!("cargo could not be started: {error}")))?;
    let mut tally = Tally::default();
    for line in BufReader::new(child.stdout.take().expect("it was asked for")).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.add(closing_line(&line).unwrap_or_default());
    }
    let status = child.wait().map_err(|error| Stop::new(format!("cargo could not be waited for: {error}")))?;
    // A test binary that crashes prints no closing line.
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn browser_tests(paths: &Paths, profile: Profile, server: Option<PathBuf>, database: &Binaries, filter: &[String]) -> Outcome<Tally> {
    let suite = match profile {
        Profile::Dev => Suite::Everything,
        Profile::Release => Suite::ReleaseSmoke,
    };
    let built = build::front(paths, profile).and_then(|()| server.map_or_else(|| server::server(paths, profile), Ok));
    match built {
        Ok(server) => browser::run(paths, suite, &server, &paths.site(profile), database, filter),
        Err(stop) => Ok(not_built(&stop)),
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`
fn closing_line(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    let count = |word: &str| counts.split(['.', ';']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok());
    Some(Tally { passed: count("passed")?, failed: count("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let tally = closing_line("test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s").unwrap();
        assert_eq!((tally.passed, tally.failed), (12, 3));
        assert!(closing_line("test tenants_are_apart ... ok").is_none());
    }
}
