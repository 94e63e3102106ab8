//! Installing what the machine lacks, by the package manager it has.

use crate::command::{self, Outcome, Stop, answer, answer_of};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Finds a program on PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let file = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// Installs Debian packages, or says what a person would have to install. `purpose` completes "… needs …".
pub fn install(packages: &[&str], purpose: &str) -> Outcome<()> {
    let names = packages.join(" ");
    if find_program("apt-get").is_none() {
        return Err(Stop::new(format!("{purpose} needs {names} (Debian's names), and there is no apt-get here; install their like by this machine's package manager and start again")));
    }
    let Some(administrator) = as_administrator() else {
        return Err(Stop::new(format!("{purpose} needs {names}, and this user may not install packages; run `sudo apt-get install {names}` and start again")));
    };
    eprintln!("Installing {names}: {purpose} needs it");
    let apt = |arguments: &[&str]| {
        let words: Vec<&str> = administrator.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied()).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let install: Vec<&str> = ["install", "-y", "-q", "--no-install-recommends"].into_iter().chain(packages.iter().copied()).collect();
    let failed = format!("apt-get could not install {names}; look at its messages above, {purpose} needs them");
    // The lists of a fresh machine are often empty or old: then ask again with new ones.
    if answer_of(&mut apt(&install)).is_some() {
        return Ok(());
    }
    command::run_quietly(&mut apt(&["update", "-q"]), "apt-get update failed; look at its messages above, usually the network or a package source is at fault")?;
    command::run_quietly(&mut apt(&install), &failed)
}

/// How to become root without a password: nothing, `sudo -n`, or not at all.
fn as_administrator() -> Option<Vec<&'static str>> {
    if is_root() {
        Some(vec![])
    } else {
        answer("sudo", &["-n", "true"]).map(|_| vec!["sudo", "-n"])
    }
}

pub fn is_root() -> bool {
    answer("id", &["-u"]).is_some_and(|id| id == "0")
}

/// The newest program among `name-<number>` in /usr/bin, as Debian names several versions of one tool.
pub fn newest_numbered(name: &str) -> Option<PathBuf> {
    let prefix = format!("{name}-");
    let number = |path: &Path| path.file_name()?.to_str()?.strip_prefix(&prefix)?.parse::<u32>().ok();
    let entries = std::fs::read_dir("/usr/bin").ok()?;
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| number(path).is_some()).max_by_key(|path| number(path))
}
