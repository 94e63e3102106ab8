//! Where things lie: the checkout, the target directories, the site, the user's cache.

use crate::command::{Outcome, Stop, io_failed};
use std::{
    env,
    path::{Path, PathBuf},
};

/// Which of the two builds: quick to make, or quick to use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
        }
    }
}

pub struct Paths {
    /// The checkout. Every command runs here.
    pub root: PathBuf,
    /// Native builds: `target`, or wherever CARGO_TARGET_DIR points.
    pub target: PathBuf,
    /// Client builds. Apart from the native ones, because another compiler may make them and the two would keep
    /// invalidating each other.
    pub front_target: PathBuf,
    /// What outlives a checkout: the wasm standard library, the PostgreSQL binaries.
    pub cache: PathBuf,
}

impl Paths {
    pub fn find() -> Outcome<Paths> {
        // As cargo says now, not as it said when xtask was compiled: a target directory may serve several checkouts.
        let xtask = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| Stop::new("xtask was not started by cargo; type `cargo xtask` in the checkout"))?;
        let root = Path::new(&xtask).parent().expect("xtask lies in the workspace").to_path_buf();
        env::set_current_dir(&root).map_err(io_failed("entering", &root))?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Paths { front_target: target.join("front"), cache: cache_folder()?, target, root })
    }

    /// Where cargo puts the binaries of a profile.
    pub fn binaries(&self, profile: Profile) -> PathBuf {
        self.target.join(match profile {
            Profile::Dev => "debug",
            Profile::Release => "release",
        })
    }

    /// What the server serves as files: HUB_SITE. A release lies where the server looks by default; a dev build apart
    /// from it, so that neither has to be made again after the other.
    pub fn site(&self, profile: Profile) -> PathBuf {
        match profile {
            Profile::Dev => self.target.join("site-dev"),
            Profile::Release => self.root.join("site"),
        }
    }

    /// A program that came with the npm packages.
    pub fn npm_binary(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() })
    }
}

fn cache_folder() -> Outcome<PathBuf> {
    let base = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        (_, None) => return Err(Stop::new("neither XDG_CACHE_HOME nor HOME is set; set one, it is where built tools are kept")),
    };
    Ok(base.join("service-hub"))
}
