//! The verbs in which the tests tell their stories.

use billing::{server::RecordTransfer, subscription::Subject, view::SubscriptionView};
use catalog::server::seed_catalog;
use identity::{CreateTenant, server::create_tenant};
use kernel::{Fault, InstanceId, Language, Need, OperationId, PlanId, Role, TenantId, events::Event};
use platform::{Cx, testing::Hub};
use provisioning::{
    commands::{ListOperations, OrderInstance},
    operation::{Message, OperationKind, OperationState},
    server::{self, Drivers, jobs::RunOperation, postgresql::PostgresqlDriver},
    view::{Accepted, Credentials, InstanceView, OperationDetail},
};
use serde_json::json;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{str::FromStr, sync::Arc, time::Duration};

pub struct Story {
    pub hub: Hub,
    pub tenant: TenantId,
    pub drivers: Drivers,
}

pub const LEASE: Duration = Duration::from_millis(600);

impl Story {
    pub async fn begin() -> Self {
        let hub = Hub::start().await;
        seed_catalog(&hub.system(None)).await.expect("the catalog is seeded");
        let tenant = Self::new_tenant(&hub, "acme").await;
        let driver = PostgresqlDriver::new(&[("local".into(), hub.provisioner_url.clone())]).expect("a server");
        Self { hub, tenant, drivers: Drivers::new([Arc::new(driver) as Arc<dyn server::driver::Driver>]) }
    }

    pub async fn new_tenant(hub: &Hub, slug: &str) -> TenantId {
        let command = CreateTenant {
            slug: slug.into(),
            name: slug.into(),
            owner_email: format!("{slug}@owners.test"),
            owner_name: String::new(),
            owner_password: None,
            language: Language::En,
            currency: String::new(),
            time_zone: String::new(),
            tier: "STARTER".into(),
        };
        create_tenant(&hub.system(None), command).await.expect("a tenant").tenant
    }

    pub fn cx(&self) -> Cx {
        self.hub.cx(self.tenant, Role::Owner)
    }

    pub fn system(&self) -> Cx {
        self.hub.system(Some(self.tenant))
    }

    pub async fn plan(&self, offering: &str, code: &str) -> PlanId {
        let offering = catalog::server::public_offering(&self.hub.nobody(), offering).await.expect("readable").expect("seeded");
        offering.plans.iter().find(|card| card.plan.terms.code == code).expect("the plan is seeded").plan.id
    }

    pub async fn order(&self, name: &str) -> Accepted {
        let plan = self.plan("managed-postgresql", "standard").await;
        let order = OrderInstance { id: None, plan, name: name.into(), configuration: json!({"database_name": "shop", "connection_limit": 4}) };
        server::order_instance(&self.cx(), order).await.expect("the order is taken")
    }

    /// Runs everything that is queued until nothing is, and asks the sweep for what was abandoned.
    pub async fn works(&self) {
        for _ in 0..40 {
            let jobs = self.hub.jobs("run_operation").await;
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                let job: RunOperation = serde_json::from_value(job).expect("a job");
                server::runner::run_operation(&self.hub.system(Some(job.tenant)), &self.drivers, job.operation, LEASE).await.expect("it runs");
            }
        }
        panic!("the queue does not come to rest");
    }

    /// Each of the operations that are queued by a worker of its own, all at the same time, and then the rest.
    pub async fn works_at_once(&self) {
        let jobs = self.hub.jobs("run_operation").await.into_iter().map(|job| serde_json::from_value(job).expect("a job"));
        let runs: Vec<_> = jobs
            .map(|job| {
                let (cx, drivers) = (self.system(), self.drivers.clone());
                tokio::spawn(async move { server::jobs::handle_run_operation(&cx, &drivers, job).await })
            })
            .collect();
        for run in runs {
            run.await.expect("no panic").expect("no fault");
        }
        self.works().await;
    }

    pub async fn ready(&self, name: &str) -> InstanceId {
        let id = self.order(name).await.instance.id;
        self.works().await;
        assert_eq!(self.instance(id).await.state.code(), "running", "{:#?}", self.instance(id).await.operation);
        id
    }

    pub async fn instance(&self, id: InstanceId) -> InstanceView {
        server::get_instance(&self.cx(), id).await.expect("it is there")
    }

    pub async fn operation(&self, id: OperationId) -> OperationDetail {
        server::get_operation(&self.cx(), id).await.expect("it is there")
    }

    pub async fn state(&self, id: OperationId) -> OperationState {
        self.operation(id).await.operation.state
    }

    pub async fn reveal(&self, id: InstanceId) -> Credentials {
        server::reveal_credentials(&self.cx(), id).await.expect("they are shown once")
    }

    /// Hands every announced event to billing and provisioning until nothing is said any more; one that has to wait for
    /// another comes again, as the queue does it.
    pub async fn hears(&self) {
        self.hears_in(|events| events).await;
    }

    /// The same with each lot of events in another order.
    pub async fn hears_in(&self, order: fn(Vec<Event>) -> Vec<Event>) {
        let mut again = Vec::new();
        for _ in 0..20 {
            let mut waiting = order(self.hub.events().await);
            waiting.append(&mut again);
            if waiting.is_empty() {
                return;
            }
            for event in waiting {
                match self.heard(&event).await {
                    Ok(()) => {}
                    Err(fault) if fault.passing => again.push(event),
                    Err(fault) => panic!("{event:?}: {fault}"),
                }
            }
            self.works().await;
        }
        panic!("the areas go on telling each other");
    }

    pub async fn heard(&self, event: &Event) -> Result<(), Fault> {
        let system = self.hub.system(None);
        billing::server::handlers::on_event(&system, event).await?;
        server::handlers::on_event(&system, event).await
    }

    /// The clock stands at `time`, and what the scheduler does then is done.
    pub async fn day(&self, time: &str) {
        // States of debt are gone through day by day: each is announced before it comes.
        let time: kernel::Timestamp = time.parse().expect("a time");
        loop {
            let next = self.hub.clock().now().plus(std::time::Duration::from_secs(86_400));
            if next >= time {
                break;
            }
            self.hub.clock().set(next);
            billing::server::dun(&self.system()).await.expect("duns");
            self.hears().await;
        }
        self.hub.clock().set(time);
        server::measure::settle_storage(&self.hub.system(None), self.tenant).await.expect("settled");
        server::check_planned(&self.hub.system(None), self.tenant).await.expect("checked");
        billing::server::close_terms(&self.system()).await.expect("closes");
        billing::server::dun(&self.system()).await.expect("duns");
        self.hears().await;
    }

    /// The instance's newest subscription.
    pub async fn subscription(&self, id: InstanceId) -> SubscriptionView {
        let all = billing::server::subscriptions(&self.cx()).await.expect("readable");
        all.into_iter().find(|known| known.subject == Subject::Instance { instance: id }).expect("it is charged for")
    }

    /// Pays everything that is open by a transfer.
    pub async fn pays(&self, reference: &str) {
        let owed = billing::server::account(&self.cx()).await.expect("an account").owed;
        let transfer = RecordTransfer { tenant: self.tenant, invoice: None, invoice_number: None, amount: owed, reference: reference.into(), received_on: self.hub.clock().now().date_utc() };
        billing::server::record_bank_transfer(&self.hub.staff(Role::Finance), transfer).await.expect("recorded");
        self.hears().await;
    }

    /// Kinds and states of the instance's operations, newest first.
    pub async fn operations(&self, id: InstanceId) -> Vec<(OperationKind, OperationState)> {
        let list = ListOperations { instance: Some(id), ..Default::default() };
        let page = server::list_operations(&self.cx(), list).await.expect("readable");
        page.rows.into_iter().map(|row| (row.kind, row.state)).collect()
    }

    /// Messages in the log of the instance's newest operation.
    pub async fn log(&self, id: InstanceId) -> Vec<Message> {
        let newest = self.instance(id).await.operation.expect("there was one").id;
        self.operation(newest).await.log.into_iter().map(|line| line.message).collect()
    }

    /// As if the last look had found this much.
    pub async fn keeps(&self, id: InstanceId, storage_bytes: i64) {
        let mut tx = self.system().tenant_tx(Need::SERVICES_READ).await.expect("opens");
        sqlx::query("INSERT INTO provisioning.measurements (tenant_id, instance_id, at, storage_bytes, connections) VALUES ($1, $2, $3, $4, 0)")
            .bind(self.tenant)
            .bind(id)
            .bind(self.hub.clock().now())
            .bind(storage_bytes)
            .execute(&mut *tx)
            .await
            .expect("written");
        tx.commit_unaudited("a test's measure").await.expect("committed");
    }

    /// Looks at every instance now.
    pub async fn reconciles(&self) {
        let later = self.hub.clock().now().plus(Duration::from_secs(61));
        self.hub.clock().set(later);
        server::reconcile::reconcile_due(&self.hub.system(None), &self.drivers).await.expect("it looks");
    }

    /// What the scheduler does with deleted instances whose grace is over; answers how many there were.
    pub async fn purges(&self) -> usize {
        let system = self.hub.system(None);
        let due = server::due_purges(&system, self.hub.clock().now(), 10).await.expect("readable");
        for (tenant, instance) in &due {
            server::purge_instance(&system, *tenant, *instance).await.expect("it begins");
        }
        due.len()
    }

    /// The provider's hand on the backend.
    pub async fn by_hand(&self, sql: &str) {
        let mut connection = self.provisioner().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect("the hand may do that");
    }

    pub async fn provisioner(&self) -> PgConnection {
        PgConnection::connect(&self.hub.provisioner_url).await.expect("the backend answers")
    }

    /// Roles and databases on the backend that bear this tenant's mark.
    pub async fn on_backend(&self) -> (i64, i64) {
        let mark = format!("{}%", provisioning::server::postgresql::mark_of(self.tenant));
        let mut connection = self.provisioner().await;
        let roles = sqlx::query_scalar("SELECT count(*) FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE $1")
            .bind(&mark)
            .fetch_one(&mut connection)
            .await
            .expect("countable");
        let databases = sqlx::query_scalar("SELECT count(*) FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE $1")
            .bind(&mark)
            .fetch_one(&mut connection)
            .await
            .expect("countable");
        (roles, databases)
    }

    /// Removes what the test left on the shared backend.
    pub async fn end(self) {
        self.end_of(self.tenant).await;
    }

    pub async fn end_of(&self, tenant: TenantId) {
        let mark = format!("{}%", provisioning::server::postgresql::mark_of(tenant));
        let mut connection = self.provisioner().await;
        let databases: Vec<String> = sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE $1")
            .bind(&mark)
            .fetch_all(&mut connection)
            .await
            .expect("listable");
        for name in databases {
            let sql = format!("DROP DATABASE \"{name}\" WITH (FORCE)");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("ours to drop");
        }
        let roles: Vec<String> = sqlx::query_scalar("SELECT rolname::text FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE $1")
            .bind(&mark)
            .fetch_all(&mut connection)
            .await
            .expect("listable");
        for name in roles {
            let sql = format!("DROP ROLE IF EXISTS \"{name}\"");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("ours to drop");
        }
    }
}

/// Whether someone with these credentials gets in.
pub async fn gets_in(credentials: &Credentials) -> Result<PgConnection, sqlx::Error> {
    let options = PgConnectOptions::from_str(&credentials.uri).expect("the address can be read");
    PgConnection::connect_with(&options).await
}
