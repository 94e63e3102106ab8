//! Signed-in browsers, at the door.

use crate::{organisation::Theme, saved_views::SavedView, server::store::memberships, session::Realm, view::MyOrganisation};
use kernel::{Language, PersonId, Role, SessionId, TenantId, Timestamp};
use platform::DoorTx;
use sqlx::{AssertSqlSafe, FromRow, Row, postgres::PgRow, types::Json};

/// Sessions that a person's page lists, and that are ended at once.
const MOST: i64 = 100;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    pub id: SessionId,
    pub realm: Realm,
    pub person_id: PersonId,
    pub current_tenant: Option<TenantId>,
    pub user_agent: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What every request asks: whose session it is, where it stands, and where else they may act.
#[derive(Debug, sqlx::FromRow)]
pub struct Caller {
    pub session: SessionId,
    pub realm: Realm,
    pub current_tenant: Option<TenantId>,
    pub last_seen_at: Timestamp,
    pub person: PersonId,
    pub person_name: String,
    pub email: String,
    pub email_verified_at: Option<Timestamp>,
    pub language: Language,
    pub theme: Theme,
    pub saved_views: Json<Vec<SavedView>>,
    /// By name.
    #[sqlx(skip)]
    pub organisations: Vec<MyOrganisation>,
}

/// A row for each organisation, the one where the session stands first, or one row without.
const CALLER: &str = "
    SELECT s.id AS session,
           s.realm,
           s.current_tenant,
           s.last_seen_at,
           p.id AS person,
           p.name AS person_name,
           p.email,
           p.email_verified_at,
           p.language,
           p.theme,
           p.saved_views,
           o.id,
           o.kind,
           o.slug,
           o.name,
           m.role,
           o.tier,
           o.currency,
           o.time_zone
      FROM identity.sessions s
      JOIN identity.people p ON p.id = s.person_id
 LEFT JOIN (identity.memberships m JOIN identity.organisations o ON o.id = m.tenant_id AND o.state = 'active')
        ON m.person_id = s.person_id AND m.ended_at IS NULL
     WHERE s.ended_at IS NULL
       AND s.expires_at > $1";

const CALLERS_ORGANISATIONS: &str = "ORDER BY o.id IS DISTINCT FROM s.current_tenant, lower(o.name), o.id LIMIT $2";

pub async fn find_caller(tx: &mut DoorTx, token_hash: &[u8]) -> sqlx::Result<Option<Caller>> {
    let sql = AssertSqlSafe(format!("{CALLER} AND s.token_hash = $3 {CALLERS_ORGANISATIONS}"));
    let rows = sqlx::query(sql).bind(tx.now()).bind(memberships::ORGANISATIONS).bind(token_hash).fetch_all(&mut **tx).await?;
    caller_of(&rows)
}

/// The same by the session itself.
pub async fn find_caller_of(tx: &mut DoorTx, session: SessionId) -> sqlx::Result<Option<Caller>> {
    let sql = AssertSqlSafe(format!("{CALLER} AND s.id = $3 {CALLERS_ORGANISATIONS}"));
    let rows = sqlx::query(sql).bind(tx.now()).bind(memberships::ORGANISATIONS).bind(session).fetch_all(&mut **tx).await?;
    caller_of(&rows)
}

fn caller_of(rows: &[PgRow]) -> sqlx::Result<Option<Caller>> {
    let Some(first) = rows.first() else { return Ok(None) };
    let mut caller = Caller::from_row(first)?;
    for row in rows {
        if row.try_get::<Option<TenantId>, _>("id")?.is_some() {
            caller.organisations.push(MyOrganisation::from_row(row)?);
        }
    }
    caller.organisations.sort_by_cached_key(|one| (one.name.to_lowercase(), one.id));
    Ok(Some(caller))
}

/// The organisation where a person's open session stands, as a member, and their role there; none when the session is
/// over.
pub async fn find_place(tx: &mut DoorTx, person: PersonId, id: SessionId) -> sqlx::Result<Option<(Option<TenantId>, Option<Role>)>> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT o.id,
                CASE WHEN o.id IS NOT NULL THEN m.role END
           FROM identity.sessions s
      LEFT JOIN (identity.memberships m JOIN identity.organisations o ON o.id = m.tenant_id AND o.state = 'active')
             ON m.tenant_id = s.current_tenant AND m.person_id = s.person_id AND m.ended_at IS NULL
          WHERE s.id = $1
            AND s.person_id = $2
            AND s.ended_at IS NULL
            AND s.expires_at > $3",
    )
    .bind(id)
    .bind(person)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn save_seen(tx: &mut DoorTx, id: SessionId, address: &str) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query("UPDATE identity.sessions SET last_seen_at = $2, address = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(address)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn insert(tx: &mut DoorTx, session: &Session, token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO identity.sessions
                (id, token_hash, realm, person_id, current_tenant, user_agent, address, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(session.id)
    .bind(token_hash)
    .bind(session.realm)
    .bind(session.person_id)
    .bind(session.current_tenant)
    .bind(&session.user_agent)
    .bind(&session.address)
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Where the person worked last, through this door.
pub async fn last_tenant(tx: &mut DoorTx, person: PersonId, realm: Realm) -> sqlx::Result<Option<TenantId>> {
    sqlx::query_scalar(
        "SELECT current_tenant
           FROM identity.sessions
          WHERE person_id = $1
            AND realm = $2
            AND current_tenant IS NOT NULL
          ORDER BY last_seen_at DESC
          LIMIT 1",
    )
    .bind(person)
    .bind(realm)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn list(tx: &mut DoorTx, person: PersonId, realm: Realm) -> sqlx::Result<Vec<Session>> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT id,
                realm,
                person_id,
                current_tenant,
                user_agent,
                address,
                created_at,
                last_seen_at,
                expires_at
           FROM identity.sessions
          WHERE person_id = $1
            AND realm = $2
            AND ended_at IS NULL
            AND expires_at > $3
          ORDER BY last_seen_at DESC, id
          LIMIT $4",
    )
    .bind(person)
    .bind(realm)
    .bind(now)
    .bind(MOST)
    .fetch_all(&mut **tx)
    .await
}

/// Another token for the same session; answers by which door it came and until when it stands.
pub async fn renew(tx: &mut DoorTx, id: SessionId, token_hash: &[u8]) -> sqlx::Result<Option<(Realm, Timestamp)>> {
    sqlx::query_as("UPDATE identity.sessions SET token_hash = $2 WHERE id = $1 AND ended_at IS NULL RETURNING realm, expires_at")
        .bind(id)
        .bind(token_hash)
        .fetch_optional(&mut **tx)
        .await
}

/// Ends one of a person's own; answers whether it was there and open.
pub async fn end(tx: &mut DoorTx, person: PersonId, id: SessionId) -> sqlx::Result<bool> {
    let now = tx.now();
    let ended = sqlx::query("UPDATE identity.sessions SET ended_at = $3 WHERE id = $1 AND person_id = $2 AND ended_at IS NULL")
        .bind(id)
        .bind(person)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends all of a person's but one; answers which.
pub async fn end_all(tx: &mut DoorTx, person: PersonId, except: Option<SessionId>) -> sqlx::Result<Vec<SessionId>> {
    let now = tx.now();
    sqlx::query_scalar(
        "UPDATE identity.sessions
            SET ended_at = $3
          WHERE person_id = $1
            AND ($2::uuid IS NULL OR id <> $2)
            AND ended_at IS NULL
      RETURNING id",
    )
    .bind(person)
    .bind(except)
    .bind(now)
    .fetch_all(&mut **tx)
    .await
}

pub async fn save_tenant(tx: &mut DoorTx, id: SessionId, tenant: TenantId) -> sqlx::Result<()> {
    sqlx::query("UPDATE identity.sessions SET current_tenant = $2 WHERE id = $1").bind(id).bind(tenant).execute(&mut **tx).await?;
    Ok(())
}

pub async fn delete_before(tx: &mut DoorTx, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM identity.sessions WHERE least(expires_at, ended_at) < $1").bind(before).execute(&mut **tx).await?.rows_affected())
}
