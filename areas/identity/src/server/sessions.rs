//! One's own signed-in browsers: seen, and ended one by one or all but this.

use crate::{
    device::{Device, Place},
    server::store,
    session::Realm,
    view::SessionView,
};
use kernel::{Denied, Fault, SessionId};
use platform::{Actor, Cx, DoorTx, live::notify_session_ended};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Unknown, ended already, or somebody else's.
    #[error("there is no such session")]
    NotFound,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(SessionError);

impl SessionError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "identity.session_not_found",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }
}

pub(crate) fn realm(cx: &Cx) -> Realm {
    match cx.actor() {
        Actor::Staff { .. } => Realm::Staff,
        Actor::Nobody | Actor::Person { .. } | Actor::Key { .. } | Actor::System { .. } => Realm::Tenant,
    }
}

/// Open sessions of the person who asks, last used first.
pub async fn sessions(cx: &Cx) -> Result<Vec<SessionView>, SessionError> {
    let person = cx.person()?;
    let mut tx = cx.door_tx().await?;
    let rows = store::sessions::list(&mut tx, person, realm(cx)).await?;
    tx.commit().await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let device = Device::from_user_agent(&row.user_agent);
            SessionView {
                id: row.id,
                browser: device.browser.map(str::to_owned),
                system: device.system.map(str::to_owned),
                place: Place::of(&row.address),
                address: row.address,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
                expires_at: row.expires_at,
                is_this_one: cx.actor().session() == Some(row.id),
            }
        })
        .collect())
}

/// Ends the session of this request. Already ended is fine.
pub async fn sign_out(cx: &Cx) -> Result<(), SessionError> {
    match (cx.person(), cx.actor().session()) {
        (Ok(_), Some(session)) => match end_session(cx, session).await {
            Ok(()) | Err(SessionError::NotFound) => Ok(()),
            Err(error) => Err(error),
        },
        _ => Ok(()),
    }
}

/// Ends one of one's own; its open pages hear of it within seconds.
pub async fn end_session(cx: &Cx, session: SessionId) -> Result<(), SessionError> {
    let person = cx.person()?;
    let mut tx = cx.door_tx().await?;
    if !store::sessions::end(&mut tx, person, session).await? {
        return Err(SessionError::NotFound);
    }
    notify_session_ended(&mut tx, session).await?;
    note(cx, &mut tx, "identity.session.ended", &[session]).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all of one's own but this one; answers how many.
pub async fn end_other_sessions(cx: &Cx) -> Result<usize, SessionError> {
    let person = cx.person()?;
    let mut tx = cx.door_tx().await?;
    let ended = end_all(&mut tx, person, cx.actor().session()).await?;
    if !ended.is_empty() {
        note(cx, &mut tx, "identity.session.others_ended", &ended).await?;
    }
    tx.commit().await?;
    Ok(ended.len())
}

/// Ends a person's sessions but one, in every process.
pub(crate) async fn end_all(tx: &mut DoorTx, person: kernel::PersonId, except: Option<SessionId>) -> Result<Vec<SessionId>, Fault> {
    let ended = store::sessions::end_all(tx, person, except).await.map_err(platform::fault)?;
    for session in &ended {
        notify_session_ended(tx, *session).await?;
    }
    Ok(ended)
}

/// In the chain of the organisation where the person stands; somebody who left the last one has none.
async fn note(cx: &Cx, tx: &mut DoorTx, action: &'static str, sessions: &[SessionId]) -> Result<(), Fault> {
    let Ok(tenant) = cx.tenant() else { return Ok(()) };
    let subject = cx.actor().id();
    tx.audit(tenant, action, subject, json!({ "sessions": sessions })).await
}
