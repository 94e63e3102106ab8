//! Working in another of one's organisations, in the same session.

use crate::{organisation::Kind, server::{open_session, sessions::realm, store}, session::Realm, view::Renewed};
use kernel::{Denied, Fault, TenantId};
use platform::Cx;
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// Unknown, closed, or not one's own.
    #[error("there is no such organisation")]
    NotFound,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(SwitchError);

impl SwitchError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "identity.organisation_not_found",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }
}

/// Rights are others there, so the session gets another token.
pub async fn switch_organisation(cx: &Cx, to: TenantId) -> Result<Renewed, SwitchError> {
    let person = cx.person()?;
    let session = cx.actor().session().ok_or(Denied::SignedOut)?;
    let mut tx = cx.door_tx().await?;
    let organisations = store::memberships::of_person(&mut tx, person).await?;
    let staff = realm(cx) == Realm::Staff;
    if !organisations.iter().any(|one| one.id == to && (one.kind == Kind::Provider) == staff) {
        return Err(SwitchError::NotFound);
    }
    store::sessions::save_tenant(&mut tx, session, to).await?;
    let renewed = open_session::renew(cx, &mut tx).await?;
    tx.audit(to, "identity.session.entered", session, json!({})).await?;
    tx.commit().await?;
    Ok(renewed)
}
