//! Managed PostgreSQL: a login role and a database on a configured server.
//!
//! Three names follow from the instance: `t_<name>` the role that customers log in with, `o_<name>` a role that cannot log
//! in and owns the database, `<the customer's word>_<name>` the database. The login role is a member of the owner and works as it (`ALTER ROLE ..
//! SET role`), so everything that customers make belongs to the owner: a login role that someone drops by hand takes
//! nothing with it and is made again from the verifier that we keep. Every object carries a mark of the instance as its
//! comment. By the roles' we tell ours; one with another instance's mark is never touched. The database is told by its name and its
//! owner alone, which nobody but us can give: its comment is its customer's to write, and is written over.
//!
//! What is decided about drift: access (login role, limits, comments, grants, the owner of the database, other customers who were let in) is set right; a
//! database that is gone is lost data and is not made anew behind the customer's back, staff decide.

mod look;
mod server;
mod sql;

use self::{
    look::{Found, compare},
    server::Server,
    sql::{Names, Whose},
};
use super::driver::{Driver, DriverError, Look, Measured, Reporter, Wanted};
use crate::{
    operation::OperationKind,
    plan::{Difference, Gravity},
};
use async_trait::async_trait;
use kernel::{Fault, TenantId};
use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;

/// What the comments of an organisation's roles and databases begin with, by which staff find them on a server. Others who
/// see it learn nothing of whose they are.
pub fn mark_of(tenant: TenantId) -> String {
    sql::tenants_mark(tenant)
}

/// The name by which plans ask for this driver.
pub const NAME: &str = "postgresql";
/// How long ended sessions may take to be gone.
const SESSIONS_GONE: Duration = Duration::from_secs(5);

/// Databases on the configured servers; a new one goes to the server that its configuration names, or to one of those
/// that answer.
#[derive(Debug)]
pub struct PostgresqlDriver {
    servers: Vec<Server>,
}

impl PostgresqlDriver {
    /// `servers` are names and addresses of roles that may make roles and databases. At least one.
    pub fn new(servers: &[(String, String)]) -> Result<Self, Fault> {
        if servers.is_empty() {
            return Err(Fault::new("Managed PostgreSQL has no server"));
        }
        Ok(Self { servers: servers.iter().map(|(name, url)| Server::parse(name, url)).collect::<Result<_, _>>()? })
    }

    /// Names of the servers, in the order of settings.
    pub fn server_names(&self) -> Vec<&str> {
        self.servers.iter().map(|server| server.name.as_str()).collect()
    }

    fn server(&self, name: &str) -> Result<&Server, DriverError> {
        self.servers
            .iter()
            .find(|server| server.name == name)
            .ok_or_else(|| DriverError::transient("provisioning.error.no_server", format!("no server `{name}` is configured in this process")))
    }

    async fn found(&self, wanted: &Wanted) -> Result<Found, DriverError> {
        let mut connection = self.server(&wanted.server)?.connect().await?;
        look::find(&mut connection, &Names::of(wanted)).await
    }

    /// Refuses to go on when the backend is not as it is to be.
    async fn check(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.check_but(wanted, report, |_| false).await
    }

    /// The same, whatever some differences are.
    async fn check_but(&self, wanted: &Wanted, report: &dyn Reporter, tolerated: fn(&Difference) -> bool) -> Result<(), DriverError> {
        report.step("check").await?;
        let differences = compare(wanted, &self.found(wanted).await?);
        match differences.iter().find(|difference| !tolerated(difference)) {
            None => Ok(()),
            Some(first) => Err(DriverError::transient(
                "provisioning.error.not_as_wanted",
                format!("{} is {} instead of {}", first.what, first.found, first.expected),
            )),
        }
    }

    /// Everything that access needs, whatever of it is there; the database too unless it was lost.
    async fn ensure(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        let names = Names::of(wanted);
        let mut connection = self.server(&wanted.server)?.connect_alone(&names).await?;
        report.step("role").await?;
        let found = look::find(&mut connection, &names).await?;
        found.refuse_foreign(&names)?;
        if found.database.is_none() && wanted.was_ready && !wanted.allow_empty {
            return Err(DriverError::permanent("provisioning.error.data_lost", format!("database {} is gone", names.database)));
        }
        sql::ensure_roles(&mut connection, &names, wanted, &found).await?;
        report.step("database").await?;
        sql::ensure_database(&mut connection, &names, &found).await?;
        report.step("access").await?;
        sql::close_to_others(&mut connection, &names, &names.database, &found.guests).await?;
        sql::set_access(&mut connection, &names, wanted).await?;
        drop(connection);
        self.extend(wanted, report).await
    }

    /// Installs the extensions that the configuration names.
    async fn extend(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        let extensions = sql::extensions(wanted);
        if extensions.is_empty() {
            return Ok(());
        }
        report.step("extensions").await?;
        let names = Names::of(wanted);
        let mut connection = self.server(&wanted.server)?.connect_to(&names.database).await?;
        sql::install(&mut connection, &names, &extensions).await
    }

    /// Ends the sessions of the login role, and of others in its database, and waits until they are gone.
    async fn end_sessions(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        report.step("sessions").await?;
        let names = Names::of(wanted);
        let mut connection = self.server(&wanted.server)?.connect().await?;
        let mut waited = Duration::ZERO;
        let pause = Duration::from_millis(100);
        while sql::end_sessions(&mut connection, &names, Whose::All).await? > 0 {
            if waited >= SESSIONS_GONE {
                return Err(DriverError::transient("provisioning.error.sessions_stay", "sessions did not end"));
            }
            tokio::time::sleep(pause).await;
            waited += pause;
        }
        Ok(())
    }

    async fn apply_access(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        report.step("access").await?;
        let mut connection = self.set_right(wanted).await?;
        sql::set_access(&mut connection, &Names::of(wanted), wanted).await
    }

    /// What a customer can have turned against us, as it is to be: roles, marks, who may in. Answers the connection that
    /// no other worker has.
    async fn set_right(&self, wanted: &Wanted) -> Result<PgConnection, DriverError> {
        let names = Names::of(wanted);
        let mut connection = self.server(&wanted.server)?.connect_alone(&names).await?;
        let found = look::find(&mut connection, &names).await?;
        found.refuse_foreign(&names)?;
        if !found.has_roles(&names) {
            sql::ensure_roles(&mut connection, &names, wanted, &found).await?;
        }
        sql::renew_marks(&mut connection, &names, &found).await?;
        if let Some(database) = found.own_database(&names) {
            sql::close_to_others(&mut connection, &names, &database.name, &found.guests).await?;
        }
        Ok(connection)
    }
}

#[async_trait]
impl Driver for PostgresqlDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn has_credentials(&self) -> bool {
        true
    }

    fn steps(&self, kind: OperationKind) -> &'static [&'static str] {
        match kind {
            OperationKind::Create | OperationKind::Update | OperationKind::ChangePlan | OperationKind::Repair => &["role", "database", "access", "check"],
            OperationKind::Resume | OperationKind::Restore => &["access", "check"],
            OperationKind::Suspend | OperationKind::Delete => &["access", "sessions", "check"],
            OperationKind::Rotate => &["password", "sessions", "check"],
            OperationKind::Purge => &["sessions", "database", "role"],
        }
    }

    async fn servers(&self, configuration: &Value) -> Result<Vec<String>, DriverError> {
        if let Some(asked) = configuration.get("server").and_then(Value::as_str).filter(|name| !name.is_empty()) {
            let known = self.servers.iter().find(|server| server.name == asked);
            return known
                .map(|server| vec![server.name.clone()])
                .ok_or_else(|| DriverError::permanent("provisioning.error.unknown_server", format!("no server is named {asked:?}")));
        }
        // Where there is no choice, the operation itself finds out whether it answers.
        if let [only] = self.servers.as_slice() {
            return Ok(vec![only.name.clone()]);
        }
        let looks = self.servers.iter().map(|server| async move { server.connect().await.map(|_| server.name.clone()) });
        let (answering, silent): (Vec<_>, Vec<_>) = futures::future::join_all(looks).await.into_iter().partition(Result::is_ok);
        match silent.into_iter().next() {
            Some(Err(error)) if answering.is_empty() => Err(error),
            _ => Ok(answering.into_iter().flatten().collect()),
        }
    }

    async fn observe(&self, wanted: &Wanted) -> Result<Look, DriverError> {
        let found = self.found(wanted).await?;
        let names = Names::of(wanted);
        let server = self.server(&wanted.server)?;
        let endpoint = [
            ("host", server.host.clone()),
            ("port", server.port.to_string()),
            ("database", names.database.clone()),
            ("user", names.login.clone()),
        ];
        Ok(Look {
            anything: found.ours(&names),
            differences: compare(wanted, &found),
            endpoint: endpoint.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            connections: Some(found.sessions),
        })
    }

    async fn create(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.ensure(wanted, report).await?;
        self.check(wanted, report).await
    }

    async fn update(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.ensure(wanted, report).await?;
        self.check(wanted, report).await
    }

    async fn suspend(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        // A deletion stops it too, whether or not anybody holds it.
        let stopped = Wanted { suspended: true, ..wanted.clone() };
        self.apply_access(&stopped, report).await?;
        self.end_sessions(&stopped, report).await?;
        // What is lost is out of everybody's reach.
        self.check_but(&stopped, report, |difference| difference.gravity == Gravity::DataLoss).await
    }

    async fn resume(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.apply_access(wanted, report).await?;
        self.check(wanted, report).await
    }

    async fn rotate(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        report.step("password").await?;
        let mut connection = self.set_right(wanted).await?;
        sql::set_password(&mut connection, &Names::of(wanted), wanted).await?;
        drop(connection);
        // Whoever came in with the old password goes.
        self.end_sessions(wanted, report).await?;
        self.check(wanted, report).await
    }

    async fn delete(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        let names = Names::of(wanted);
        let server = self.server(&wanted.server)?;
        let mut connection = server.connect_alone(&names).await?;
        // What is another's is none of it: ours goes.
        let mut found = look::find(&mut connection, &names).await?.without_foreign(&names);
        report.step("sessions").await?;
        if found.login.is_some() {
            sql::forbid_login(&mut connection, &names).await?;
            sql::end_sessions(&mut connection, &names, Whose::All).await?;
        }
        report.step("database").await?;
        while found.database.is_some() {
            sql::drop_database(&mut connection, &names, &found).await?;
            found = look::find(&mut connection, &names).await?.without_foreign(&names);
        }
        report.step("role").await?;
        for database in sql::footholds(&mut connection, &names).await? {
            sql::disown(&mut server.connect_to(&database).await?, &names, &found).await?;
        }
        sql::drop_roles(&mut connection, &names, &found).await
    }

    async fn repair(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.ensure(wanted, report).await?;
        if wanted.suspended {
            self.end_sessions(wanted, report).await?;
        } else if wanted.verifier.is_some() {
            // The password may have been changed by hand, which nobody can see from here.
            let names = Names::of(wanted);
            let mut connection = self.server(&wanted.server)?.connect_alone(&names).await?;
            sql::set_password(&mut connection, &names, wanted).await?;
        }
        self.check(wanted, report).await
    }

    async fn measure(&self, wanted: &Wanted) -> Result<Option<Measured>, DriverError> {
        let mut connection = self.server(&wanted.server)?.connect().await?;
        sql::measure(&mut connection, &Names::of(wanted)).await
    }
}
