//! Shows credentials once, then forgets the password.

use super::{
    errors::RevealError,
    store::{credentials, instances},
};
use crate::view::Credentials;
use kernel::{Fault, InstanceId, Need, live::Live};
use platform::Cx;
use serde_json::json;

/// What a sealed password belongs to, so that one instance's seal does not open as another's.
pub(super) fn seal_context(instance: InstanceId) -> String {
    format!("provisioning/credentials/{instance}")
}

/// The audit trail keeps who saw them. Two callers at once: one sees them, the other learns that they were shown.
pub async fn reveal_credentials(cx: &Cx, id: InstanceId) -> Result<Credentials, RevealError> {
    let mut tx = cx.tenant_tx(Need::CREDENTIALS).await?;
    let instance = instances::find(&mut tx, id).await?.ok_or(RevealError::NotFound)?;
    let kept = credentials::find(&mut tx, id).await?.ok_or(RevealError::None)?;
    if instance.ready_at.is_none() {
        return Err(RevealError::None);
    }
    let sealed = kept.sealed.ok_or(RevealError::AlreadyShown)?;
    let opened = cx.platform().secrets.open(&sealed, &seal_context(id));
    let password = opened
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Fault::new("the sealed password cannot be opened with this installation's key"))?;
    credentials::forget_password(&mut tx, id).await?;
    tx.audit("provisioning.credentials.revealed", id, json!({}));
    // Other pages of it offer them no more.
    tx.show(Live::Instance { id, state: instance.detail.code().to_owned() });
    tx.commit().await?;
    let part = |name: &str| instance.endpoint.get(name).cloned().unwrap_or_default();
    let (host, port, database, user) = (part("host"), part("port"), part("database"), part("user"));
    // The password has letters and digits only, the names letters, digits and underscores: nothing to escape.
    let uri = format!("postgresql://{user}:{password}@{host}:{port}/{database}");
    Ok(Credentials { host, port, database, user, password, uri })
}
