//! A new password for somebody who reads the account's mail.

use crate::{
    EmailAddress, ResetPassword,
    attempts::{LINK_ADDRESS, MAIL_ACCOUNT, MAIL_ADDRESS, SIGN_IN_ACCOUNT},
    server::{
        hashing,
        jobs::MailResetLink,
        links::{self, Purpose},
        mails, sessions,
        sign_in::is_staff,
        store, throttle, trail,
    },
};
use kernel::{Denied, Fault, FieldError, MailId};
use platform::Cx;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    /// Unknown, used, too old, or replaced by a newer one.
    #[error("this link does not work any more")]
    BadLink,
    #[error("too many attempts: try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(ResetError);

impl ResetError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "identity.invalid",
            Self::BadLink => "identity.bad_link",
            Self::TooMany { .. } => "identity.too_many_attempts",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::BadLink | Self::TooMany { .. } | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

/// Has a link sent to the account's address. Does and answers the same whether there is such an account or not, also
/// when the account was sent enough of them lately.
pub async fn request_password_reset(cx: &Cx, email: &str) -> Result<(), ResetError> {
    let email = EmailAddress::parse(email).map_err(|wrong| ResetError::Invalid(vec![wrong.on("email")]))?;
    let address = throttle::address(cx);
    if let Err(wait) = throttle::count(cx, &[(MAIL_ADDRESS, address.as_str())]).await? {
        return Err(ResetError::TooMany { seconds: throttle::seconds(wait) });
    }
    if throttle::count(cx, &[(MAIL_ACCOUNT, email.as_str())]).await?.is_err() {
        return Ok(());
    }
    let mut tx = cx.door_tx().await?;
    tx.enqueue(&MailResetLink { email }, None, Duration::ZERO).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the password, ends every session, and counts the address as proven: the link came there.
pub async fn reset_password(cx: &Cx, cmd: ResetPassword) -> Result<(), ResetError> {
    let address = throttle::address(cx);
    if let Err(wait) = throttle::count(cx, &[(LINK_ADDRESS, address.as_str())]).await? {
        return Err(ResetError::TooMany { seconds: throttle::seconds(wait) });
    }
    let hash = links::hash(&cmd.token);
    let mut tx = cx.door_tx().await?;
    let id = store::tokens::find_person(&mut tx, &hash, Purpose::ResetPassword.code()).await?.ok_or(ResetError::BadLink)?;
    let person = store::people::find(&mut tx, id).await?.ok_or(ResetError::BadLink)?;
    tx.commit().await?;
    let checked = hashing::check_new(&cmd.password, "password", &[&person.name, &person.email]).await?;
    checked.map_err(|error| ResetError::Invalid(vec![error]))?;
    let password = hashing::hash(&cmd.password).await?;

    let mut tx = cx.door_tx().await?;
    // Of two who come with the same link one gets through.
    if !store::tokens::use_up(&mut tx, &hash).await? {
        return Err(ResetError::BadLink);
    }
    store::people::save_password(&mut tx, id, Some(&password)).await?;
    store::people::save_verified(&mut tx, id).await?;
    store::attempts::reset(&mut tx, SIGN_IN_ACCOUNT.what, &person.email).await?;
    sessions::end_all(&mut tx, id, None).await?;
    let staff = is_staff(&store::memberships::of_person(&mut tx, id).await?);
    let sign_in = format!("{}{}", cx.config().public_url, if staff { "/provider/sign-in" } else { "/sign-in" });
    let mail = mails::write(mails::Kind::PasswordChanged { name: &person.name }, person.language, &person.email, &sign_in);
    tx.send_mail(MailId::from_uuid(cx.new_uuid()), None, &mail).await?;
    trail::note(&mut tx, id, "identity.password.reset").await?;
    tx.commit().await?;
    Ok(())
}
