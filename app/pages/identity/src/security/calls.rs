//! What the security page asks of the server.

use identity::{Password, view::SessionView};
use kit::PageError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::answer::{go, renew, told};

#[server]
pub async fn my_sessions() -> Result<Vec<SessionView>, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::sessions(&cx).await.map_err(told)
}

#[server]
pub async fn end_session(session: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let session = session.parse().map_err(|_| PageError::NotFound)?;
    identity::server::end_session(&cx, session).await.map_err(told)?;
    go("/settings/security?done=session_ended");
    Ok(())
}

#[server]
pub async fn end_other_sessions() -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    identity::server::end_other_sessions(&cx).await.map_err(told)?;
    go("/settings/security?done=others_ended");
    Ok(())
}

#[server]
pub async fn change_password(current: Password, new: Password) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    renew(&cx, &identity::server::change_password(&cx, identity::ChangePassword { current, new }).await.map_err(told)?);
    go("/settings/security?done=password_changed");
    Ok(())
}
