//! Running other programs, and saying in one sentence what to do when one fails.

use std::{
    env,
    ffi::OsStr,
    fmt,
    io::{self, ErrorKind},
    path::Path,
    process::{Command, Stdio},
};

/// Why the task ends here: one sentence for the person at the terminal.
#[derive(Debug)]
pub struct Stop(String);

pub type Outcome<T> = Result<T, Stop>;

impl Stop {
    pub fn new(sentence: impl Into<String>) -> Stop {
        Stop(sentence.into())
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs a command with its output on this terminal. `failed` is what a person should read when it does not succeed.
pub fn run(command: &mut Command, failed: &str) -> Outcome<()> {
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(failure(failed)) }
}

/// Runs a command silently; its output appears only when it fails.
pub fn run_quietly(command: &mut Command, failed: &str) -> Outcome<()> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        return Ok(());
    }
    show_end(&output.stdout);
    show_end(&output.stderr);
    Err(failure(failed))
}

/// What a command prints, trimmed; `None` when it is not there or does not succeed.
pub fn answer(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    answer_of(Command::new(program).args(args))
}

/// As `answer`, for a command that needs more than arguments.
pub fn answer_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command that starts in the checkout, as if a person had typed it there: without what the outer `cargo run` set
/// for xtask, which would make build scripts believe that something changed.
pub fn fresh(program: impl AsRef<OsStr>, root: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(set_by_outer_cargo) {
            command.env_remove(name);
        }
    }
    match own_library_path() {
        Some(path) => command.env("LD_LIBRARY_PATH", path),
        None => command.env_remove("LD_LIBRARY_PATH"),
    };
    command
}

/// The cargo that runs xtask, for native builds.
pub fn cargo(root: &Path) -> Command {
    fresh(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), root)
}

/// Turns an IO error on a file into a sentence.
pub fn io_failed<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Stop + 'a {
    move |error| match error.kind() {
        ErrorKind::StorageFull => Stop::new(format!("the disk is full while {doing} {}; free some space and start again", path.display())),
        ErrorKind::PermissionDenied => Stop::new(format!("{doing} {} is not permitted to this user; give it the right or start as its owner", path.display())),
        _ => Stop::new(format!("{doing} {} failed: {error}", path.display())),
    }
}

/// The last lines of what a failed command printed, where the reason usually stands.
fn show_end(output: &[u8]) {
    const LINES: usize = 40;
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        eprintln!("{line}");
    }
}

fn set_by_outer_cargo(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(name, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "RUST_RECURSION_COUNT")
}

/// LD_LIBRARY_PATH without the folders that `cargo run` put in front.
fn own_library_path() -> Option<std::ffi::OsString> {
    let path = env::var_os("LD_LIBRARY_PATH")?;
    let cargos = |folder: &Path| {
        let text = folder.to_string_lossy();
        text.contains("/target/") || text.contains("rustlib") || text.contains("/toolchains/") || text.ends_with("/deps")
    };
    let own: Vec<_> = env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty() && !cargos(folder)).collect();
    (!own.is_empty()).then(|| env::join_paths(own).expect("the parts came from such a list"))
}

fn could_not_start(command: &Command, error: &io::Error) -> Stop {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        ErrorKind::NotFound => Stop::new(format!("`{program}` is not on this machine; install it and start again")),
        _ => Stop::new(format!("`{program}` could not be started: {error}")),
    }
}

/// A failed command on a full disk says many things; the person needs the one that is true.
fn failure(sentence: &str) -> Stop {
    const TOO_LITTLE_KIB: u64 = 100 * 1024;
    let free = answer("df", &["-Pk", "."]).and_then(|table| table.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free {
        Some(kib) if kib < TOO_LITTLE_KIB => Stop::new(format!("the disk is nearly full ({} MiB left); free some space and start again", kib / 1024)),
        _ => Stop::new(sentence),
    }
}
