//! Brings a database up to this program: the cluster's group roles, the job queue's schema, then our migrations, all as
//! the owner role, which does nothing else.

use kernel::Fault;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, postgres::PgPoolOptions};

/// The guard, ours, and what the queue library asks for at once.
const MIGRATING: u32 = 6;

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// Roles that transactions take; none can log in.
const GROUP_ROLES: [&str; 5] = ["hub_tenant", "hub_door", "hub_provider", "hub_system", "hub_queue"];
/// Held while migrating, so that two processes that start at once do it one after the other.
const LOCK: i64 = 0x0068_7562_6d69;

/// Held while the login role is made.
const LOGIN_LOCK: i64 = 0x0068_7562_6c6f;

/// A database of a newer program, or one that cannot be brought up.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database was made by a newer version of Service Hub (its step {0} is not known here): start that version, or use another data folder")]
    Newer(i64),
    #[error("the database step {0} differs from the one that was run: this program is not the one that made the database")]
    Changed(i64),
    #[error("the role in DATABASE_URL may not do what an owner has to ({0}): let it own the database and give it CREATEROLE, as in `ALTER ROLE <owner> CREATEROLE`")]
    NotAllowed(String),
    #[error("the database cannot be brought up to this version: {0}")]
    Failed(String),
}

/// PostgreSQL's code for "permission denied".
const INSUFFICIENT_PRIVILEGE: &str = "42501";

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(answer) if answer.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) => Self::NotAllowed(answer.message().to_owned()),
            Some(_) | None => Self::Failed(error.to_string()),
        }
    }
}

impl From<MigrateError> for Fault {
    fn from(error: MigrateError) -> Self {
        Fault::new(error.to_string())
    }
}

/// Steps that this program knows, by number.
pub fn known_steps() -> Vec<i64> {
    MIGRATOR.iter().map(|step| step.version).collect()
}

/// Changes with any step's text: names the tests' template database.
pub fn fingerprint() -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for step in MIGRATOR.iter() {
        hasher.update(step.version.to_be_bytes());
        hasher.update(&step.checksum);
    }
    hex::encode(&hasher.finalize()[..6])
}

/// Runs everything that has not run yet. `login_role` becomes a member of the group roles.
pub async fn migrate(owner_url: &str, login_role: &str) -> Result<usize, MigrateError> {
    let pool = PgPoolOptions::new().max_connections(MIGRATING).connect(owner_url).await?;
    let mut guard = pool.acquire().await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *guard).await?;
    let outcome = migrate_locked(&pool, login_role).await;
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut *guard).await?;
    drop(guard);
    pool.close().await;
    outcome
}

async fn migrate_locked(pool: &PgPool, login_role: &str) -> Result<usize, MigrateError> {
    let mut connection = pool.acquire().await?;
    create_group_roles(&mut connection, login_role).await?;
    let before = applied(&mut connection).await?;
    graphile_worker_migrations_run(pool).await?;
    open_queue(&mut connection).await?;
    MIGRATOR.run(pool).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(step) => MigrateError::Newer(step),
        sqlx::migrate::MigrateError::VersionMismatch(step) => MigrateError::Changed(step),
        other => MigrateError::Failed(other.to_string()),
    })?;
    Ok(MIGRATOR.iter().count() - before.len())
}

/// Steps that have run in this database.
pub async fn applied(connection: &mut PgConnection) -> Result<Vec<i64>, MigrateError> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !exists {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_scalar("SELECT version FROM public._sqlx_migrations WHERE success ORDER BY version").fetch_all(connection).await?)
}

/// Roles belong to the whole cluster, so another database of it may have made them already.
async fn create_group_roles(connection: &mut PgConnection, login_role: &str) -> Result<(), MigrateError> {
    for role in GROUP_ROLES {
        let sql = format!(
            "DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} NOLOGIN NOINHERIT;
                END IF;
                IF NOT pg_has_role('{login_role}', '{role}', 'MEMBER') THEN
                    GRANT {role} TO {login_role};
                END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn graphile_worker_migrations_run(pool: &PgPool) -> Result<(), MigrateError> {
    graphile_worker::WorkerOptions::default()
        .pg_pool(pool.clone())
        .init()
        .await
        .map(drop)
        .map_err(|error| MigrateError::Failed(error.to_string()))
}

/// The queue's tables for the queue role. They are the library's, hold job payloads only and are reached by no tenant.
async fn open_queue(connection: &mut PgConnection) -> Result<(), MigrateError> {
    sqlx::raw_sql(
        "DO $$
        DECLARE item regclass;
        BEGIN
            GRANT USAGE ON SCHEMA graphile_worker TO hub_queue;
            GRANT ALL ON ALL TABLES IN SCHEMA graphile_worker TO hub_queue;
            GRANT ALL ON ALL SEQUENCES IN SCHEMA graphile_worker TO hub_queue;
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO hub_queue;
            FOR item IN SELECT oid::regclass FROM pg_class
                         WHERE relnamespace = 'graphile_worker'::regnamespace AND relkind = 'r' AND relrowsecurity
            LOOP
                IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = item AND polname = 'queue_rows') THEN
                    EXECUTE format('CREATE POLICY queue_rows ON %s TO hub_queue USING (true) WITH CHECK (true)', item);
                END IF;
            END LOOP;
        END $$",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// For `DATABASE_URL`: makes the login role beside the owner and answers its address. The password follows from the
/// owner's, so that every copy of the program finds the same one without sharing a file. Where the owner gives none (`trust`,
/// a password file), a secret stands in that the first start puts into the database, for the owner's eyes alone.
pub async fn ensure_login_role(owner_url: &str) -> Result<String, MigrateError> {
    use hmac::{Hmac, Mac};
    let mut url = url::Url::parse(owner_url).map_err(|error| MigrateError::Failed(format!("DATABASE_URL cannot be read: {error}")))?;
    let mut connection = PgConnection::connect(owner_url).await?;
    let mut tx = connection.begin().await?;
    // Copies that start at once do it one after the other.
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOGIN_LOCK).execute(&mut *tx).await?;
    let known = match url.password() {
        Some(password) => password.to_owned(),
        None => login_secret(&mut tx).await?,
    };
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(known.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(b"service-hub login role");
    let password = hex::encode(mac.finalize().into_bytes());
    let sql = format!(
        "DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_login') THEN
                CREATE ROLE hub_login LOGIN NOINHERIT;
            END IF;
            ALTER ROLE hub_login LOGIN NOINHERIT PASSWORD '{password}';
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO hub_login', current_database());
        END $$"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    tx.commit().await?;
    connection.close().await?;
    url.set_username("hub_login").map_err(|()| MigrateError::Failed("DATABASE_URL has no host".into()))?;
    url.set_password(Some(&password)).map_err(|()| MigrateError::Failed("DATABASE_URL has no host".into()))?;
    Ok(url.into())
}

/// Random, and made once. Its table stands outside of the migrations, which need the login role, in a schema that only the owner
/// enters; row-level security without a policy hides its row from whoever may read all tables.
async fn login_secret(connection: &mut PgConnection) -> Result<String, MigrateError> {
    sqlx::raw_sql(
        "CREATE SCHEMA IF NOT EXISTS hub_owner;
        CREATE TABLE IF NOT EXISTS hub_owner.login_secret (
            only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT one_secret CHECK (only_row),
            secret   text NOT NULL
        );
        ALTER TABLE hub_owner.login_secret ENABLE ROW LEVEL SECURITY",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO hub_owner.login_secret (secret) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(crate::secrets::random_token())
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar("SELECT secret FROM hub_owner.login_secret LIMIT 1").fetch_one(connection).await?)
}
