//! The statements that change a server. Names are ours by construction and quoted all the same; of a customer's texts
//! only a database name of letters, digits and underscores and the names of known extensions reach any of them.

use crate::operation::Message;
use super::{
    super::driver::{DriverError, Measured, Wanted},
    look::{Found, connection_limit},
    server::trouble,
};
use kernel::TenantId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

/// What an instance is called on its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// The login role.
    pub login: String,
    /// The database: the customer's name for it and the instance's own.
    pub database: String,
    /// The role that owns the database.
    pub owner: String,
    /// The comment by which we tell ours. Comments and names are open to everybody who has a database on the server, so it tells
    /// nobody else whose it is.
    pub mark: String,
    /// The comment of earlier versions, which named the organisation and the instance; it is replaced where it is seen.
    pub former_mark: String,
    /// Key of the lock that keeps two workers apart.
    pub lock: i64,
}

impl Names {
    pub const MARK: &'static str = "Service Hub ";

    pub fn of(wanted: &Wanted) -> Self {
        let short = wanted.short_name();
        let lock = short.bytes().fold(0_i64, |sum, byte| sum.wrapping_mul(31).wrapping_add(i64::from(byte)));
        let chosen = wanted.configuration.get("database_name").and_then(Value::as_str).filter(|name| fits(name)).unwrap_or("db");
        Self {
            login: format!("t_{short}"),
            database: format!("{chosen}_{short}"),
            owner: format!("o_{short}"),
            mark: format!("{}{}", tenants_mark(wanted.tenant), opaque(&[wanted.tenant.uuid(), wanted.instance.uuid()])),
            former_mark: format!("{}{} {}", Self::MARK, wanted.tenant, wanted.instance),
            lock,
        }
    }

    /// Whether this comment is the instance's mark.
    pub fn marks(&self, comment: &str) -> bool {
        comment == self.mark || comment == self.former_mark
    }

    /// Whether this comment is another instance's mark.
    pub fn foreign(&self, comment: &str) -> bool {
        comment.starts_with(Self::MARK) && !self.marks(comment)
    }
}

/// What the marks of an organisation's roles and databases begin with.
pub(super) fn tenants_mark(tenant: TenantId) -> String {
    format!("{}{} ", Names::MARK, opaque(&[tenant.uuid()]))
}

/// Ids are random beyond guessing, so their hash leads nobody back to them.
fn opaque(ids: &[Uuid]) -> String {
    let mut hasher = Sha256::new();
    ids.iter().for_each(|id| hasher.update(id.as_bytes()));
    hasher.finalize()[..10].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What a customer may call a database; the plan's schema says the same.
fn fits(name: &str) -> bool {
    name.len() <= 31
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// An identifier in quotes.
fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text in quotes. Backslashes stand for themselves: `standard_conforming_strings` is on by default and our texts have
/// none.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

async fn run(connection: &mut PgConnection, sql: String) -> Result<(), DriverError> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop).map_err(trouble)
}

/// Makes what is missing of the two roles, each with its mark in the same transaction.
pub(super) async fn ensure_roles(connection: &mut PgConnection, names: &Names, wanted: &Wanted, found: &Found) -> Result<(), DriverError> {
    let verifier = wanted
        .verifier
        .as_deref()
        .ok_or_else(|| DriverError::permanent("provisioning.error.no_credentials", "there is no verifier to make the role with"))?;
    let (login, owner, mark) = (name(&names.login), name(&names.owner), text(&names.mark));
    let mut transaction = connection.begin().await.map_err(trouble)?;
    if found.owner.is_none() {
        run(&mut transaction, format!("CREATE ROLE {owner} NOLOGIN")).await?;
    }
    run(&mut transaction, format!("COMMENT ON ROLE {owner} IS {mark}")).await?;
    take_part(&mut transaction, &owner).await?;
    if found.login.is_none() {
        run(&mut transaction, format!("CREATE ROLE {login} NOLOGIN CONNECTION LIMIT 0 PASSWORD {}", text(verifier))).await?;
    }
    run(&mut transaction, format!("COMMENT ON ROLE {login} IS {mark}")).await?;
    run(&mut transaction, format!("GRANT {owner} TO {login}")).await?;
    run(&mut transaction, format!("ALTER ROLE {login} SET role = {owner}")).await?;
    transaction.commit().await.map_err(trouble)
}

/// Puts our mark where another comment is: on roles that of earlier versions, on the database whatever its customer wrote.
pub(super) async fn renew_marks(connection: &mut PgConnection, names: &Names, found: &Found) -> Result<(), DriverError> {
    let former = |comment: &Option<String>| comment.as_deref() == Some(names.former_mark.as_str());
    let mark = text(&names.mark);
    if found.owner.as_ref().is_some_and(former) {
        run(connection, format!("COMMENT ON ROLE {} IS {mark}", name(&names.owner))).await?;
    }
    if found.login.as_ref().is_some_and(|login| former(&login.comment)) {
        run(connection, format!("COMMENT ON ROLE {} IS {mark}", name(&names.login))).await?;
    }
    if let Some(database) = found.own_database(names).filter(|database| database.comment.as_ref() != Some(&names.mark)) {
        run(connection, format!("COMMENT ON DATABASE {} IS {mark}", name(&database.name))).await?;
    }
    Ok(())
}

/// We must be a member of the owner to make, change and remove its database. From 16 on a maker is a member without
/// the rights of it until it grants them to itself.
async fn take_part(connection: &mut PgConnection, owner: &str) -> Result<(), DriverError> {
    let (superuser, version): (bool, i32) =
        sqlx::query_as("SELECT rolsuper, current_setting('server_version_num')::int FROM pg_roles WHERE rolname = current_user")
            .fetch_one(&mut *connection)
            .await
            .map_err(trouble)?;
    match (superuser, version >= 160_000) {
        (true, _) => Ok(()),
        (false, true) => run(connection, format!("GRANT {owner} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")).await,
        (false, false) => run(connection, format!("GRANT {owner} TO CURRENT_USER")).await,
    }
}

/// Makes the database closed to everyone, or takes an existing one back into its owner's hands and under its name. It
/// opens when it is closed to others.
pub(super) async fn ensure_database(connection: &mut PgConnection, names: &Names, found: &Found) -> Result<(), DriverError> {
    let (database, owner) = (name(&names.database), name(&names.owner));
    match &found.database {
        None => {
            let sql = format!("CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8' ALLOW_CONNECTIONS false");
            run(connection, sql).await?;
        }
        Some(existing) => {
            if existing.owner != names.owner {
                run(connection, format!("ALTER DATABASE {} OWNER TO {owner}", name(&existing.name))).await?;
            }
            if existing.name != names.database {
                // Nobody may be in it while it is renamed.
                end_sessions(connection, names, Whose::All).await?;
                run(connection, format!("ALTER DATABASE {} RENAME TO {database}", name(&existing.name))).await?;
            }
        }
    }
    run(connection, format!("COMMENT ON DATABASE {database} IS {}", text(&names.mark))).await
}

/// Extensions that a database owner may install: PostgreSQL's own, trusted by it.
const EXTENSIONS: [&str; 6] = ["pgcrypto", "pg_trgm", "citext", "hstore", "unaccent", "btree_gin"];

/// Those that the configuration names and we know.
pub(super) fn extensions(wanted: &Wanted) -> Vec<&'static str> {
    let asked = wanted.configuration.get("extensions").and_then(Value::as_array);
    let asked: Vec<&str> = asked.into_iter().flatten().filter_map(Value::as_str).collect();
    EXTENSIONS.into_iter().filter(|name| asked.contains(name)).collect()
}

/// Installs what is missing, on a connection to the customer's own database, with the owner's rights and no others.
/// Nothing is ever removed: that would take columns with it.
pub(super) async fn install(connection: &mut PgConnection, names: &Names, extensions: &[&str]) -> Result<(), DriverError> {
    // The database is the customer's: nothing in it may stand in for what we call.
    run(connection, "SET search_path = pg_catalog".to_owned()).await?;
    let there: Vec<String> = sqlx::query_scalar("SELECT extname::text FROM pg_catalog.pg_extension").fetch_all(&mut *connection).await.map_err(trouble)?;
    for extension in extensions.iter().filter(|extension| !there.iter().any(|name| name == *extension)) {
        let sql = format!("SET ROLE {}; CREATE EXTENSION IF NOT EXISTS {} SCHEMA public; RESET ROLE", name(&names.owner), name(extension));
        if let Err(refused) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await {
            return Err(DriverError::Permanent(Message::new("provisioning.error.extension").with("name", extension), refused.to_string()));
        }
    }
    Ok(())
}

/// Of customers only the owner, and with it the login role, may connect; then the doors open. Guests that were let in go.
pub(super) async fn close_to_others(connection: &mut PgConnection, names: &Names, database: &str, guests: &[String]) -> Result<(), DriverError> {
    let (database, login, owner) = (name(database), name(&names.login), name(&names.owner));
    run(connection, format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")).await?;
    for guest in guests.iter().map(|guest| name(guest)) {
        run(connection, format!("REVOKE ALL ON DATABASE {database} FROM {guest} CASCADE")).await?;
        run(connection, format!("REVOKE {login}, {owner} FROM {guest} CASCADE")).await?;
    }
    open_doors(connection, &database, &owner).await?;
    if !guests.is_empty() {
        end_sessions(connection, names, Whose::Guests).await?;
    }
    Ok(())
}

/// Undoes what an owner can do to its database so that nobody gets in any more, or it cannot be dropped.
async fn open_doors(connection: &mut PgConnection, database: &str, owner: &str) -> Result<(), DriverError> {
    run(connection, format!("GRANT ALL ON DATABASE {database} TO {owner}")).await?;
    run(connection, format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true CONNECTION LIMIT -1 IS_TEMPLATE false")).await
}

/// Login, connection limit, read-only and no rights on the server, as wanted.
pub(super) async fn set_access(connection: &mut PgConnection, names: &Names, wanted: &Wanted) -> Result<(), DriverError> {
    let login = name(&names.login);
    let may = if wanted.suspended { "NOLOGIN" } else { "LOGIN" };
    run(connection, format!("ALTER ROLE {login} {may} NOCREATEDB NOCREATEROLE CONNECTION LIMIT {}", connection_limit(wanted))).await?;
    let read_only = if wanted.read_only { "SET default_transaction_read_only = on" } else { "RESET default_transaction_read_only" };
    run(connection, format!("ALTER ROLE {login} {read_only}")).await
}

pub(super) async fn set_password(connection: &mut PgConnection, names: &Names, wanted: &Wanted) -> Result<(), DriverError> {
    let verifier = wanted
        .verifier
        .as_deref()
        .ok_or_else(|| DriverError::permanent("provisioning.error.no_credentials", "there is no verifier to set"))?;
    run(connection, format!("ALTER ROLE {} PASSWORD {}", name(&names.login), text(verifier))).await
}

pub(super) async fn forbid_login(connection: &mut PgConnection, names: &Names) -> Result<(), DriverError> {
    run(connection, format!("ALTER ROLE {} NOLOGIN CONNECTION LIMIT 0", name(&names.login))).await
}

/// Whose sessions are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The login role's, and those of other customers in the database.
    All,
    /// Those of other customers in the database.
    Guests,
}

/// Tells sessions to end; answers how many there were.
pub(super) async fn end_sessions(connection: &mut PgConnection, names: &Names, whose: Whose) -> Result<i64, DriverError> {
    sqlx::query_scalar(
        "SELECT count(pg_terminate_backend(a.pid))
           FROM pg_stat_activity a
          WHERE a.pid <> pg_backend_pid()
            AND CASE WHEN a.usename = $1 THEN $4
                     ELSE a.datid IN (SELECT oid FROM pg_database WHERE datname = $2 OR pg_get_userbyid(datdba) = $3)
                          AND starts_with(shobj_description(a.usesysid, 'pg_authid'), $5)
                END",
    )
    .bind(&names.login)
    .bind(&names.database)
    .bind(&names.owner)
    .bind(whose == Whose::All)
    .bind(Names::MARK)
    .fetch_one(connection)
    .await
    .map_err(trouble)
}

pub(super) async fn drop_database(connection: &mut PgConnection, names: &Names, found: &Found) -> Result<(), DriverError> {
    if found.owner.is_some() {
        take_part(connection, &name(&names.owner)).await?;
    }
    let Some(database) = &found.database else { return Ok(()) };
    let database = name(&database.name);
    // Its owner may have made it a template, which cannot be dropped.
    run(connection, format!("ALTER DATABASE {database} IS_TEMPLATE false")).await?;
    run(connection, format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await
}

/// Other databases in which the roles have something: rights that somebody gave them, or what they made there. Whoever owns
/// a database can give them some, and none of them can be dropped while it is so. We are let into each.
pub(super) async fn footholds(connection: &mut PgConnection, names: &Names) -> Result<Vec<String>, DriverError> {
    let databases: Vec<(String, String)> = sqlx::query_as(
        "SELECT d.datname::text,
                pg_get_userbyid(d.datdba)::text
           FROM pg_database d
          WHERE d.oid IN (SELECT CASE WHEN s.dbid <> 0 THEN s.dbid WHEN s.classid = 'pg_database'::regclass THEN s.objid END
                            FROM pg_shdepend s
                            JOIN pg_roles ours ON ours.oid = s.refobjid
                           WHERE s.refclassid = 'pg_authid'::regclass
                             AND ours.rolname IN ($1, $2))
          ORDER BY d.oid
          LIMIT 200",
    )
    .bind(&names.login)
    .bind(&names.owner)
    .fetch_all(&mut *connection)
    .await
    .map_err(trouble)?;
    for (database, owner) in &databases {
        let hosts: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT host.rolname::text
               FROM pg_shdepend s
               JOIN pg_roles host ON host.oid = s.refobjid
               JOIN pg_database d ON d.oid = s.dbid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid)
              WHERE s.refclassid = 'pg_authid'::regclass
                AND s.deptype = 'o'
                AND d.datname = $1
                AND starts_with(shobj_description(host.oid, 'pg_authid'), $2)
              LIMIT 200",
        )
        .bind(database)
        .bind(Names::MARK)
        .fetch_all(&mut *connection)
        .await
        .map_err(trouble)?;
        // What belongs to a customer's role is undone with its rights.
        for host in &hosts {
            take_part(connection, &name(host)).await?;
        }
        if hosts.contains(owner) {
            open_doors(connection, &name(database), &name(owner)).await?;
        }
    }
    Ok(databases.into_iter().map(|(database, _)| database).collect())
}

/// Takes the roles out of the database that is connected to: rights are taken back, what they made goes, unless something
/// of others needs it.
pub(super) async fn disown(connection: &mut PgConnection, names: &Names, found: &Found) -> Result<(), DriverError> {
    // The database is a customer's: nothing in it may stand in for what we call.
    run(connection, "SET search_path = pg_catalog".to_owned()).await?;
    for role in roles(names, found) {
        let role = name(role);
        take_part(connection, &role).await?;
        run(connection, format!("DROP OWNED BY {role}")).await?;
    }
    Ok(())
}

pub(super) async fn drop_roles(connection: &mut PgConnection, names: &Names, found: &Found) -> Result<(), DriverError> {
    for role in roles(names, found) {
        run(connection, format!("DROP ROLE IF EXISTS {}", name(role))).await?;
    }
    Ok(())
}

/// Those of the two roles that are there.
fn roles<'a>(names: &'a Names, found: &Found) -> impl Iterator<Item = &'a str> {
    let (login, owner) = (found.login.is_some(), found.owner.is_some());
    [(login, names.login.as_str()), (owner, names.owner.as_str())].into_iter().filter_map(|(there, role)| there.then_some(role))
}

/// `None` where there is no database to measure.
pub(super) async fn measure(connection: &mut PgConnection, names: &Names) -> Result<Option<Measured>, DriverError> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "SELECT pg_database_size(d.oid),
                (SELECT count(*) FROM pg_stat_activity a WHERE a.datname = d.datname AND a.backend_type = 'client backend')
           FROM pg_database d
          WHERE d.datname = $1",
    )
    .bind(&names.database)
    .fetch_optional(connection)
    .await
    .map_err(trouble)?;
    let (storage_bytes, connections) = row.ok_or_else(|| DriverError::transient("provisioning.error.missing", "there is no database to measure"))?;
    Ok(Some(Measured { storage_bytes, connections }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_taken_over() {
        for bad in ["", "1a", "a b", "a\"b", "A", "é", "a-b", &"a".repeat(32)] {
            assert!(!fits(bad), "{bad}");
        }
        assert!(fits("shop_2"));
    }

    #[test]
    fn quotes_cannot_be_left() {
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(text("a'b"), "'a''b'");
    }
}
