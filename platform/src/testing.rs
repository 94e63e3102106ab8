//! Helpers for database tests: a throw-away cluster a run, a clone of the migrated template per test, connections as the
//! login role (a superuser would pass every isolation test).

pub mod cluster;

use crate::{Actor, Clock, Config, Cx, Db, Platform, http::Http, live::LiveHub, migrate, secrets::Secrets};
use cluster::TestCluster;
use kernel::{Language, Need, PersonId, Role, SessionId, TenantId, Timestamp};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// Held while the template is made, by one test process at a time.
const TEMPLATE_LOCK: i64 = 0x0068_7562_7473;

/// One test's installation.
pub struct Hub {
    pub platform: Arc<Platform>,
    /// The owner's address of this test's database, for what migrations may do.
    pub owner_url: String,
    /// A server that Managed PostgreSQL may place databases on.
    pub provisioner_url: String,
    pub login_url: String,
}

impl Hub {
    /// A fresh database; the clock stands at 2026-01-15T09:00:00Z.
    pub async fn start() -> Self {
        Self::start_at("2026-01-15T09:00:00Z".parse().expect("a time")).await
    }

    /// One connection: a use case that holds one while it asks for another is not answered at all.
    pub async fn start_at(now: Timestamp) -> Self {
        Self::open(now, 1).await
    }

    /// With a pool of this many connections.
    pub async fn start_with(connections: u32) -> Self {
        Self::open("2026-01-15T09:00:00Z".parse().expect("a time"), connections).await
    }

    async fn open(now: Timestamp, connections: u32) -> Self {
        let cluster = cluster::cluster().await;
        let name = clone_template(cluster).await;
        let login_url = with_database(&cluster.connections.login_url, &name);
        let vars = BTreeMap::from([
            ("HUB_PUBLIC_URL".to_owned(), "http://hub.test".to_owned()),
            ("HUB_POSTGRES_SERVERS".to_owned(), format!("local={}", cluster.connections.provisioner_url)),
        ]);
        let config = Config::from_vars(vars).expect("the tests' settings are good");
        let platform = Platform::new(
            Db::new(&login_url, connections).expect("the cluster's address can be read"),
            Clock::still(now),
            config,
            Secrets::from_key([7; 32]),
            Http::new(),
            LiveHub::new(CancellationToken::new()),
        );
        Self {
            platform,
            owner_url: with_database(&cluster.connections.owner_url, &name),
            provisioner_url: cluster.connections.provisioner_url.clone(),
            login_url,
        }
    }

    pub fn clock(&self) -> &Clock {
        &self.platform.clock
    }

    /// Moves the clock to a time like `2026-02-01T00:00:00Z`.
    pub fn at(&self, time: &str) {
        self.platform.clock.set(time.parse().expect("the test's time"));
    }

    /// A fresh organisation's id. No table of identity knows it, which areas above do not ask.
    pub fn tenant(&self) -> TenantId {
        TenantId::from_uuid(self.platform.new_uuid())
    }

    /// A member of `tenant` with the permissions of `role`.
    pub fn cx(&self, tenant: TenantId, role: Role) -> Cx {
        self.nobody().signed_in(self.person(false), Some(tenant), role.permissions())
    }

    /// One of the provider's staff.
    pub fn staff(&self, role: Role) -> Cx {
        self.nobody().signed_in(self.person(true), None, role.permissions())
    }

    pub fn system(&self, tenant: Option<TenantId>) -> Cx {
        Cx::system(self.platform.clone(), "test", tenant)
    }

    pub fn nobody(&self) -> Cx {
        Cx::nobody(self.platform.clone(), Language::En, "test", "192.0.2.1")
    }

    fn person(&self, staff: bool) -> Actor {
        let (id, session) = (PersonId::from_uuid(self.platform.new_uuid()), SessionId::from_uuid(self.platform.new_uuid()));
        if staff { Actor::Staff { id, session } } else { Actor::Person { id, session } }
    }

    /// Takes the queued jobs of one name out of the queue: their payloads, oldest first.
    pub async fn jobs(&self, name: &str) -> Vec<Value> {
        let mut connection = PgConnection::connect(&self.owner_url).await.expect("the test's database answers");
        let rows: Vec<(Value,)> = sqlx::query_as(
            "WITH taken AS (
                DELETE FROM graphile_worker._private_jobs
                 WHERE payload ->> 'name' = $1
                RETURNING id, payload -> 'payload' AS payload)
             SELECT payload FROM taken ORDER BY id",
        )
        .bind(name)
        .fetch_all(&mut connection)
        .await
        .expect("the queue's table is there");
        rows.into_iter().map(|row| row.0).collect()
    }

    /// Events that were announced, taken out of the queue.
    pub async fn events(&self) -> Vec<kernel::events::Event> {
        self.jobs("event").await.into_iter().map(|payload| serde_json::from_value(payload).expect("an event")).collect()
    }

    /// What an organisation's audit trail says was refused: action, subject and the refusal's code, oldest first. A missing
    /// permission has no code.
    pub async fn refusals(&self, tenant: TenantId) -> Vec<(String, String, String)> {
        let mut tx = self.cx(tenant, Role::Owner).tenant_tx(Need::AUDIT_READ).await.expect("owners read it");
        sqlx::query_as("SELECT action, subject, coalesce(details ->> 'code', '') FROM hub.audit_entries WHERE refused ORDER BY seq LIMIT 100")
            .fetch_all(&mut *tx)
            .await
            .expect("the trail is readable")
    }

    /// A connection as the login role, with none of the groups' rights.
    pub async fn raw_login(&self) -> PgConnection {
        PgConnection::connect(&self.login_url).await.expect("the test's database answers")
    }
}

/// A database of its own from the template, which is made when the migrations are new.
async fn clone_template(cluster: &TestCluster) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let template = TEMPLATE.get_or_init(|| make_template(cluster)).await;
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&cluster.superuser_url).await.expect("the test cluster answers");
    for sql in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        // Copying files beats replaying the log for a database this small.
        format!("CREATE DATABASE {name} TEMPLATE {template} OWNER hub_owner STRATEGY file_copy"),
        format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {name} TO hub_login"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the template can be cloned");
    }
    name
}

async fn make_template(cluster: &TestCluster) -> String {
    let name = format!("hub_template_{}", migrate::fingerprint());
    let mut connection = PgConnection::connect(&cluster.superuser_url).await.expect("the test cluster answers");
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut connection).await.expect("locks work");
    drop_leftovers(&mut connection, &name).await;
    let ready: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)")
        .bind(&name)
        .fetch_one(&mut connection)
        .await
        .expect("the catalogue answers");
    if !ready {
        for sql in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name} OWNER hub_owner")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("databases can be made");
        }
        migrate::migrate(&with_database(&cluster.connections.owner_url, &name), "hub_login").await.expect("the migrations run");
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER DATABASE {name} IS_TEMPLATE true"))).execute(&mut connection).await.expect("ours");
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(TEMPLATE_LOCK).execute(&mut connection).await.expect("locks work");
    name
}

/// Databases of test processes that are gone, and templates of other migrations.
async fn drop_leftovers(connection: &mut PgConnection, template: &str) {
    let names: Vec<String> = sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%' OR datname LIKE 'hub\\_template\\_%'")
        .fetch_all(&mut *connection)
        .await
        .expect("the catalogue answers");
    for name in names.into_iter().filter(|name| name != template) {
        let process = name.strip_prefix("test_").and_then(|rest| rest.split('_').next());
        if process.is_some_and(|id| Path::new("/proc").join(id).exists()) {
            continue;
        }
        // Another run may be using an older template this moment: then it stays.
        let _ = sqlx::raw_sql(AssertSqlSafe(format!("ALTER DATABASE {name} IS_TEMPLATE false"))).execute(&mut *connection).await;
        let _ = sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).execute(&mut *connection).await;
    }
}

fn with_database(address: &str, name: &str) -> String {
    let mut address = url::Url::parse(address).expect("the cluster's addresses are URLs");
    address.set_path(name);
    address.into()
}
