//! Who belongs where. A tenant sees and changes its own; the door finds a person's and makes new ones.

use crate::view::{Contact, MemberView, MyOrganisation, StaffView};
use kernel::{PersonId, Role, TenantId};
use platform::{DoorTx, TenantTx};
use sqlx::PgConnection;

/// Members on one page; an organisation with more than this has its own directory.
const MEMBERS: i64 = 500;
/// Organisations of one person.
pub const ORGANISATIONS: i64 = 100;

/// A new membership, or one that had ended, begun anew. False where there is one; nothing is written then.
pub async fn begin(tx: &mut DoorTx, tenant: TenantId, person: PersonId, role: Role) -> sqlx::Result<bool> {
    let now = tx.now();
    let begun = sqlx::query(
        "INSERT INTO identity.memberships (tenant_id, person_id, role, since)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, person_id) DO UPDATE
            SET role = excluded.role,
                since = excluded.since,
                ended_at = NULL
          WHERE memberships.ended_at IS NOT NULL",
    )
    .bind(tenant)
    .bind(person)
    .bind(role)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// Whether somebody belonged to an organisation and does no more.
pub async fn left(tx: &mut DoorTx, tenant: TenantId, person: PersonId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM identity.memberships WHERE tenant_id = $1 AND person_id = $2 AND ended_at IS NOT NULL)")
        .bind(tenant)
        .bind(person)
        .fetch_one(&mut **tx)
        .await
}

/// Organisations that a person may act for, by name.
pub async fn of_person(tx: &mut DoorTx, person: PersonId) -> sqlx::Result<Vec<MyOrganisation>> {
    sqlx::query_as(
        "SELECT o.id,
                o.kind,
                o.slug,
                o.name,
                m.role,
                o.tier,
                o.currency,
                o.time_zone
           FROM identity.memberships m
           JOIN identity.organisations o ON o.id = m.tenant_id
          WHERE m.person_id = $1
            AND m.ended_at IS NULL
            AND o.state = 'active'
          ORDER BY lower(o.name), o.id
          LIMIT $2",
    )
    .bind(person)
    .bind(ORGANISATIONS)
    .fetch_all(&mut **tx)
    .await
}

pub async fn list(tx: &mut TenantTx) -> sqlx::Result<Vec<MemberView>> {
    sqlx::query_as(
        "SELECT p.id AS person,
                p.name,
                p.email,
                p.email_verified_at,
                m.role,
                m.since
           FROM identity.memberships m
           JOIN identity.people p ON p.id = m.person_id
          WHERE m.ended_at IS NULL
          ORDER BY m.since, p.id
          LIMIT $1",
    )
    .bind(MEMBERS)
    .fetch_all(&mut **tx)
    .await
}

/// The provider's, with when each last came in by the staff's door, as far as sessions are kept.
pub async fn staff(tx: &mut DoorTx) -> sqlx::Result<Vec<StaffView>> {
    sqlx::query_as(
        "SELECT p.id AS person,
                p.name,
                p.email,
                m.role,
                m.since,
                s.at AS signed_in_at
           FROM identity.organisations o
           JOIN identity.memberships m ON m.tenant_id = o.id
           JOIN identity.people p ON p.id = m.person_id
      LEFT JOIN (SELECT person_id, max(created_at) AS at
                   FROM identity.sessions
                  WHERE realm = 'staff'
                  GROUP BY person_id) s
             ON s.person_id = p.id
          WHERE o.kind = 'provider'
            AND m.ended_at IS NULL
          ORDER BY m.since, p.id
          LIMIT $1",
    )
    .bind(MEMBERS)
    .fetch_all(&mut **tx)
    .await
}

/// Seats that are taken, by members and open invitations; one for `email` is not counted, since a new one replaces it.
pub async fn seats_taken(tx: &mut TenantTx, email: &str) -> sqlx::Result<i64> {
    let now = tx.now();
    sqlx::query_scalar(
        "SELECT (SELECT count(*)
                   FROM identity.memberships
                  WHERE ended_at IS NULL)
              + (SELECT count(*)
                   FROM identity.invitations
                  WHERE accepted_at IS NULL
                    AND revoked_at IS NULL
                    AND expires_at > $1
                    AND email <> $2)",
    )
    .bind(now)
    .bind(email)
    .fetch_one(&mut **tx)
    .await
}

/// People who belong to an organisation now.
pub async fn count(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM identity.memberships WHERE tenant_id = $1 AND ended_at IS NULL").bind(tenant).fetch_one(connection).await
}

/// Every current membership, locked: two owners who leave at once are looked at one after the other.
pub async fn lock_all(tx: &mut TenantTx) -> sqlx::Result<Vec<(PersonId, Role)>> {
    sqlx::query_as(
        "SELECT person_id,
                role
           FROM identity.memberships
          WHERE ended_at IS NULL
          ORDER BY person_id
          LIMIT 5000
            FOR UPDATE",
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn save_role(tx: &mut TenantTx, person: PersonId, role: Role) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    sqlx::query("UPDATE identity.memberships SET role = $3 WHERE tenant_id = $1 AND person_id = $2")
        .bind(tenant)
        .bind(person)
        .bind(role)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn end(tx: &mut TenantTx, person: PersonId) -> sqlx::Result<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query("UPDATE identity.memberships SET ended_at = $3 WHERE tenant_id = $1 AND person_id = $2")
        .bind(tenant)
        .bind(person)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Those with one of the roles, longest there first.
pub async fn contacts(tx: &mut TenantTx, roles: &[Role]) -> sqlx::Result<Vec<Contact>> {
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    sqlx::query_as(
        "SELECT p.id AS person,
                p.name,
                p.email,
                p.email_verified_at IS NOT NULL AS confirmed,
                p.language
           FROM identity.memberships m
           JOIN identity.people p ON p.id = m.person_id
          WHERE m.ended_at IS NULL
            AND m.role = ANY($1)
          ORDER BY m.since, p.id
          LIMIT 20",
    )
    .bind(&codes)
    .fetch_all(&mut **tx)
    .await
}

pub async fn names(tx: &mut TenantTx, people: &[PersonId]) -> sqlx::Result<Vec<(PersonId, String)>> {
    sqlx::query_as("SELECT id, name FROM identity.people WHERE id = ANY($1) LIMIT 500").bind(people).fetch_all(&mut **tx).await
}

/// Ends the person's sessions that stand in the transaction's organisation; answers which.
pub async fn end_sessions(tx: &mut TenantTx, person: PersonId) -> sqlx::Result<Vec<uuid::Uuid>> {
    let now = tx.now();
    sqlx::query_scalar("SELECT identity.end_sessions_of($1, $2)").bind(person).bind(now).fetch_all(&mut **tx).await
}
