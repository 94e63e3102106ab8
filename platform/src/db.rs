//! The connections of this process, all as the login role that owns nothing and has no grants of its own.

use crate::fault;
use kernel::Fault;
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool, Postgres, Transaction, postgres::{PgConnectOptions, PgListener, PgPoolOptions}};
use std::{str::FromStr, time::Duration};

/// How long a request waits for a connection before it says that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements that run longer are ended: nothing of ours should.
const STATEMENT_TIMEOUT: &str = "30s";
/// A transaction that waits for its client this long is ended, so that a killed process holds no locks.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "30s";

/// Group role that a transaction takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupRole {
    Tenant(uuid::Uuid),
    Door,
    Provider,
    System,
}

impl GroupRole {
    /// One round trip: begin, take the role, set the tenant. The UUID's printed form has no characters to escape.
    fn begin_sql(self) -> String {
        match self {
            Self::Tenant(tenant) => format!("BEGIN; SET LOCAL ROLE hub_tenant; SET LOCAL hub.tenant_id = '{tenant}'"),
            Self::Door => "BEGIN; SET LOCAL ROLE hub_door".to_owned(),
            Self::Provider => "BEGIN; SET LOCAL ROLE hub_provider".to_owned(),
            Self::System => "BEGIN; SET LOCAL ROLE hub_system".to_owned(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    login_url: String,
}

impl Db {
    /// `login_url` is the login role's. Connects when first used.
    pub fn new(login_url: &str, connections: u32) -> Result<Self, Fault> {
        let options = PgConnectOptions::from_str(login_url)
            .map_err(|error| Fault::new(format!("the database's address cannot be read: {error}")))?
            .application_name("service-hub")
            .options([("statement_timeout", STATEMENT_TIMEOUT), ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT)])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // A dead connection shows at its first statement anyway; asking each time costs a round trip a request.
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Ok(Self { pool, login_url: login_url.to_owned() })
    }

    /// In a task of its own: a request that is given up while it begins would give its connection back with the
    /// transaction open, which sqlx notes only once the answer is there.
    pub(crate) async fn begin(&self, role: GroupRole) -> Result<Transaction<'static, Postgres>, Fault> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move {
            match pool.begin_with(AssertSqlSafe(role.begin_sql())).await {
                Ok(transaction) => Ok(transaction),
                // The pooled connection had died, with the server perhaps: one fresh try tells whether it is back.
                Err(sqlx::Error::Io(_) | sqlx::Error::Database(_)) => pool.begin_with(AssertSqlSafe(role.begin_sql())).await.map_err(fault),
                Err(error) => Err(fault(error)),
            }
        });
        begun.await.map_err(|error| Fault::new(format!("no transaction was begun: {error}")))?
    }

    /// Refuses a login role that could get around row-level security.
    pub async fn check_login_role(&self) -> Result<(), Fault> {
        let (name, superuser, bypass, inherits, owns): (String, bool, bool, bool, bool) = sqlx::query_as(
            "SELECT rolname::text, rolsuper, rolbypassrls, rolinherit,
                    EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relnamespace::regnamespace::text NOT LIKE 'pg\\_%')
               FROM pg_roles
              WHERE rolname = session_user",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(fault)?;
        for (bad, why) in [(superuser, "is a superuser"), (bypass, "bypasses row-level security"), (inherits, "inherits its groups' rights"), (owns, "owns tables")] {
            if bad {
                return Err(Fault::new(format!("the login role {name} {why}, so tenants would not be apart; the server does not start with it")));
            }
        }
        Ok(())
    }

    /// A dedicated connection that hears notifications.
    pub async fn listener(&self) -> Result<PgListener, Fault> {
        PgListener::connect(&self.login_url).await.map_err(fault)
    }

    /// The job queue's own small pool: its connections take the queue role for good.
    pub async fn queue_pool(&self, connections: u32) -> Result<PgPool, Fault> {
        PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::query("SET ROLE hub_queue").execute(connection).await?;
                    Ok(())
                })
            })
            .connect(&self.login_url)
            .await
            .map_err(fault)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}
