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
    /// Other customers' roles that may into the database, or are members of one of the two roles.
    pub guests: Vec<String>,
    pub sessions: i64,
}

impl Found {
    /// Whether a part of the instance is there: a role with its mark, or the database, which is found by what only we give:
    /// its name and its owner.
    pub fn ours(&self, names: &Names) -> bool {
        let marked = |comment: &Option<String>| comment.as_deref().is_some_and(|comment| names.marks(comment));
        let own = self.clone().without_foreign(names);
        own.login.is_some_and(|login| marked(&login.comment)) || own.owner.is_some_and(|comment| marked(&comment)) || own.database.is_some()
    }

    /// What is not another's: its roles stay, with what they own, whatever becomes of ours.
    pub fn without_foreign(mut self, names: &Names) -> Self {
        let foreign = |comment: &Option<String>| comment.as_deref().is_some_and(|comment| names.foreign(comment));
        if self.owner.as_ref().is_some_and(foreign) {
            self.owner = None;
            self.database = self.database.filter(|database| database.owner != names.owner);
        }
        self.login = self.login.filter(|login| !foreign(&login.comment));
        self
    }

    /// Somebody else's role under our name is never touched. The database's comment says nothing: its owner, the customer,
    /// may write there what it likes, while roles are commented by us alone.
    pub fn refuse_foreign(&self, names: &Names) -> Result<(), DriverError> {
        let comments = [self.login.as_ref().and_then(|login| login.comment.clone()), self.owner.clone().flatten()];
        match comments.into_iter().flatten().find(|comment| names.foreign(comment)) {
            Some(other) => Err(DriverError::permanent("provisioning.error.foreign", format!("{} belongs to {other}", names.login))),
            None => Ok(()),
        }
    }

    /// Whether both roles are there and whoever logs in works as the owner.
    pub fn has_roles(&self, names: &Names) -> bool {
        self.owner.is_some() && self.login.as_ref().is_some_and(|login| login.works_as(&names.owner))
    }

    /// The database where its owner's rights are ours to use.
    pub fn own_database(&self, names: &Names) -> Option<&Database> {
        self.database.as_ref().filter(|database| database.owner == names.owner)
    }
}

impl Login {
    fn works_as(&self, owner: &str) -> bool {
        self.member && self.settings.contains(&format!("role={owner}"))
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
    let database: Option<Database> = sqlx::query_as(
        "SELECT d.datname::text AS name,
                pg_get_userbyid(d.datdba)::text AS owner,
                left(shobj_description(d.oid, 'pg_database'), 200) AS comment,
                d.datallowconn AS accepts_connections,
                has_database_privilege('public', d.oid, 'CONNECT') AS open_to_all
           FROM pg_database d
          WHERE d.datname = $1
             OR pg_get_userbyid(d.datdba) = $2
          ORDER BY d.datname = $1 DESC, d.oid
          LIMIT 1",
    )
    .bind(&names.database)
    .bind(&names.owner)
    .fetch_optional(&mut *connection)
    .await
    .map_err(trouble)?;
    let guests = guests(connection, names, database.as_ref()).await?;
    let sessions = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'")
        .bind(&names.database)
        .fetch_one(&mut *connection)
        .await
        .map_err(trouble)?;
    Ok(Found { login, owner, database, guests, sessions })
}

/// Roles of other customers that were let in: by a right on the database, or by a membership, which on PostgreSQL 15 a login
/// role may give in itself.
async fn guests(connection: &mut PgConnection, names: &Names, database: Option<&Database>) -> Result<Vec<String>, DriverError> {
    sqlx::query_scalar(
        "SELECT guest.rolname::text
           FROM pg_roles guest
          WHERE guest.oid IN (SELECT m.member
                                FROM pg_auth_members m
                                JOIN pg_roles host ON host.oid = m.roleid
                               WHERE host.rolname IN ($1, $2)
                               UNION
                              SELECT entry.grantee
                                FROM pg_database d, aclexplode(d.datacl) entry
                               WHERE d.datname = $3 AND entry.grantee <> d.datdba)
            AND guest.rolname NOT IN ($1, $2)
            AND starts_with(shobj_description(guest.oid, 'pg_authid'), $4)
          ORDER BY 1
          LIMIT 200",
    )
    .bind(&names.login)
    .bind(&names.owner)
    .bind(database.map(|database| database.name.as_str()))
    .bind(Names::MARK)
    .fetch_all(connection)
    .await
    .map_err(trouble)
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
        differs("database_guests", FIX, "none", if found.guests.is_empty() { "none" } else { "some" });
        differs("database_mark", FIX, &names.mark, database.comment.as_deref().unwrap_or("missing"));
    }
    if let Some(login) = &found.login {
        differs("login_allowed", FIX, yes(!wanted.suspended), yes(login.can_login));
        differs("connection_limit", FIX, &connection_limit(wanted).to_string(), &login.connection_limit.to_string());
        differs("works_as_owner", FIX, "yes", yes(login.works_as(&names.owner)));
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
            guests: Vec::new(),
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
    fn another_instances_mark_on_a_role_is_foreign_and_on_the_database_a_customers_word() {
        let names = Names::of(&wanted());
        assert!(healthy().refuse_foreign(&names).is_ok());
        let other = Some("Service Hub org_x ins_y".to_owned());
        let mut found = healthy();
        found.database.as_mut().expect("there").comment = other.clone();
        assert!(found.refuse_foreign(&names).is_ok() && found.ours(&names));
        assert_eq!(words(&wanted(), &found), [format!("database_mark: Service Hub org_x ins_y for {}", names.mark)]);
        for found in [Found { owner: Some(other.clone()), ..healthy() }, Found { login: healthy().login.map(|login| Login { comment: other, ..login }), ..healthy() }] {
            assert!(found.refuse_foreign(&names).is_err(), "{found:?}");
        }
    }

    #[test]
    fn what_is_anothers_stays_with_what_it_owns_and_ours_goes() {
        let names = Names::of(&wanted());
        let other = Some("Service Hub org_x ins_y".to_owned());
        assert_eq!(healthy().without_foreign(&names), healthy());
        let theirs = healthy().login.map(|login| Login { comment: other.clone(), ..login });
        assert_eq!(Found { login: theirs.clone(), ..healthy() }.without_foreign(&names), Found { login: None, ..healthy() });
        assert_eq!(Found { owner: Some(other.clone()), ..healthy() }.without_foreign(&names), Found { owner: None, database: None, ..healthy() });
        assert!(!Found { login: theirs, owner: Some(other), ..healthy() }.ours(&names));
    }

    #[test]
    fn a_guest_is_seen() {
        let found = Found { guests: vec!["t_other".into()], ..healthy() };
        assert_eq!(words(&wanted(), &found), ["database_guests: some for none"]);
    }

    #[test]
    fn the_mark_of_earlier_versions_is_ours_and_differs() {
        let names = Names::of(&wanted());
        assert_eq!(names.former_mark, format!("Service Hub {} {}", wanted().tenant, wanted().instance));
        let former = Some(names.former_mark.clone());
        let mut found = healthy();
        found.owner = Some(former.clone());
        found.login.as_mut().expect("there").comment = former.clone();
        found.database.as_mut().expect("there").comment = former.clone();
        assert!(found.ours(&names) && found.refuse_foreign(&names).is_ok());
        assert_eq!(compare(&wanted(), &found).iter().map(|differs| (differs.what.as_str(), differs.gravity)).collect::<Vec<_>>(), [
            ("database_mark", Gravity::Repairable),
            ("login_mark", Gravity::Repairable),
        ]);
        // Each part tells by itself; another instance's former mark is as foreign as its new one.
        for part in [Found { owner: Some(former.clone()), ..Found::default() }, Found { login: found.login, ..Found::default() }, Found { database: found.database, ..Found::default() }] {
            assert!(part.ours(&names) && part.refuse_foreign(&names).is_ok(), "{part:?}");
        }
        let other = Names::of(&Wanted { instance: InstanceId::from_uuid(Uuid::from_u128(3)), ..wanted() });
        for mark in [other.former_mark, other.mark] {
            let found = Found { owner: Some(Some(mark)), ..Found::default() };
            assert!(!found.ours(&names) && found.refuse_foreign(&names).is_err(), "{found:?}");
        }
    }
}
