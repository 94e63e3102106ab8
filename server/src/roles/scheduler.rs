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

/// Does what is due, and asks backends beside it: one that does not answer holds up no bill.
pub async fn run(cx: Cx, drivers: Drivers, process: Uuid, stopping: CancellationToken) {
    tokio::join!(rounds(&cx, process, &stopping), measuring(&cx, &drivers, &stopping));
}

async fn rounds(cx: &Cx, process: Uuid, stopping: &CancellationToken) {
    let mut round = 0_u32;
    loop {
        match lease::hold(cx, "scheduler", process, LEASE).await {
            Ok(true) => {
                if let Err(failed) = do_due_work(cx).await {
                    warn!("Due work could not be done: {failed}");
                }
                if round.is_multiple_of(SWEEP_EVERY)
                    && let Err(failed) = sweep(cx).await
                {
                    warn!("Old rows could not be removed: {failed}");
                }
            }
            Ok(false) => {}
            Err(failed) => warn!("The scheduler's lease could not be asked for: {failed}"),
        }
        round = round.wrapping_add(1);
        if pause(stopping, ROUND).await.is_err() {
            return;
        }
    }
}

/// Looks at backends as they fall due. Each is claimed by its row, so that several processes share them without a lease.
async fn measuring(cx: &Cx, drivers: &Drivers, stopping: &CancellationToken) {
    loop {
        let looked = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            looked = provisioning::server::measure::measure_due(cx, drivers) => looked,
        };
        let more = match looked {
            Ok(measured) => measured == provisioning::server::measure::BATCH,
            Err(failed) => {
                warn!("Instances could not be measured: {failed}");
                false
            }
        };
        if pause(stopping, if more { Duration::ZERO } else { ROUND }).await.is_err() {
            return;
        }
    }
}

/// Everything that is due now and asks no backend: what was used is announced before periods close.
async fn do_due_work(cx: &Cx) -> Result<usize, Fault> {
    Ok(prepare(cx).await? + close(cx).await?)
}

/// Announces what was used, and looks at backends that were not looked at for a while; answers how much there was to do.
/// For a simulated clock, which waits for them.
pub async fn measure(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    let mut done = prepare(cx).await?;
    loop {
        let measured = provisioning::server::measure::measure_due(cx, drivers).await?;
        done += measured;
        if measured < provisioning::server::measure::BATCH {
            return Ok(done);
        }
    }
}

/// Puts back what was lost from the queue, and announces what was used up to now.
async fn prepare(cx: &Cx) -> Result<usize, Fault> {
    let mut done = provisioning::server::reconcile::requeue_due(cx).await?;
    done += provisioning::server::in_step::compare_due(cx).await?;
    done += monitoring::server::meter_due(cx).await?;
    // Terms that are about to close get what was stored up to now without asking a backend, and keep the plans that
    // the smaller ones to come do not fit.
    for tenant in billing::server::due_terms(cx, cx.now(), BATCH).await.map_err(opened)? {
        if let Err(failed) = provisioning::server::measure::settle_storage(cx, tenant).await {
            warn!(%tenant, "Could not announce what {tenant} has stored: {failed}");
        }
        match provisioning::server::check_planned(cx, tenant).await {
            Ok(dropped) => done += dropped,
            Err(failed) => warn!(%tenant, "Could not check the planned changes of {tenant}: {failed}"),
        }
    }
    Ok(done)
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
    platform::jobs::count_dead(cx).await?;
    billing::server::sweep(cx).await?;
    provisioning::server::sweep(cx).await?;
    monitoring::server::sweep(cx).await?;
    integrations::server::sweep(cx).await?;
    identity::server::sweep(cx).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use identity::{CreateTenant, server::create_tenant};
    use kernel::{InstanceId, Language, Role};
    use platform::testing::Hub;
    use provisioning::{
        commands::OrderInstance,
        operation::OperationKind,
        server::{
            self as services,
            driver::{Driver, DriverError, Look, Measured, Reporter, Wanted},
        },
    };
    use serde_json::{Value, json};
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    /// Does everything at once, until it is deaf: then whoever asks how much is used waits for ever.
    #[derive(Default)]
    struct Backend {
        deaf: AtomicBool,
        asked: AtomicBool,
    }

    #[async_trait]
    impl Driver for Backend {
        fn name(&self) -> &'static str {
            "postgresql"
        }
        fn has_credentials(&self) -> bool {
            false
        }
        fn steps(&self, _: OperationKind) -> &'static [&'static str] {
            &["check"]
        }
        async fn servers(&self, _: &Value) -> Result<Vec<String>, DriverError> {
            Ok(vec!["local".into()])
        }
        async fn observe(&self, _: &Wanted) -> Result<Look, DriverError> {
            Ok(Look::default())
        }
        async fn create(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn update(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn suspend(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn resume(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn rotate(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn delete(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn repair(&self, _: &Wanted, _: &dyn Reporter) -> Result<(), DriverError> {
            Ok(())
        }
        async fn measure(&self, _: &Wanted) -> Result<Option<Measured>, DriverError> {
            if self.deaf.load(Ordering::SeqCst) {
                self.asked.store(true, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }
            Ok(Some(Measured { storage_bytes: 1_000, connections: 0 }))
        }
    }

    #[tokio::test]
    async fn a_backend_that_never_answers_holds_up_nothing_that_is_due() {
        let hub = Hub::start_with(4).await;
        let system = hub.system(None);
        catalog::server::seed_catalog(&system).await.expect("the catalog ships");
        let command = CreateTenant {
            slug: "acme".into(),
            name: "Acme".into(),
            owner_email: "owner@acme.test".into(),
            owner_name: String::new(),
            owner_password: None,
            language: Language::En,
            currency: String::new(),
            time_zone: String::new(),
            tier: "STARTER".into(),
        };
        let tenant = create_tenant(&system, command).await.expect("a tenant").tenant;
        let cx = hub.cx(tenant, Role::Owner);
        let backend = Arc::new(Backend::default());
        let drivers: Drivers = Arc::new(services::Drivers::new([backend.clone() as Arc<dyn Driver>]));
        let settles = async || crate::simulate::advance(&system, &drivers, hub.clock().now()).await.expect("it settles");
        let state = async |id: InstanceId| services::get_instance(&cx, id).await.expect("it is there").state.code();

        settles().await;
        let offering = catalog::server::public_offering(&hub.nobody(), "managed-postgresql").await.expect("reads").expect("it ships");
        let plan = offering.plans.first().expect("it has plans").plan.id;
        let mut orders = Vec::new();
        for name in ["Shop", "Store"] {
            let order = OrderInstance { id: None, plan, name: name.into(), configuration: json!({}) };
            orders.push(services::order_instance(&cx, order).await.expect("taken").instance.id);
        }
        settles().await;
        let [runs, goes] = orders[..] else { panic!("two were ordered") };
        services::delete_instance(&cx, goes, None).await.expect("accepted");
        settles().await;
        assert_eq!((state(runs).await, state(goes).await), ("running", "grace"));

        backend.deaf.store(true, Ordering::SeqCst);
        hub.clock().set(hub.clock().now().plus(services::GRACE).plus(Duration::from_secs(1)));
        let stopping = CancellationToken::new();
        let running = tokio::spawn(run(system.clone(), drivers.clone(), hub.platform.new_uuid(), stopping.clone()));
        let both = async {
            while !backend.asked.load(Ordering::SeqCst) || state(goes).await == "grace" {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(25), both).await.expect("what is due is done while the backend is asked");
        stopping.cancel();
        tokio::time::timeout(Duration::from_secs(10), running).await.expect("it stops although the backend is silent").expect("no panic");
    }
}
