//! The same cluster for tests: fast rather than safe, left running. `testing::cluster` shares it among the processes of a run.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::time::timeout;

use super::cluster::Cluster;
use super::owner::Owner;
use super::record::Record;
use super::settings::Purpose;
use super::{ATTACH_WITHIN, Connections, EmbeddedError, make_data_folder, postmaster, roles};

/// The cluster in this folder, started when it does not run. The caller sees to it that one process at a time asks. With it
/// comes the superuser's URL, for what tests alone may do: clone and drop databases.
pub(crate) async fn leave_running(folder: &Path) -> Result<(Connections, String), EmbeddedError> {
    let folder = make_data_folder(folder).await?;
    if let Some(record) = Record::load(&folder)? {
        let superuser_url = record.superuser_url();
        if let Ok(Ok(session)) = timeout(ATTACH_WITHIN, PgConnection::connect(&superuser_url)).await {
            session.close().await?;
            return Ok((record.connections(), superuser_url));
        }
    }
    let mut cluster = Cluster::open(&folder, Purpose::Tests).await?;
    let postmaster = cluster.launch_first().await?;
    roles::ensure(&cluster).await?;
    postmaster.leave_running();
    Ok((cluster.record.connections(), cluster.record.superuser_url()))
}

/// Ends and deletes it.
pub(crate) async fn remove(folder: &Path) -> Result<(), EmbeddedError> {
    let owner = Owner::find().await?;
    let elsewhere = Record::load(folder).ok().flatten().map(|record| record.home);
    for home in elsewhere.into_iter().chain([folder.join("postgres")]) {
        postmaster::end_left_over(&home.join("cluster"), &owner).await?;
        remove_folder(&home)?;
    }
    remove_folder(folder)
}

fn remove_folder(folder: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(EmbeddedError::io(folder, error)),
        _ => Ok(()),
    }
}
