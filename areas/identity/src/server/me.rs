//! Who one is, and changing what is one's own.

use crate::{
    ChangePassword, UpdateMe,
    attempts::SIGN_IN_ACCOUNT,
    organisation::MAX_LINE,
    saved_views::{self, SavedView},
    server::{caller, hashing, mails, open_session, sessions, store, throttle},
    text,
    view::{Me, Renewed},
};
use kernel::{Denied, Fault, FieldError, MailId};
use platform::Cx;
use serde_json::{Value, json};

#[derive(Debug, thiserror::Error)]
pub enum MeError {
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    #[error("too many attempts: try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(MeError);

impl MeError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "identity.invalid",
            Self::TooMany { .. } => "identity.too_many_attempts",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::TooMany { .. } | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

/// As the request's session stands now, which the request itself may have changed.
pub async fn me(cx: &Cx) -> Result<Me, MeError> {
    let session = cx.actor().session().ok_or(Denied::SignedOut)?;
    let mut tx = cx.door_tx().await?;
    let caller = store::sessions::find_caller_of(&mut tx, session).await?.ok_or(Denied::SignedOut)?;
    Ok(caller::me_of(caller))
}

pub async fn update_me(cx: &Cx, cmd: UpdateMe) -> Result<(), MeError> {
    let id = cx.person()?;
    let name = text::line(&cmd.name, "name", 1, MAX_LINE).map_err(|error| MeError::Invalid(vec![error]))?;
    let mut tx = cx.door_tx().await?;
    store::people::save_profile(&mut tx, id, &name, cmd.language, cmd.theme).await?;
    if let Ok(tenant) = cx.tenant() {
        tx.audit(tenant, "identity.person.updated", id, json!({ "language": cmd.language, "theme": cmd.theme })).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Keeps a list as one likes to see it, under a name.
pub async fn save_view(cx: &Cx, path: &str, name: &str, query: &str) -> Result<(), MeError> {
    let view = SavedView::check(path, name, query).map_err(|error| MeError::Invalid(vec![error]))?;
    let details = json!({ "view": view.name, "list": view.path });
    change_views(cx, details, |views| saved_views::keep(views, view)).await
}

/// One that is not there is forgotten already.
pub async fn forget_view(cx: &Cx, path: &str, name: &str) -> Result<(), MeError> {
    change_views(cx, json!({ "forgotten_view": name, "list": path }), |views| {
        saved_views::forget(views, path, name);
        Ok(())
    })
    .await
}

async fn change_views(cx: &Cx, details: Value, change: impl FnOnce(&mut Vec<SavedView>) -> Result<(), FieldError>) -> Result<(), MeError> {
    let id = cx.person()?;
    let mut tx = cx.door_tx().await?;
    let mut views = store::people::lock_views(&mut tx, id).await?;
    change(&mut views).map_err(|error| MeError::Invalid(vec![error]))?;
    store::people::save_views(&mut tx, id, &views).await?;
    if let Ok(tenant) = cx.tenant() {
        tx.audit(tenant, "identity.person.updated", id, details).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Asks for the present password, since an open page may be somebody else's; ends the other sessions and gives this one
/// another token.
pub async fn change_password(cx: &Cx, cmd: ChangePassword) -> Result<Renewed, MeError> {
    let id = cx.person()?;
    let mut tx = cx.door_tx().await?;
    let person = store::people::find(&mut tx, id).await?.ok_or(Denied::SignedOut)?;
    tx.commit().await?;
    if let Err(wait) = throttle::count(cx, &[(SIGN_IN_ACCOUNT, person.email.as_str())]).await? {
        return Err(MeError::TooMany { seconds: throttle::seconds(wait) });
    }
    if !hashing::verify(&cmd.current, person.password_hash.clone()).await? {
        return Err(MeError::Invalid(vec![FieldError::new("current", "wrong", "This is not your present password.")]));
    }
    let checked = hashing::check_new(&cmd.new, "new", &[&person.name, &person.email]).await?;
    checked.map_err(|error| MeError::Invalid(vec![error]))?;
    let password = hashing::hash(&cmd.new).await?;

    let mut tx = cx.door_tx().await?;
    store::people::save_password(&mut tx, id, Some(&password)).await?;
    store::attempts::reset(&mut tx, SIGN_IN_ACCOUNT.what, &person.email).await?;
    sessions::end_all(&mut tx, id, cx.actor().session()).await?;
    let renewed = open_session::renew(cx, &mut tx).await?;
    let mail = mails::write(mails::Kind::PasswordChanged { name: &person.name }, person.language, &person.email, &cx.config().public_url);
    tx.send_mail(MailId::from_uuid(cx.new_uuid()), None, &mail).await?;
    if let Ok(tenant) = cx.tenant() {
        tx.audit(tenant, "identity.password.changed", id, json!({})).await?;
    }
    tx.commit().await?;
    Ok(renewed)
}
