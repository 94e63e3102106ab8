//! One throw-away PostgreSQL for all database tests: shared by every test process of a run, left running for the next run.
//!
//! It lies below cargo's target folder, so `cargo clean` removes it (PostgreSQL ends by itself when its files are gone). It
//! forgets what it likes in a power cut and is made anew when it does not start, be it that the machine has another major version by now.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use crate::embedded_postgres::{Connections, EmbeddedError, for_tests};

/// Part of the folder's name: raise it when a change of `embedded_postgres` asks for a new cluster.
const VERSION: u32 = 1;

#[derive(Debug, Clone)]
pub struct TestCluster {
    pub connections: Connections,
    /// The superuser on the database `postgres`, to clone and drop databases. Never test with it: it passes every isolation test.
    pub superuser_url: String,
}

/// The cluster of this run, started by whoever asks first.
///
/// # Panics
/// When it cannot be started, with the sentence that says what to do.
pub async fn cluster() -> &'static TestCluster {
    static CLUSTER: OnceCell<TestCluster> = OnceCell::const_new();
    CLUSTER.get_or_init(|| async { shared(&folder()).await.expect("the test database starts") }).await
}

async fn shared(folder: &Path) -> Result<TestCluster, EmbeddedError> {
    let parent = folder.parent().expect("the folder is below another");
    fs::create_dir_all(parent).expect("the target folder can be written");
    let lock = File::create(folder.with_extension("lock")).expect("the target folder can be written");
    // Other test processes wait here while the first makes the cluster.
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock));
    let _lock = lock.await.expect("waiting does not panic").expect("the file system has locks");
    let started = match for_tests::leave_running(folder).await {
        Err(error @ (EmbeddedError::NoBinaries { .. } | EmbeddedError::TooOld { .. } | EmbeddedError::DiskFull(_))) => {
            Err(error)
        }
        Err(broken) => {
            eprintln!("The test database is made anew: {broken}");
            for_tests::remove(folder).await?;
            for_tests::leave_running(folder).await
        }
        started => started,
    };
    started.map(|(connections, superuser_url)| TestCluster { connections, superuser_url })
}

/// Below the target folder of this test program, which cargo marks; elsewhere the system's temporary folder will do.
fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let parent = target.map_or_else(std::env::temp_dir, Path::to_owned);
    parent.join(format!("test-postgres-v{VERSION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_cluster_serves_all_who_ask_and_a_broken_one_is_made_anew() {
        let parent = std::env::temp_dir().join(format!("hub-test-cluster-{}", std::process::id()));
        let folder = parent.join("cluster");
        let (one, other) = tokio::join!(shared(&folder), shared(&folder));
        let (one, other) = (one.expect("it starts"), other.expect("it starts"));
        assert_eq!(one.superuser_url, other.superuser_url);
        fs::write(folder.join("postgres.toml"), "port = 1").expect("the record can be written");
        let remade = shared(&folder).await.expect("it starts anew");
        assert_ne!(remade.superuser_url, one.superuser_url);
        for_tests::remove(&folder).await.expect("it ends");
        fs::remove_dir_all(parent).expect("ours");
    }
}
