//! The verbs in which the tests tell their stories.

use catalog::server::seed_catalog;
use identity::{CreateTenant, server::create_tenant};
use kernel::{InstanceId, Language, OperationId, PlanId, Role, TenantId};
use platform::{Cx, testing::Hub};
use provisioning::{
    commands::OrderInstance,
    operation::OperationState,
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

    /// Looks at every instance now.
    pub async fn reconciles(&self) {
        let later = self.hub.clock().now().plus(Duration::from_secs(61));
        self.hub.clock().set(later);
        server::reconcile::reconcile_due(&self.hub.system(None), &self.drivers).await.expect("it looks");
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
        let mark = format!("Service Hub {} %", self.tenant);
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
        let mark = format!("Service Hub {tenant} %");
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
