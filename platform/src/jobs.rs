//! Jobs: written in the transaction of the change that wants them, run at least once by the worker role through
//! graphile_worker. Shallow, idempotent, bounded.

use crate::{Cx, Db, Opened, Platform, fault, telemetry};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, Worker, WorkerContext, WorkerOptions};
use kernel::{Fault, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::PgConnection;
use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// What a job carries. Its handler stands in the area's `server/jobs.rs` and is named in `server/src/roles/worker.rs`.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// Stable name in the queue.
    const NAME: &'static str;
}

/// Jobs that one process works on at once.
const CONCURRENCY: usize = 8;
/// The queue is looked at this often even when no notification came.
const POLL: Duration = Duration::from_secs(1);
/// A worker says that it lives this often; one that was silent for `SILENT` is taken as killed and its jobs are free again.
const HEARTBEAT: Duration = Duration::from_secs(2);
const SILENT: Duration = Duration::from_secs(12);
const SWEEP: Duration = Duration::from_secs(4);
/// Jobs under way when the process is to stop may take this long to finish.
const GRACE: Duration = Duration::from_secs(15);

/// Runs one job by its name. An error makes the queue try again with growing pauses, twelve times at most.
pub type Dispatch = dyn Fn(String, Value) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>> + Send + Sync;

/// The one task of the queue library: ours carry their own names.
#[derive(Debug, Serialize, Deserialize)]
struct HubJob {
    name: String,
    payload: Value,
}

#[derive(Clone)]
struct Dispatcher(Arc<Dispatch>);

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dispatcher")
    }
}

impl TaskHandler for HubJob {
    const IDENTIFIER: &'static str = "hub";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(dispatcher) = context.get_ext::<Dispatcher>() else {
            return Err("this worker has no dispatcher".to_owned());
        };
        (dispatcher.0)(self.name, self.payload).await.map_err(|fault| fault.to_string())
    }
}

async fn worker(db: &Db, dispatch: Arc<Dispatch>, stopping: CancellationToken) -> Result<Worker, Fault> {
    let pool = db.queue_pool(CONCURRENCY as u32 + 2).await?;
    WorkerOptions::default()
        .pg_pool(pool)
        .concurrency(CONCURRENCY)
        .poll_interval(POLL)
        .heartbeat_interval(HEARTBEAT)
        .sweep_interval(SWEEP)
        .sweep_threshold(SILENT)
        .recovery_delay(Duration::ZERO)
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(GRACE)
        .shutdown_interrupted_job_retry_delay(Duration::ZERO)
        .shutdown_signal(async move { stopping.cancelled().await })
        .add_extension(Dispatcher(dispatch))
        .define_job::<HubJob>()
        .init()
        .await
        .map_err(|error| Fault::passing(format!("the job queue cannot be opened: {error}")))
}

/// A job that failed as often as jobs are tried: nobody tries it again.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeadJob {
    /// `mail`, or `event` with what happened: `event billing.plan_due`.
    pub name: String,
    /// The organisation's printed id, where the job has one.
    pub tenant: Option<String>,
    pub last_error: Option<String>,
    /// Real time.
    pub created_at: Timestamp,
    pub failed_at: Timestamp,
}

/// Jobs that one look at the dead ones answers.
pub const DEAD_SHOWN: i32 = 1_000;

/// Dead jobs, those that failed last first. Needs the system's, the provider's or the owner's role.
pub async fn dead(connection: &mut PgConnection) -> Result<Vec<DeadJob>, Fault> {
    let sql = "SELECT name, tenant, last_error, created_at, failed_at FROM hub.dead_jobs($1)";
    sqlx::query_as(sql).bind(DEAD_SHOWN).fetch_all(connection).await.map_err(fault)
}

/// How many there are, be it more than one look answers. Needs the same.
pub async fn dead_number(connection: &mut PgConnection) -> Result<i64, Fault> {
    sqlx::query_scalar("SELECT hub.count_dead_jobs()").fetch_one(connection).await.map_err(fault)
}

/// Puts dead jobs back into the queue, once their cause is mended; answers how many.
pub async fn retry_dead(cx: &Cx) -> Result<i64, Opened> {
    let mut tx = cx.system_tx().await?;
    let retried = sqlx::query_scalar("SELECT hub.retry_dead_jobs()").fetch_one(&mut *tx).await.map_err(fault)?;
    tx.commit().await?;
    Ok(retried)
}

/// Counts dead jobs for the metrics, and tells of them.
pub async fn count_dead(cx: &Cx) -> Result<(), Opened> {
    let (number, dead) = {
        let mut tx = cx.system_tx().await?;
        (dead_number(&mut tx).await?, dead(&mut tx).await?)
    };
    metrics::gauge!(telemetry::DEAD_JOBS).set(number as f64);
    if let Some(newest) = dead.first() {
        tracing::warn!(jobs = number, newest = newest.name, "{number} jobs were given up and need attention: `service-hub doctor` lists them");
    }
    Ok(())
}

/// Another process counts them: what this one counted before is no longer so.
pub fn count_dead_elsewhere() {
    metrics::gauge!(telemetry::DEAD_JOBS).set(0.0);
}

/// Works until the process stops. A queue that cannot be reached is tried again.
pub async fn work(platform: Arc<Platform>, dispatch: Arc<Dispatch>, stopping: CancellationToken) {
    while !stopping.is_cancelled() {
        match worker(&platform.db, dispatch.clone(), stopping.clone()).await {
            Ok(worker) => {
                if let Err(failed) = worker.run().await {
                    tracing::warn!("The job queue stopped answering: {failed}");
                }
            }
            Err(failed) => tracing::warn!("{failed}"),
        }
        if !stopping.is_cancelled() {
            tokio::time::sleep(POLL).await;
        }
    }
}

/// The queue in the hands of one caller, who runs what is ready when he wants it run: the simulated clock steps on when
/// nothing is left to do.
pub struct Queue {
    worker: Worker,
}

impl Queue {
    pub async fn open(platform: &Platform, dispatch: Arc<Dispatch>) -> Result<Self, Fault> {
        Ok(Self { worker: worker(&platform.db, dispatch, CancellationToken::new()).await? })
    }

    /// Runs everything that is ready, jobs that come of it included.
    pub async fn drain(&self) -> Result<(), Fault> {
        self.worker.run_once().await.map_err(|error| Fault::new(format!("the job queue cannot be drained: {error}")))
    }
}
