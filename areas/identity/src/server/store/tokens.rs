//! Links of mails, by the hash of what they carry.

use kernel::{InvitationId, PersonId, TenantId, Timestamp};
use platform::DoorTx;
use sqlx::PgConnection;

pub struct Token {
    pub purpose: &'static str,
    pub person: Option<PersonId>,
    pub organisation: Option<TenantId>,
    pub invitation: Option<InvitationId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// On a door's transaction, or on a tenant's for its own invitations.
pub async fn insert(connection: &mut PgConnection, hash: &[u8], token: &Token) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO identity.tokens
                (token_hash, purpose, person_id, organisation, invitation_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(hash)
    .bind(token.purpose)
    .bind(token.person)
    .bind(token.organisation)
    .bind(token.invitation)
    .bind(token.created_at)
    .bind(token.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom an unused and unexpired link is for.
pub async fn find_person(tx: &mut DoorTx, hash: &[u8], purpose: &str) -> sqlx::Result<Option<PersonId>> {
    let now = tx.now();
    sqlx::query_scalar(
        "SELECT person_id
           FROM identity.tokens
          WHERE token_hash = $1
            AND purpose = $2
            AND used_at IS NULL
            AND expires_at > $3
            AND person_id IS NOT NULL",
    )
    .bind(hash)
    .bind(purpose)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

/// Which invitation an unused and unexpired link is for.
pub async fn find_invitation(tx: &mut DoorTx, hash: &[u8]) -> sqlx::Result<Option<(TenantId, InvitationId)>> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT organisation,
                invitation_id
           FROM identity.tokens
          WHERE token_hash = $1
            AND purpose = 'invitation'
            AND used_at IS NULL
            AND expires_at > $2",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

/// Uses a link up; of several at once one succeeds.
pub async fn use_up(tx: &mut DoorTx, hash: &[u8]) -> sqlx::Result<bool> {
    let now = tx.now();
    let used = sqlx::query(
        "UPDATE identity.tokens
            SET used_at = $2
          WHERE token_hash = $1
            AND used_at IS NULL
            AND expires_at > $2",
    )
    .bind(hash)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// A person's earlier links for a purpose stop working.
pub async fn forget(tx: &mut DoorTx, person: PersonId, purpose: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM identity.tokens WHERE person_id = $1 AND purpose = $2 AND used_at IS NULL")
        .bind(person)
        .bind(purpose)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete_before(tx: &mut DoorTx, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM identity.tokens WHERE expires_at < $1").bind(before).execute(&mut **tx).await?.rows_affected())
}
