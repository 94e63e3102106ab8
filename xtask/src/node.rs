//! The npm packages: Tailwind, wasm-opt, ECharts, Playwright.

use crate::{
    command::{self, Outcome, Stop, answer},
    machine,
    paths::Paths,
    stamp::Stamp,
};
use std::{fs, path::Path, process::Command};

/// The oldest Node that Tailwind's compiler supports.
const OLDEST_NODE: u32 = 20;

/// The packages of the checkout.
pub fn packages(paths: &Paths) -> Outcome<()> {
    packages_in(&paths.root)
}

/// Makes a folder's `node_modules` what its package-lock.json says; does nothing when it already is.
pub fn packages_in(folder: &Path) -> Outcome<()> {
    let stamp = Stamp::default().paths(folder, ["package.json", "package-lock.json", ".npmrc"])?.finish();
    let record = folder.join("node_modules/.service-hub-stamp");
    if fs::read_to_string(&record).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    itself()?;
    eprintln!("Installing the npm packages of {}", folder.join("package-lock.json").display());
    let mut npm = npm(folder);
    // Not `npm ci`: it refuses a lock file that was written behind a mirror which lacks packages for other platforms,
    // though none of them is wanted here. `install --no-save` obeys the same lock file and leaves it alone.
    npm.args(["install", "--no-save", "--no-progress", "--loglevel=error"]);
    command::run_quietly(&mut npm, "npm could not install the packages of package-lock.json; look at its messages above, usually the network or the registry is at fault")?;
    fs::write(&record, stamp).map_err(command::io_failed("writing", &record))
}

/// A Node program from `node_modules/.bin`.
pub fn tool(paths: &Paths, name: &str) -> Command {
    command::fresh(paths.npm_binary(name), &paths.root)
}

pub fn npm(root: &Path) -> Command {
    command::fresh(if cfg!(windows) { "npm.cmd" } else { "npm" }, root)
}

/// Node and npm, installed where missing.
pub fn itself() -> Outcome<()> {
    if machine::find_program("node").is_none() || (machine::find_program("npm").is_none() && !cfg!(windows)) {
        machine::install(&["nodejs", "npm"], "building the interface")?;
    }
    let version = answer("node", &["--version"]).ok_or_else(|| Stop::new("`node --version` does not answer; install Node.js 20 or newer again and start again"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(Stop::new(format!("Node.js {version} is too old; install version {OLDEST_NODE} or newer and start again"))),
    }
}
