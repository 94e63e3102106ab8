//! Chooses where the database's files and its socket lie: inside the data folder when the user who runs Postgres may go there,
//! elsewhere when not.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};
use tracing::warn;

use super::EmbeddedError;
use super::owner::Owner;

/// For the databases of data folders that lie where an unprivileged user may not go.
const SHARED_FOLDER: &str = "/var/lib/service-hub";

/// The bytes that a socket's whole path may have: 107 on Linux, 103 on macOS and the BSDs.
const SOCKET_PATH_LIMIT: usize = 103;
const LONGEST_SOCKET_NAME: &str = "/.s.PGSQL.65535";

/// A folder for the database of `data_folder`, which remembers none so far.
pub(super) async fn choose(data_folder: &Path, owner: &Owner) -> Result<PathBuf, EmbeddedError> {
    let inside = data_folder.join("postgres");
    if try_folder(&inside, owner).await? {
        return Ok(inside);
    }
    // Only now: an empty folder there would be taken for the database.
    let _ = fs::remove_dir(&inside);
    // The name begins with the data folder's, so that people can tell what it belongs to. Its end is random: a data folder that
    // was deleted and made anew begins with an empty database, and nobody can lie in wait with a folder of that name.
    let belongs_to = &hex::encode(Sha256::digest(data_folder.as_os_str().as_bytes()))[..12];
    let name = format!("{belongs_to}-{}", random_name());
    let shared = Path::new(SHARED_FOLDER);
    // A failure shows in the attempt that follows.
    let _ = fs::create_dir_all(shared);
    warn_of_earlier(shared, belongs_to);
    for folder in [shared.join(&name), std::env::temp_dir().join(format!("service-hub-{name}"))] {
        if try_folder(&folder, owner).await.unwrap_or(false) {
            return Ok(folder);
        }
    }
    Err(EmbeddedError::Permission(inside))
}

async fn try_folder(folder: &Path, owner: &Owner) -> Result<bool, EmbeddedError> {
    owner.make_folder(folder)?;
    owner.may_write(folder).await
}

/// A data folder that was deleted leaves its database behind when that lay elsewhere. It is never deleted from here, because the
/// data folder may only be away for a while.
fn warn_of_earlier(shared: &Path, belongs_to: &str) {
    for entry in fs::read_dir(shared).into_iter().flatten().flatten() {
        let earlier = entry.path();
        if entry.file_name().as_bytes().starts_with(belongs_to.as_bytes()) && earlier.join("cluster").exists() {
            warn!(folder = %earlier.display(), "An earlier database of this data folder lies in {}", earlier.display());
        }
    }
}

/// The folder of the socket: the one remembered while it will do, then `<home>/socket`, then, when that path is too long for a
/// socket, a private folder with a short name.
pub(super) fn socket_folder(home: &Path, remembered: Option<&Path>, owner: &Owner) -> Result<PathBuf, EmbeddedError> {
    let inside = home.join("socket");
    if fits_socket(&inside) {
        owner.make_folder(&inside)?;
        return Ok(inside);
    }
    if let Some(remembered) = remembered.filter(|folder| is_private(folder, home)) {
        return Ok(remembered.into());
    }
    let temporary = [std::env::temp_dir(), "/tmp".into()].map(|folder| folder.join(format!("hub-{}", random_name())));
    let short = temporary.into_iter().find(|folder| fits_socket(folder)).expect("a folder of /tmp fits");
    owner.make_folder(&short)?;
    Ok(short)
}

fn fits_socket(folder: &Path) -> bool {
    folder.as_os_str().len() + LONGEST_SOCKET_NAME.len() <= SOCKET_PATH_LIMIT
}

/// Whether a folder below the system's temporary one is still the one we made: others can make folders there too, once a cleaner
/// has removed ours.
fn is_private(folder: &Path, home: &Path) -> bool {
    let (Ok(folder), Ok(home)) = (fs::symlink_metadata(folder), fs::metadata(home)) else {
        return false;
    };
    folder.is_dir() && folder.uid() == home.uid() && folder.mode() & 0o077 == 0
}

fn random_name() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 10)
}
