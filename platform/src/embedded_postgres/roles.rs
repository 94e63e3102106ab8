//! The roles and the database that Service Hub needs in its own PostgreSQL. Made when missing, repaired when changed by hand.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::cluster::Cluster;
use super::record::Passwords;
use super::{DATABASE, EmbeddedError};

/// What PostgreSQL answers to a wrong password.
const INVALID_PASSWORD: &str = "28P01";

pub(super) async fn ensure(cluster: &Cluster) -> Result<(), EmbeddedError> {
    let mut session = connect(cluster, "postgres").await?;
    // One implicit transaction. Nothing in it is taken from outside: passwords are letters and digits, made by us.
    let roles = roles(&cluster.record.passwords, cluster.major);
    sqlx::raw_sql(AssertSqlSafe(roles)).execute(&mut session).await?;
    let exists = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    if !sqlx::query_scalar::<_, bool>(exists).bind(DATABASE).fetch_one(&mut session).await? {
        let create = format!("CREATE DATABASE {DATABASE} OWNER hub_owner TEMPLATE template0 ENCODING 'UTF8'");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut session).await?;
    }
    sqlx::raw_sql(AssertSqlSafe(doors())).execute(&mut session).await?;
    session.close().await?;
    for database in [DATABASE, "template1"] {
        let mut session = connect(cluster, database).await?;
        sqlx::raw_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC").execute(&mut session).await?;
        session.close().await?;
    }
    Ok(())
}

async fn connect(cluster: &Cluster, database: &str) -> Result<PgConnection, EmbeddedError> {
    let options: PgConnectOptions = cluster.record.superuser(database);
    match options.connect().await {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == INVALID_PASSWORD) => {
            Err(EmbeddedError::PasswordRefused(cluster.record_file()))
        }
        connected => Ok(connected?),
    }
}

/// None of the three is a superuser and none passes row-level security.
fn roles(passwords: &Passwords, major: u32) -> String {
    let Passwords { superuser: _, owner, login, provisioner } = passwords;
    let mut sql = format!(
        "SET client_min_messages = 'warning';
         SET log_min_error_statement = 'panic';
         DO $$
         DECLARE
             missing text;
         BEGIN
             FOREACH missing IN ARRAY ARRAY['hub_owner', 'hub_login', 'hub_provisioner'] LOOP
                 IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = missing) THEN
                     EXECUTE format('CREATE ROLE %I', missing);
                 END IF;
             END LOOP;
         END
         $$;
         ALTER ROLE hub_owner LOGIN INHERIT CREATEROLE NOCREATEDB NOSUPERUSER NOREPLICATION NOBYPASSRLS PASSWORD '{owner}';
         ALTER ROLE hub_login LOGIN NOINHERIT NOCREATEROLE NOCREATEDB NOSUPERUSER NOREPLICATION NOBYPASSRLS PASSWORD '{login}';
         ALTER ROLE hub_provisioner LOGIN INHERIT CREATEROLE CREATEDB NOSUPERUSER NOREPLICATION NOBYPASSRLS PASSWORD '{provisioner}';
         -- Its statements hold customers' passwords: one that fails is not written to the log.
         ALTER ROLE hub_provisioner SET log_min_error_statement = 'panic';
         GRANT pg_signal_backend, pg_monitor TO hub_provisioner;"
    );
    if major >= 16 {
        // From 16 on, who creates a role may grant it to others and is not a member; both need to be, to hand objects to it.
        sql.push_str(
            "ALTER ROLE hub_owner SET createrole_self_grant = 'set, inherit';
             ALTER ROLE hub_provisioner SET createrole_self_grant = 'set, inherit';",
        );
    }
    sql
}

/// By default everybody may connect to every database.
fn doors() -> String {
    format!(
        "ALTER DATABASE {DATABASE} OWNER TO hub_owner;
         REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC;
         GRANT CONNECT ON DATABASE {DATABASE} TO hub_login;
         GRANT CONNECT ON DATABASE postgres TO hub_provisioner;"
    )
}
