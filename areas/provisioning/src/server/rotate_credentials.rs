//! New credentials; the old ones are refused as soon as the backend has the new.

use super::{
    change::{self, Change},
    errors::ChangeError,
    instances::view_of,
    store::credentials,
};
use crate::{instance::Verb, operation::OperationKind, view::Accepted};
use kernel::{InstanceId, Need};
use platform::Cx;
use serde_json::json;

/// The worker makes them; they can be revealed once when the operation has succeeded.
pub async fn rotate_credentials(cx: &Cx, id: InstanceId) -> Result<Accepted, ChangeError> {
    let mut tx = cx.tenant_tx(Need::CREDENTIALS).await?;
    let mut instance = change::locked(&mut tx, id).await?;
    if instance.ready_at.is_some() && credentials::find(&mut tx, id).await?.is_none() {
        return Err(ChangeError::NoCredentials);
    }
    let operation = change::begin(cx, &mut tx, &mut instance, Change::new(Verb::Rotate, OperationKind::Rotate)).await?;
    tx.audit("provisioning.credentials.rotated", id, json!({}));
    let instance = view_of(&mut tx, instance).await?;
    tx.commit().await?;
    Ok(Accepted { instance, operation, repeated: false })
}
