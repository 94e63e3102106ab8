//! The scheduler: everything that falls due by the clock, in the order in which it has to happen.

use super::{Drivers, pause};
use billing::server::{BankTransfer, jobs::{CloseTerms, Dun, ReconcileAttempt}};
use kernel::{Fault, TenantId, Timestamp};
use platform::{Cx, Opened, fault, lease};
use provisioning::server::jobs::PurgeInstance;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

/// Billing is due to the second at most.
const ROUND: Duration = Duration::from_secs(1);
/// Another process takes over when this one was silent for this long.
const LEASE: Duration = Duration::from_secs(15);
/// Organisations looked at in one round.
const BATCH: i64 = 200;
/// Live changes are kept this long; a page that was away longer fetches everything anew.
const LIVE_KEPT: Duration = Duration::from_secs(3600);
/// Mails, with the links in them, are kept this long.
const MAIL_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Sweeping is not urgent: once in so many rounds.
const SWEEP_EVERY: u32 = 60;

pub async fn run(cx: Cx, drivers: Drivers, process: Uuid, stopping: CancellationToken) {
    let mut round = 0_u32;
    loop {
        match lease::hold(&cx, "scheduler", process, LEASE).await {
            Ok(true) => {
                if let Err(failed) = do_due_work(&cx, &drivers).await {
                    warn!("Due work could not be done: {failed}");
                }
                if round.is_multiple_of(SWEEP_EVERY)
                    && let Err(failed) = sweep(&cx).await
                {
                    warn!("Old rows could not be removed: {failed}");
                }
            }
            Ok(false) => {}
            Err(failed) => warn!("The scheduler's lease could not be asked for: {failed}"),
        }
        round = round.wrapping_add(1);
        if pause(&stopping, ROUND).await.is_err() {
            return;
        }
    }
}

/// Everything that is due now: what was used is measured before periods close.
pub async fn do_due_work(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    Ok(measure(cx, drivers).await? + close(cx).await?)
}

/// Looks at backends that were not looked at for a while; answers how many.
pub async fn measure(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    let mut done = provisioning::server::reconcile::requeue_due(cx).await?;
    done += monitoring::server::meter_due(cx).await?;
    // Terms that are about to close get what was stored up to now without asking a backend, and keep the plans that
    // the smaller ones to come do not fit.
    for tenant in billing::server::due_terms(cx, cx.now(), BATCH).await.map_err(opened)? {
        provisioning::server::measure::settle_storage(cx, tenant).await?;
        match provisioning::server::check_planned(cx, tenant).await {
            Ok(dropped) => done += dropped,
            Err(failed) => warn!(%tenant, "Could not check the planned changes of {tenant}: {failed}"),
        }
    }
    loop {
        let measured = provisioning::server::measure::measure_due(cx, drivers).await?;
        done += measured;
        if measured < usize::try_from(provisioning::server::measure::BATCH).unwrap_or(usize::MAX) {
            return Ok(done);
        }
    }
}

/// Closes periods and carries dunning on; answers for how many organisations. One that fails stays due and holds up no other.
pub async fn close(cx: &Cx) -> Result<usize, Fault> {
    let now = cx.now();
    let mut done = 0;
    for tenant in billing::server::due_terms(cx, now, BATCH).await.map_err(opened)? {
        done += finished("close its periods", tenant, billing::server::jobs::handle_close_terms(cx, CloseTerms { tenant }).await);
    }
    for tenant in billing::server::due_dunning(cx, now, BATCH).await.map_err(opened)? {
        done += finished("carry its dunning on", tenant, billing::server::jobs::handle_dun(cx, Dun { tenant }).await);
    }
    for (tenant, attempt) in billing::server::due_attempts(cx, now, BATCH).await.map_err(opened)? {
        let job = ReconcileAttempt { tenant, attempt };
        done += finished("look its payment up", tenant, billing::server::jobs::handle_reconcile_attempt(cx, &BankTransfer, job).await);
    }
    for (tenant, instance) in provisioning::server::due_purges(cx, now, BATCH).await.map_err(opened)? {
        done += finished("remove its deleted instance", tenant, provisioning::server::jobs::handle_purge_instance(cx, PurgeInstance { tenant, instance }).await);
    }
    while monitoring::server::freeze_due(cx).await? > 0 {}
    Ok(done)
}

fn finished(what: &str, tenant: TenantId, outcome: Result<(), Fault>) -> usize {
    match outcome {
        Ok(()) => 1,
        Err(failed) => {
            warn!(%tenant, "Could not {what} for {tenant}: {failed}");
            0
        }
    }
}

/// The earliest moment at which something falls due: where a simulated clock stops next.
pub async fn next_due(cx: &Cx) -> Result<Option<Timestamp>, Fault> {
    let bills = billing::server::next_due(cx).await.map_err(opened)?;
    let purges = provisioning::server::next_purge(cx).await.map_err(opened)?;
    Ok([bills, purges].into_iter().flatten().min())
}

fn opened(error: Opened) -> Fault {
    match error {
        Opened::Fault(fault) => fault,
        Opened::Denied(denied) => Fault::new(format!("the platform itself was denied: {denied}")),
    }
}

/// Removes what is no longer kept.
async fn sweep(cx: &Cx) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    sqlx::query("DELETE FROM hub.live_changes WHERE at < $1").bind(cx.now().minus(LIVE_KEPT)).execute(&mut *tx).await.map_err(fault)?;
    sqlx::query("DELETE FROM hub.mails WHERE at < $1").bind(cx.now().minus(MAIL_KEPT)).execute(&mut *tx).await.map_err(fault)?;
    tx.commit().await?;
    provisioning::server::sweep(cx).await?;
    monitoring::server::sweep(cx).await?;
    integrations::server::sweep(cx).await?;
    identity::server::sweep(cx).await
}
