//! Rows of `provisioning.credentials`.

use kernel::{InstanceId, OperationId, Timestamp};
use platform::TenantTx;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct CredentialsRecord {
    pub verifier: String,
    pub sealed: Option<Vec<u8>>,
    pub next_verifier: Option<String>,
    pub next_for: Option<OperationId>,
}

pub(crate) async fn find(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<CredentialsRecord>, sqlx::Error> {
    sqlx::query_as(
        "SELECT verifier,
                sealed,
                next_verifier,
                next_for
           FROM provisioning.credentials
          WHERE instance_id = $1
            FOR UPDATE",
    )
    .bind(instance)
    .fetch_optional(&mut **tx)
    .await
}

/// The first credentials, unless there are some.
pub(crate) async fn insert(tx: &mut TenantTx, instance: InstanceId, verifier: &str, sealed: &[u8]) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO provisioning.credentials (tenant_id, instance_id, verifier, sealed)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, instance_id) DO NOTHING",
    )
    .bind(tenant)
    .bind(instance)
    .bind(verifier)
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the rotation `operation` will put in force.
pub(crate) async fn prepare_next(
    tx: &mut TenantTx,
    instance: InstanceId,
    operation: OperationId,
    verifier: &str,
    sealed: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE provisioning.credentials
            SET next_for = $2,
                next_verifier = $3,
                next_sealed = $4
          WHERE instance_id = $1",
    )
    .bind(instance)
    .bind(operation)
    .bind(verifier)
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The rotation is in force: what it prepared can be shown once.
pub(crate) async fn promote_next(tx: &mut TenantTx, instance: InstanceId, operation: OperationId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE provisioning.credentials
            SET verifier = next_verifier,
                sealed = next_sealed,
                revealed_at = NULL,
                next_verifier = NULL,
                next_sealed = NULL,
                next_for = NULL
          WHERE instance_id = $1
            AND next_for = $2",
    )
    .bind(instance)
    .bind(operation)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets the password, which was shown.
pub(crate) async fn forget_password(tx: &mut TenantTx, instance: InstanceId) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query(
        "UPDATE provisioning.credentials
            SET sealed = NULL,
                revealed_at = $2
          WHERE instance_id = $1",
    )
    .bind(instance)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut TenantTx, instance: InstanceId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM provisioning.credentials WHERE instance_id = $1").bind(instance).execute(&mut **tx).await?;
    Ok(())
}

/// When the password was shown, if it was; `None` without credentials. Locks nothing.
pub(crate) async fn state(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<Option<Timestamp>>, sqlx::Error> {
    sqlx::query_scalar("SELECT revealed_at FROM provisioning.credentials WHERE instance_id = $1").bind(instance).fetch_optional(&mut **tx).await
}
