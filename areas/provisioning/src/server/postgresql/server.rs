//! One configured PostgreSQL server and how it is reached: a connection per operation, with limits.

use super::{super::driver::DriverError, sql::Names};
use kernel::Fault;
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A server that did not answer is let be for so long; then one caller tries it, and the others wait for what that one
/// learns: what is on other servers does not stand behind it.
const LET_BE: Duration = Duration::from_secs(15);
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
    silence: Arc<Mutex<Silence>>,
}

/// Until when a server that did not answer is let be.
#[derive(Debug, Default)]
struct Silence {
    until: Option<Instant>,
}

impl Silence {
    /// Whether the caller may try to connect at `now`.
    fn may_try(&mut self, now: Instant) -> bool {
        if self.until.is_some_and(|until| now < until) {
            return false;
        }
        if self.until.is_some() {
            self.begins(now);
        }
        true
    }

    fn begins(&mut self, now: Instant) {
        self.until = Some(now + LET_BE);
    }

    fn ends(&mut self) {
        self.until = None;
    }
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
        Ok(Self { name: name.to_owned(), host: options.get_host().to_owned(), port: options.get_port(), options, silence: Arc::default() })
    }

    pub async fn connect(&self) -> Result<PgConnection, DriverError> {
        if !self.silence().may_try(Instant::now()) {
            return Err(self.unreachable("did not answer a moment ago"));
        }
        match tokio::time::timeout(CONNECT_LIMIT, self.options.connect()).await {
            Ok(Ok(connection)) => {
                self.silence().ends();
                Ok(connection)
            }
            Ok(Err(sqlx::Error::Io(error))) => {
                self.silence().begins(Instant::now());
                Err(self.unreachable(error))
            }
            // Whatever it says, it is there.
            Ok(Err(error)) => {
                self.silence().ends();
                Err(self.unreachable(error))
            }
            Err(_) => {
                self.silence().begins(Instant::now());
                Err(self.unreachable("did not answer"))
            }
        }
    }

    /// Into a customer's database; one that lets nobody in says nothing of its server.
    pub async fn connect_to(&self, database: &str) -> Result<PgConnection, DriverError> {
        match tokio::time::timeout(CONNECT_LIMIT, self.options.clone().database(database).connect()).await {
            Ok(connected) => connected.map_err(|error| self.unreachable(error)),
            Err(_) => Err(self.unreachable("did not answer")),
        }
    }

    fn silence(&self) -> std::sync::MutexGuard<'_, Silence> {
        self.silence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unreachable(&self, why: impl std::fmt::Display) -> DriverError {
        DriverError::transient("provisioning.error.unreachable", format!("server {}: {why}", self.name))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_server_is_tried_by_one_at_a_time_until_it_answers() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut silence = Silence::default();
        assert!(silence.may_try(at(0)) && silence.may_try(at(0)), "nothing is known yet");
        silence.begins(at(5));
        assert!(!silence.may_try(at(5)) && !silence.may_try(at(19)));
        assert!(silence.may_try(at(20)), "one looks whether it is back");
        assert!(!silence.may_try(at(20)) && !silence.may_try(at(34)), "the others go on without it");
        assert!(silence.may_try(at(35)), "also where that one never came back");
        silence.ends();
        assert!(silence.may_try(at(36)) && silence.may_try(at(36)));
    }
}
