//! Invitations of one organisation.

use crate::{EmailAddress, view::InvitationView};
use kernel::{InvitationId, Role, TenantId, Timestamp};
use platform::{DoorTx, TenantTx};

/// Open invitations of one organisation at a time.
pub const MOST: i64 = 200;

pub struct Invitation {
    pub id: InvitationId,
    pub email: EmailAddress,
    pub role: Role,
    pub invited_by: String,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut TenantTx, invitation: &Invitation) -> sqlx::Result<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO identity.invitations (tenant_id, id, email, role, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant)
    .bind(invitation.id)
    .bind(invitation.email.as_str())
    .bind(invitation.role)
    .bind(&invitation.invited_by)
    .bind(now)
    .bind(invitation.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Those that still stand.
pub async fn list(tx: &mut TenantTx) -> sqlx::Result<Vec<InvitationView>> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT id,
                email,
                role,
                created_at,
                expires_at
           FROM identity.invitations
          WHERE accepted_at IS NULL
            AND revoked_at IS NULL
            AND expires_at > $1
          ORDER BY created_at, id
          LIMIT $2",
    )
    .bind(now)
    .bind(MOST)
    .fetch_all(&mut **tx)
    .await
}

/// Takes back whatever was open for an address.
pub async fn revoke_for(tx: &mut TenantTx, email: &EmailAddress) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query("UPDATE identity.invitations SET revoked_at = $2 WHERE email = $1 AND accepted_at IS NULL AND revoked_at IS NULL")
        .bind(email.as_str())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes one back; answers for whom it was.
pub async fn revoke(tx: &mut TenantTx, id: InvitationId) -> sqlx::Result<Option<String>> {
    let now = tx.now();
    sqlx::query_scalar(
        "UPDATE identity.invitations
            SET revoked_at = $2
          WHERE id = $1
            AND accepted_at IS NULL
            AND revoked_at IS NULL
      RETURNING email",
    )
    .bind(id)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

/// An open invitation with its organisation's name, locked for acceptance.
pub async fn find_open(tx: &mut DoorTx, tenant: TenantId, id: InvitationId) -> sqlx::Result<Option<(String, Role, String)>> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT i.email,
                i.role,
                o.name
           FROM identity.invitations i
           JOIN identity.organisations o ON o.id = i.tenant_id AND o.state = 'active'
          WHERE i.tenant_id = $1
            AND i.id = $2
            AND i.accepted_at IS NULL
            AND i.revoked_at IS NULL
            AND i.expires_at > $3
            FOR UPDATE OF i",
    )
    .bind(tenant)
    .bind(id)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn save_accepted(tx: &mut DoorTx, tenant: TenantId, id: InvitationId) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query("UPDATE identity.invitations SET accepted_at = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
