//! The scheduler: everything that falls due by the clock, in the order in which it has to happen.

use super::{
    Drivers, pause,
    put_off::{PutOff, Work},
};
use billing::server::BankTransfer;
use kernel::{Fault, TenantId, Timestamp};
use platform::{Cx, Opened, fault, lease, telemetry};
use std::{collections::BTreeSet, time::Duration};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

/// Billing is due to the second at most.
const ROUND: Duration = Duration::from_secs(1);
/// Another process takes over when this one was silent for this long.
const LEASE: Duration = Duration::from_secs(15);
/// Organisations looked at in one round.
const BATCH: usize = 200;
/// Live changes are kept this long; a page that was away longer fetches everything anew.
const LIVE_KEPT: Duration = Duration::from_secs(3600);
/// Mails, with the links in them, are kept this long.
const MAIL_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Sweeping is not urgent: in the first round that holds the lease, and once in so many then.
const SWEEP_EVERY: u32 = 60;

/// Does what is due, and asks backends beside it: one that does not answer holds up no bill.
pub async fn run(cx: Cx, drivers: Drivers, process: Uuid, stopping: CancellationToken) {
    tokio::join!(rounds(&cx, process, &stopping), measuring(&cx, &drivers, &stopping));
}

async fn rounds(cx: &Cx, process: Uuid, stopping: &CancellationToken) {
    let (mut round, mut put_off) = (0_u32, PutOff::default());
    loop {
        match lease::hold(cx, "scheduler", process, LEASE).await {
            Ok(true) => {
                if let Err(failed) = do_due_work(cx, &mut put_off).await {
                    warn!("Due work could not be done: {failed}");
                }
                if round.is_multiple_of(SWEEP_EVERY) {
                    sweep(cx).await;
                }
                round = round.wrapping_add(1);
            }
            Ok(false) => {
                platform::jobs::count_dead_elsewhere();
                round = 0;
                put_off = PutOff::default();
            }
            Err(failed) => warn!("The scheduler's lease could not be asked for: {failed}"),
        }
        metrics::gauge!(telemetry::PUT_OFF).set(put_off.count() as f64);
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

/// Everything that is due now and asks no backend. Whose storage was announced only now has periods closed in the next
/// round: the queue brings it to billing meanwhile.
async fn do_due_work(cx: &Cx, put_off: &mut PutOff) -> Result<usize, Fault> {
    let now = cx.now();
    let Prepared { done, announced } = prepare(cx, put_off, now).await?;
    Ok(done + close_but(cx, &announced, put_off, now).await?)
}

/// Announces what was used, and looks at backends that were not looked at for a while; answers how much there was to do.
/// For a simulated clock, which waits for them.
pub async fn measure(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    let mut done = prepare(cx, &PutOff::default(), cx.now()).await?.done;
    loop {
        let measured = provisioning::server::measure::measure_due(cx, drivers).await?;
        done += measured;
        if measured < provisioning::server::measure::BATCH {
            return Ok(done);
        }
    }
}

/// What was done before periods close.
struct Prepared {
    /// How much there was to do.
    done: usize,
    /// Whose storage was announced.
    announced: BTreeSet<TenantId>,
}

/// Puts back what was lost from the queue, and announces what was used up to now.
async fn prepare(cx: &Cx, put_off: &PutOff, now: Timestamp) -> Result<Prepared, Fault> {
    let mut announced = BTreeSet::new();
    let mut done = provisioning::server::reconcile::requeue_due(cx).await?;
    done += provisioning::server::in_step::compare_due(cx).await?;
    done += monitoring::server::meter_due(cx).await?;
    // Terms that are about to close get what was stored up to now without asking a backend, and keep the plans that
    // the smaller ones to come do not fit.
    for tenant in due_terms(cx, put_off, now).await? {
        match provisioning::server::measure::settle_storage(cx, tenant).await {
            Ok(0) => {}
            Ok(settled) => {
                done += settled;
                announced.insert(tenant);
            }
            Err(failed) => warn!(%tenant, "Could not announce what {tenant} has stored: {failed}"),
        }
        match provisioning::server::check_planned(cx, tenant).await {
            Ok(dropped) => done += dropped,
            Err(failed) => warn!(%tenant, "Could not check the planned changes of {tenant}: {failed}"),
        }
    }
    Ok(Prepared { done, announced })
}

/// Closes periods and carries dunning on; answers for how many organisations. One that fails stays due, is put off
/// and holds up no other.
pub async fn close(cx: &Cx) -> Result<usize, Fault> {
    close_but(cx, &BTreeSet::new(), &mut PutOff::default(), cx.now()).await
}

/// Whose periods are to be closed in this round.
async fn due_terms(cx: &Cx, put_off: &PutOff, now: Timestamp) -> Result<Vec<TenantId>, Fault> {
    let due = billing::server::due_terms(cx, now, at_most(put_off)).await.map_err(opened)?;
    Ok(put_off.others(due, |tenant| Work::Terms(*tenant), BATCH, now))
}

/// So many that a round has enough of them, however many are put off.
fn at_most(put_off: &PutOff) -> i64 {
    i64::try_from(BATCH + put_off.count()).unwrap_or(i64::MAX)
}

/// The same, with the periods of some organisations left for the next round.
async fn close_but(cx: &Cx, announced: &BTreeSet<TenantId>, put_off: &mut PutOff, now: Timestamp) -> Result<usize, Fault> {
    put_off.forget(now);
    let mut done = 0;
    for tenant in due_terms(cx, put_off, now).await? {
        if announced.contains(&tenant) {
            continue;
        }
        let outcome = billing::server::close_terms_of(cx, tenant).await;
        done += finished("close its periods", tenant, Work::Terms(tenant), outcome, put_off, now);
    }
    let due = billing::server::due_dunning(cx, now, at_most(put_off)).await.map_err(opened)?;
    for tenant in put_off.others(due, |tenant| Work::Dunning(*tenant), BATCH, now) {
        let outcome = billing::server::dun_account_of(cx, tenant).await;
        done += finished("carry its dunning on", tenant, Work::Dunning(tenant), outcome, put_off, now);
    }
    let due = billing::server::due_attempts(cx, now, at_most(put_off)).await.map_err(opened)?;
    for (tenant, attempt) in put_off.others(due, |(_, attempt)| Work::Attempt(*attempt), BATCH, now) {
        let outcome = billing::server::reconcile_attempt_of(cx, &BankTransfer, tenant, attempt).await;
        done += finished("look its payment up", tenant, Work::Attempt(attempt), outcome, put_off, now);
    }
    let due = provisioning::server::due_purges(cx, now, at_most(put_off)).await.map_err(opened)?;
    for (tenant, instance) in put_off.others(due, |(_, instance)| Work::Purge(*instance), BATCH, now) {
        let outcome = provisioning::server::purge_instance(cx, tenant, instance).await;
        done += finished("remove its deleted instance", tenant, Work::Purge(instance), outcome, put_off, now);
    }
    while monitoring::server::freeze_due(cx).await? > 0 {}
    Ok(done)
}

fn finished(what: &str, tenant: TenantId, work: Work, outcome: Result<(), Fault>, put_off: &mut PutOff, now: Timestamp) -> usize {
    match outcome {
        Ok(()) => {
            put_off.done(work);
            1
        }
        Err(failed) => {
            let wait = put_off.failed(work, now).as_secs();
            warn!(%tenant, wait, "Could not {what} for {tenant}, which is tried again in {wait} seconds: {failed}");
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

/// Removes what is no longer kept, each by itself: what fails in one area keeps no other from it.
async fn sweep(cx: &Cx) {
    swept("forget old live changes and mails", forget(cx).await);
    swept("count the jobs that were given up", platform::jobs::count_dead(cx).await);
    swept("remove old rows of billing", billing::server::sweep(cx).await);
    swept("remove old rows of provisioning", provisioning::server::sweep(cx).await);
    swept("remove old rows of monitoring", monitoring::server::sweep(cx).await);
    swept("remove old rows of integrations", integrations::server::sweep(cx).await);
    swept("remove old rows of identity", identity::server::sweep(cx).await);
}

fn swept<T>(what: &str, outcome: Result<T, Opened>) {
    if let Err(failed) = outcome {
        warn!("Could not {what}: {failed}");
    }
}

async fn forget(cx: &Cx) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    sqlx::query("DELETE FROM hub.live_changes WHERE at < $1").bind(cx.now().minus(LIVE_KEPT)).execute(&mut *tx).await.map_err(fault)?;
    sqlx::query("DELETE FROM hub.mails WHERE at < $1").bind(cx.now().minus(MAIL_KEPT)).execute(&mut *tx).await.map_err(fault)?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use identity::{CreateTenant, server::create_tenant};
    use kernel::{InstanceId, Language, OperationId, Role};
    use metrics_exporter_prometheus::PrometheusBuilder;
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
    use sqlx::{Connection, PgConnection};
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
    async fn what_fails_in_one_area_keeps_no_other_from_sweeping() {
        let hub = Hub::start().await;
        let mut owner = PgConnection::connect(&hub.owner_url).await.expect("answers");
        sqlx::raw_sql("ALTER FUNCTION hub.dead_jobs(integer) RENAME TO lost; ALTER TABLE billing.usage_events RENAME TO lost").execute(&mut owner).await.expect("the owner may");
        let mut tx = hub.nobody().door_tx().await.expect("opens");
        let old = hub.clock().now().minus(Duration::from_secs(400 * 24 * 3600));
        sqlx::query("INSERT INTO identity.attempts (what, subject, count, window_start, not_before) VALUES ('sign_in', 'x', 1, $1, $1)").bind(old).execute(&mut *tx).await.expect("the door may");
        tx.commit().await.expect("commits");
        sweep(&hub.system(None)).await;
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM identity.attempts").fetch_one(&mut owner).await.expect("reads");
        assert_eq!(left, 0, "the last to be swept");
    }

    fn acme(time_zone: &str, tier: &str) -> CreateTenant {
        CreateTenant {
            slug: "acme".into(),
            name: "Acme".into(),
            owner_email: "owner@acme.test".into(),
            owner_name: String::new(),
            owner_password: None,
            language: Language::En,
            currency: String::new(),
            time_zone: time_zone.into(),
            tier: tier.into(),
        }
    }

    #[tokio::test]
    async fn whose_periods_cannot_be_closed_is_tried_again_later() {
        let hub = Hub::start_at("2026-01-15T09:00:00Z".parse().expect("a time")).await;
        let system = hub.system(None);
        catalog::server::seed_catalog(&system).await.expect("the catalog ships");
        let command = acme("UTC", "");
        let tenant = create_tenant(&system, command).await.expect("a tenant").tenant;
        billing::server::open_for_organisation(&hub.system(Some(tenant))).await.expect("the account opens");
        let offering = catalog::server::public_offering(&hub.nobody(), catalog::PLATFORM).await.expect("reads").expect("it ships");
        let plan = offering.plans.first().expect("it has plans").plan.id;
        billing::server::subscribe_tier(&hub.cx(tenant, Role::Owner), plan, catalog::Interval::Monthly).await.expect("subscribes");
        let mut owner = PgConnection::connect(&hub.owner_url).await.expect("answers");
        sqlx::raw_sql("ALTER TABLE billing.invoices ADD CONSTRAINT broken CHECK (false) NOT VALID").execute(&mut owner).await.expect("the owner may");

        hub.at("2026-02-15T00:10:00Z");
        let (mut put_off, now) = (PutOff::default(), system.now());
        let later = |seconds| now.plus(Duration::from_secs(seconds));
        let none = BTreeSet::new();
        let dues = async |put_off: &PutOff, at| due_terms(&system, put_off, at).await.expect("reads").len();
        for (at, due) in [(0, 1), (1, 0), (2, 1), (5, 0), (6, 1)] {
            assert_eq!(dues(&put_off, later(at)).await, due, "{at}");
            close_but(&system, &none, &mut put_off, later(at)).await.expect("the round goes on");
            assert_eq!(put_off.count(), 1, "{at}");
        }
        sqlx::raw_sql("ALTER TABLE billing.invoices DROP CONSTRAINT broken").execute(&mut owner).await.expect("the owner may");
        close_but(&system, &none, &mut put_off, later(14)).await.expect("closes");
        assert_eq!((put_off.count(), dues(&put_off, later(14)).await), (0, 0));
    }

    #[tokio::test]
    async fn who_lost_the_lease_shows_no_jobs_that_were_given_up() {
        let hub = Hub::start().await;
        let (system, me, other) = (hub.system(None), hub.platform.new_uuid(), hub.platform.new_uuid());
        let mut tx = system.system_tx().await.expect("opens");
        let job = services::jobs::RunOperation { tenant: hub.tenant(), operation: OperationId::from_uuid(hub.platform.new_uuid()) };
        tx.enqueue(&job, None, Duration::ZERO).await.expect("queued");
        tx.commit().await.expect("commits");
        let mut owner = PgConnection::connect(&hub.owner_url).await.expect("answers");
        sqlx::raw_sql("UPDATE graphile_worker._private_jobs SET attempts = max_attempts").execute(&mut owner).await.expect("the owner may");

        let recorder = PrometheusBuilder::new().build_recorder();
        let (metrics, _here) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
        let shows = async |jobs: u32| {
            let (line, stopping) = (format!("{} {jobs}\n", platform::telemetry::DEAD_JOBS), CancellationToken::new());
            let seen = async {
                while !metrics.render().contains(&line) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                stopping.cancel();
            };
            tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(rounds(&system, me, &stopping), seen) }).await.expect("the metrics say so");
        };
        shows(1).await;
        lease::release_all(&system, me).await.expect("given back");
        assert!(lease::hold(&system, "scheduler", other, LEASE).await.expect("asks"));
        shows(0).await;
        lease::release_all(&system, other).await.expect("given back");
        shows(1).await;
    }

    #[tokio::test]
    async fn a_backend_that_never_answers_holds_up_nothing_that_is_due() {
        let hub = Hub::start_with(4).await;
        let system = hub.system(None);
        catalog::server::seed_catalog(&system).await.expect("the catalog ships");
        let command = acme("", "STARTER");
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
