//! Probes what is due, for as long as the process lives. Several copies share the work: a check is claimed by moving its
//! next time on, under a row lock that others skip. A copy that is killed in the middle of a probe leaves a claim that
//! runs out after the longest timeout.

use super::{
    errors::opened,
    probe::{self, HttpProber},
    reach::Reach,
    record,
    store::checks,
};
use kernel::{CheckId, Fault, Need, TenantId};
use platform::Cx;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

/// Due checks are looked for this often.
const ROUND: Duration = Duration::from_millis(200);
/// Pause after the database did not answer.
const TROUBLE: Duration = Duration::from_secs(1);
/// Probes that one process has under way at once.
const AT_ONCE: usize = 128;
/// A check whose prober was killed is probed again after this: every timeout has run out by then.
const CLAIM: Duration = Duration::from_secs(30);

/// What probes with.
#[derive(Debug, Clone)]
pub struct Prober {
    http: HttpProber,
    reach: Reach,
    slots: Arc<Semaphore>,
}

impl Prober {
    pub fn new(reach: Reach) -> Self {
        Self { http: HttpProber::new(reach), reach, slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Claims what is due and starts probing it in `tasks`; a slow target keeps nobody waiting.
    async fn round(&self, cx: &Cx, tasks: &mut JoinSet<()>) -> Result<usize, Fault> {
        let free = i64::try_from(self.slots.available_permits()).unwrap_or(0);
        if free == 0 {
            return Ok(0);
        }
        let now = cx.now();
        let mut tx = cx.system_tx().await.map_err(opened)?;
        let due = checks::claim_due(&mut tx, now, now.plus(CLAIM), free).await.map_err(platform::fault)?;
        tx.commit().await?;
        let count = due.len();
        for (tenant, check) in due {
            // Only this loop takes permits, so those that were free still are.
            let Ok(permit) = self.slots.clone().acquire_owned().await else { break };
            let (prober, cx) = (self.clone(), cx.clone());
            tasks.spawn(async move { prober.probe_one(&cx, tenant, check, permit).await });
        }
        Ok(count)
    }

    async fn probe_one(&self, cx: &Cx, tenant: TenantId, check: CheckId, permit: OwnedSemaphorePermit) {
        if let Err(fault) = self.probe(cx, tenant, check).await {
            tracing::warn!(check.id = %check, "The result of check {check} was not written down: {fault}");
        }
        drop(permit);
    }

    /// Probes one check now and writes the result down.
    pub async fn probe(&self, cx: &Cx, tenant: TenantId, id: CheckId) -> Result<(), Fault> {
        let cx = Cx::system(cx.platform().clone(), "monitor", Some(tenant));
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
        let found = checks::find(&mut tx, id).await.map_err(platform::fault)?;
        drop(tx);
        let Some(check) = found.filter(|check| !check.paused && check.ended_at.is_none()) else { return Ok(()) };
        let spec = &check.spec;
        let seen = probe::probe(&self.http, self.reach, &spec.probe, spec.timeout(), cx.now()).await;
        record::record(&cx, id, spec, seen).await
    }

    /// Probes everything that is due and waits for it; answers how many. For tests and a simulated clock's steps.
    pub async fn probe_due(&self, cx: &Cx) -> Result<usize, Fault> {
        let mut tasks = JoinSet::new();
        let count = self.round(cx, &mut tasks).await?;
        while tasks.join_next().await.is_some() {}
        Ok(count)
    }

    /// Runs until `stopping` is ready. Probes under way end with it: their checks are probed again by whoever runs next.
    pub async fn run(&self, cx: Cx, stopping: impl Future<Output = ()>) {
        let mut tasks = JoinSet::new();
        tokio::pin!(stopping);
        loop {
            let pause = match self.round(&cx, &mut tasks).await {
                Ok(_) => ROUND,
                Err(fault) => {
                    tracing::warn!("Due checks could not be looked for: {fault}");
                    TROUBLE
                }
            };
            while tasks.try_join_next().is_some() {}
            tokio::select! {
                () = &mut stopping => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

/// Probes by what this installation's settings allow, until `stopping` is ready.
pub async fn run(cx: Cx, stopping: impl Future<Output = ()>) {
    Prober::new(Reach::of(cx.config())).run(cx, stopping).await;
}
