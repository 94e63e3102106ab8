//! The operating-system user that Postgres runs as: ourselves, or an unprivileged one when we are root, which Postgres refuses.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown, lchown};
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::EmbeddedError;

#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    Ourselves,
    Unprivileged { user: u32, group: u32 },
}

/// Whom root hands the database to, best first.
const UNPRIVILEGED_USERS: [&str; 2] = ["postgres", "nobody"];

impl Owner {
    pub async fn find() -> Result<Self, EmbeddedError> {
        if id(&["-u"]).await? != Some(0) {
            return Ok(Self::Ourselves);
        }
        for name in UNPRIVILEGED_USERS {
            if let (Some(user), Some(group)) = (id(&["-u", name]).await?, id(&["-g", name]).await?) {
                return Ok(Self::Unprivileged { user, group });
            }
        }
        Err(EmbeddedError::Command {
            command: "id -u nobody".into(),
            source: io::Error::other("no unprivileged user exists"),
        })
    }

    /// A command run as this user. It starts in `/`, because the current folder may be closed to that user and Postgres insists
    /// on knowing where it is; it speaks English, so that its messages can be told apart; and it sees none of the `PG*`
    /// variables that people keep for their own servers.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        if let Self::Unprivileged { user, group } = *self {
            command.uid(user).gid(group);
        }
        command
    }

    /// The same when a cluster exists: it keeps its user, whom Postgres insists on. Somebody who works as root once in a while
    /// does not take it from the user who made it.
    pub fn of_existing(self, cluster: &Path) -> Result<Self, EmbeddedError> {
        match self {
            Self::Ourselves => Ok(self),
            Self::Unprivileged { .. } => {
                let metadata = fs::symlink_metadata(cluster).map_err(|error| EmbeddedError::io(cluster, error))?;
                Ok(Self::Unprivileged { user: metadata.uid(), group: metadata.gid() })
            }
        }
    }

    /// Makes a folder of mode 0700 that belongs to this user; one that exists stays as it is.
    pub fn make_folder(&self, folder: &Path) -> Result<(), EmbeddedError> {
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => self.give(lchown, folder).map_err(|error| EmbeddedError::io(folder, error)),
            Err(_) if fs::symlink_metadata(folder).is_ok_and(|existing| existing.is_dir()) => Ok(()),
            Err(error) => Err(EmbeddedError::io(folder, error)),
        }
    }

    /// Writes a file of mode 0600 that belongs to this user. An earlier one is removed, not written to: in a folder of another
    /// user's, root must not follow a link to anywhere.
    pub fn write(&self, file: &Path, text: &str) -> Result<(), EmbeddedError> {
        let write = || {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut open = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
            open.write_all(text.as_bytes())?;
            self.give(fchown, open)
        };
        write().map_err(|error| EmbeddedError::io(file, error))
    }

    fn give<T>(&self, change_owner: fn(T, Option<u32>, Option<u32>) -> io::Result<()>, what: T) -> io::Result<()> {
        match *self {
            Self::Ourselves => Ok(()),
            Self::Unprivileged { user, group } => change_owner(what, Some(user), Some(group)),
        }
    }

    /// Whether this user can reach `folder` and write there. Asked by doing it: modes, lists and mounts have all the say.
    pub async fn may_write(&self, folder: &Path) -> Result<bool, EmbeddedError> {
        self.try_shell(r#"cd "$1" && : > .probe && rm .probe"#, folder).await
    }

    pub async fn may_execute(&self, program: &Path) -> Result<bool, EmbeddedError> {
        self.try_shell(r#"test -x "$1""#, program).await
    }

    async fn try_shell(&self, script: &str, path: &Path) -> Result<bool, EmbeddedError> {
        let mut shell = self.command(Path::new("/bin/sh"));
        shell.arg("-c").arg(script).arg("sh").arg(path).stdout(Stdio::null()).stderr(Stdio::null());
        let status = shell.status().await.map_err(|source| EmbeddedError::Command { command: "/bin/sh".into(), source })?;
        Ok(status.success())
    }
}

/// What the `id` command prints, a number; none when it knows no such user.
async fn id(arguments: &[&str]) -> Result<Option<u32>, EmbeddedError> {
    let output = Command::new("id").args(arguments).stdin(Stdio::null()).output().await;
    let output = output.map_err(|source| EmbeddedError::Command { command: "id".into(), source })?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}
