//! What is there of an instance on its server, and how it differs from what should be.

use super::{
    super::driver::{DriverError, Wanted},
    server::trouble,
    sql::Names,
};
use crate::plan::{Difference, Gravity};
use sqlx::PgConnection;

/// The login role as found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Login {
    pub can_login: bool,
    pub connection_limit: i32,
    pub comment: Option<String>,
    /// Settings of the role, `name=value`.
    pub settings: Vec<String>,
    /// Whether it is a member of the owner role.
    pub member: bool,
    /// Superuser, may make roles or databases, bypasses row-level security, replicates: never ours.
    pub powerful: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Database {
    pub name: String,
    pub owner: String,
    pub comment: Option<String>,
    pub accepts_connections: bool,
    /// Whether any role of the server may connect.
    pub open_to_all: bool,
}

/// The parts of an instance that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub login: Option<Login>,
    /// The owner role's comment, if the role is there.
    pub owner: Option<Option<String>>,
    pub database: Option<Database>,
    pub sessions: i64,
}

impl Found {
    /// Whether a part with our mark is there. Parts are made with their mark in one transaction, but for the database,
    /// which gets it right afterwards: one that we own without a mark is ours.
    pub fn ours(&self, names: &Names) -> bool {
        let marked = |comment: &Option<String>| comment.as_ref().is_some_and(|comment| *comment == names.mark || *comment == names.former_mark);
        self.login.as_ref().is_some_and(|login| marked(&login.comment))
            || self.owner.as_ref().is_some_and(marked)
            || self.database.as_ref().is_some_and(|database| marked(&database.comment) || (database.comment.is_none() && database.owner == names.owner))
    }

    /// Somebody else's role or database under our name is never touched.
    pub fn refuse_foreign(&self, names: &Names) -> Result<(), DriverError> {
        let comments = [
            self.login.as_ref().and_then(|login| login.comment.clone()),
            self.owner.clone().flatten(),
            self.database.as_ref().and_then(|database| database.comment.clone()),
        ];
        match comments.into_iter().flatten().find(|comment| *comment != names.mark && *comment != names.former_mark && comment.starts_with(Names::MARK)) {
            Some(other) => Err(DriverError::permanent("provisioning.error.foreign", format!("{} belongs to {other}", names.login))),
            None => Ok(()),
        }
    }
}

pub(super) async fn find(connection: &mut PgConnection, names: &Names) -> Result<Found, DriverError> {
    let login = sqlx::query_as(
        "SELECT r.rolcanlogin AS can_login,
                r.rolconnlimit AS connection_limit,
                shobj_description(r.oid, 'pg_authid') AS comment,
                coalesce(r.rolconfig, '{}') AS settings,
                EXISTS (SELECT
                          FROM pg_auth_members m
                          JOIN pg_roles o ON o.oid = m.roleid
                         WHERE m.member = r.oid AND o.rolname = $2) AS member,
                r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication AS powerful
           FROM pg_roles r
          WHERE r.rolname = $1",
    )
    .bind(&names.login)
    .bind(&names.owner)
    .fetch_optional(&mut *connection)
    .await
    .map_err(trouble)?;
    let owner: Option<Option<String>> = sqlx::query_scalar("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1")
        .bind(&names.owner)
        .fetch_optional(&mut *connection)
        .await
        .map_err(trouble)?;
    let database = sqlx::query_as(
        "SELECT d.datname::text AS name,
                pg_get_userbyid(d.datdba)::text AS owner,
                shobj_description(d.oid, 'pg_database') AS comment,
                d.datallowconn AS accepts_connections,
                has_database_privilege('public', d.oid, 'CONNECT') AS open_to_all
           FROM pg_database d
          WHERE d.datname = $1
             OR shobj_description(d.oid, 'pg_database') IN ($2, $4)
             OR pg_get_userbyid(d.datdba) = $3
          ORDER BY d.datname = $1 DESC
          LIMIT 1",
    )
    .bind(&names.database)
    .bind(&names.mark)
    .bind(&names.owner)
    .bind(&names.former_mark)
    .fetch_optional(&mut *connection)
    .await
    .map_err(trouble)?;
    let sessions = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'")
        .bind(&names.database)
        .fetch_one(&mut *connection)
        .await
        .map_err(trouble)?;
    Ok(Found { login, owner, database, sessions })
}

/// The connection limit that the login role is to have: what its customer chose, at most the plan's, and none while it
/// is suspended; −1 is PostgreSQL's "no limit".
pub(super) fn connection_limit(wanted: &Wanted) -> i32 {
    if wanted.suspended {
        return 0;
    }
    let chosen = wanted.configuration.get("connection_limit").and_then(serde_json::Value::as_i64).filter(|limit| *limit > 0);
    let limit = chosen.into_iter().chain(wanted.limit("connections")).min();
    limit.map_or(-1, |limit| i32::try_from(limit).unwrap_or(i32::MAX))
}

/// The read-only setting as PostgreSQL keeps it.
const READ_ONLY: &str = "default_transaction_read_only=on";

/// Differences from what is wanted, the gravest first.
pub(super) fn compare(wanted: &Wanted, found: &Found) -> Vec<Difference> {
    let names = Names::of(wanted);
    let mut list = Vec::new();
    let mut differs = |what: &str, gravity: Gravity, expected: &str, found: &str| {
        if expected != found {
            list.push(Difference { what: what.into(), gravity, expected: expected.into(), found: found.into() });
        }
    };
    const FIX: Gravity = Gravity::Repairable;
    let there = |there: bool| if there { "present" } else { "missing" };
    let yes = |yes: bool| if yes { "yes" } else { "no" };

    let gone = if wanted.allow_empty { FIX } else { Gravity::DataLoss };
    differs("database", gone, "present", there(found.database.is_some()));
    differs("owner_role", FIX, "present", there(found.owner.is_some()));
    differs("login_role", FIX, "present", there(found.login.is_some()));
    if let Some(database) = &found.database {
        differs("database_name", FIX, &names.database, &database.name);
        differs("database_owner", FIX, &names.owner, &database.owner);
        differs("database_accepts_connections", FIX, "yes", yes(database.accepts_connections));
        differs("database_open_to_all", FIX, "no", yes(database.open_to_all));
        differs("database_mark", FIX, &names.mark, database.comment.as_deref().unwrap_or("missing"));
    }
    if let Some(login) = &found.login {
        differs("login_allowed", FIX, yes(!wanted.suspended), yes(login.can_login));
        differs("connection_limit", FIX, &connection_limit(wanted).to_string(), &login.connection_limit.to_string());
        differs("works_as_owner", FIX, "yes", yes(login.member && login.settings.contains(&format!("role={}", names.owner))));
        differs("read_only", FIX, yes(wanted.read_only), yes(login.settings.iter().any(|setting| setting == READ_ONLY)));
        differs("server_rights", FIX, "none", if login.powerful { "some" } else { "none" });
        differs("login_mark", FIX, &names.mark, login.comment.as_deref().unwrap_or("missing"));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{InstanceId, PlanId, TenantId};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn wanted() -> Wanted {
        Wanted {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            instance: InstanceId::from_uuid(Uuid::from_u128(2)),
            name: "Shop".into(),
            plan: PlanId::from_uuid(Uuid::nil()),
            limits: BTreeMap::from([("connections".into(), 20)]),
            configuration: serde_json::Value::Null,
            suspended: false,
            read_only: false,
            was_ready: true,
            allow_empty: false,
            server: "local".into(),
            verifier: None,
        }
    }

    fn healthy() -> Found {
        let names = Names::of(&wanted());
        Found {
            login: Some(Login {
                can_login: true,
                connection_limit: 20,
                comment: Some(names.mark.clone()),
                settings: vec![format!("role={}", names.owner)],
                member: true,
                powerful: false,
            }),
            owner: Some(Some(names.mark.clone())),
            database: Some(Database { name: names.database.clone(), owner: names.owner.clone(), comment: Some(names.mark), accepts_connections: true, open_to_all: false }),
            sessions: 0,
        }
    }

    fn words(wanted: &Wanted, found: &Found) -> Vec<String> {
        compare(wanted, found).into_iter().map(|d| format!("{}: {} for {}", d.what, d.found, d.expected)).collect()
    }

    #[test]
    fn sees_nothing_where_all_is_well() {
        assert_eq!(words(&wanted(), &healthy()), Vec::<String>::new());
    }

    #[test]
    fn sees_a_dropped_role_and_hand_made_changes() {
        let found = Found { login: None, ..healthy() };
        assert_eq!(words(&wanted(), &found), ["login_role: missing for present"]);
        let mut found = healthy();
        let login = found.login.as_mut().expect("there");
        login.can_login = false;
        login.connection_limit = 500;
        login.powerful = true;
        assert_eq!(
            words(&wanted(), &found),
            ["login_allowed: no for yes", "connection_limit: 500 for 20", "server_rights: some for none"]
        );
    }

    #[test]
    fn a_suspended_one_lets_nobody_in() {
        let wanted = Wanted { suspended: true, ..wanted() };
        assert_eq!(words(&wanted, &healthy()), ["login_allowed: yes for no", "connection_limit: 20 for 0"]);
    }

    #[test]
    fn a_lost_database_is_grave_until_staff_decide() {
        let found = Found { database: None, ..healthy() };
        assert_eq!(compare(&wanted(), &found)[0].gravity, Gravity::DataLoss);
        let wanted = Wanted { allow_empty: true, ..wanted() };
        assert_eq!(compare(&wanted, &found)[0].gravity, Gravity::Repairable);
    }

    #[test]
    fn another_instances_mark_is_foreign() {
        let mut found = healthy();
        found.database.as_mut().expect("there").comment = Some("Service Hub org_x ins_y".into());
        assert!(found.refuse_foreign(&Names::of(&wanted())).is_err());
        assert!(healthy().refuse_foreign(&Names::of(&wanted())).is_ok());
    }
}
