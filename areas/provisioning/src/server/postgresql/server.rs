//! One configured PostgreSQL server and how it is reached: a connection per operation, with limits.

use super::{super::driver::DriverError, sql::Names};
use kernel::Fault;
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use std::{str::FromStr, time::Duration};

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A statement, waiting for a lock included. Removing a large database takes a while.
const STATEMENT_LIMIT: &str = "60s";
/// How long to wait for another worker that still works on the same instance.
const LOCK_LIMIT: &str = "20s";

/// A server by its name in the settings.
#[derive(Clone)]
pub(super) struct Server {
    pub name: String,
    /// As customers reach it.
    pub host: String,
    pub port: u16,
    options: PgConnectOptions,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}:{}", self.name, self.host, self.port)
    }
}

impl Server {
    pub fn parse(name: &str, url: &str) -> Result<Self, Fault> {
        let options = PgConnectOptions::from_str(url)
            // The address may hold a password: the error names the server only.
            .map_err(|_| Fault::new(format!("the address of the PostgreSQL server `{name}` cannot be read")))?
            .application_name("service-hub-provisioner")
            .options([("statement_timeout", STATEMENT_LIMIT), ("lock_timeout", LOCK_LIMIT)])
            .disable_statement_logging();
        Ok(Self { name: name.to_owned(), host: options.get_host().to_owned(), port: options.get_port(), options })
    }

    pub async fn connect(&self) -> Result<PgConnection, DriverError> {
        self.connect_with(&self.options).await
    }

    /// Into a customer's database.
    pub async fn connect_to(&self, database: &str) -> Result<PgConnection, DriverError> {
        self.connect_with(&self.options.clone().database(database)).await
    }

    async fn connect_with(&self, options: &PgConnectOptions) -> Result<PgConnection, DriverError> {
        match tokio::time::timeout(CONNECT_LIMIT, options.connect()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(DriverError::transient("provisioning.error.unreachable", format!("server {}: {error}", self.name))),
            Err(_) => Err(DriverError::transient("provisioning.error.unreachable", format!("server {} did not answer", self.name))),
        }
    }

    /// A connection that no other worker has for the same instance: one that lost its lease may still be in the middle
    /// of a statement.
    pub async fn connect_alone(&self, names: &Names) -> Result<PgConnection, DriverError> {
        let mut connection = self.connect().await?;
        sqlx::query("SELECT pg_advisory_lock($1)").bind(names.lock).execute(&mut connection).await.map_err(trouble)?;
        Ok(connection)
    }
}

/// A server's refusal as transient or permanent: what the configured role may not do stays so.
pub(super) fn trouble(error: sqlx::Error) -> DriverError {
    let code = error.as_database_error().and_then(|database| database.code()).unwrap_or_default().into_owned();
    match code.as_str() {
        // Insufficient privilege; features that this server lacks.
        "42501" | "0A000" => DriverError::permanent("provisioning.error.not_allowed", error),
        _ => DriverError::transient("provisioning.error.backend", error),
    }
}
