//! Proving that an address is one's own by the link that was sent there.

use crate::{
    attempts::{LINK_ADDRESS, MAIL_ACCOUNT, MAIL_ADDRESS},
    server::{
        links::{self, Purpose},
        mails, store, throttle, trail,
    },
    session::VERIFY_EMAIL_FOR,
};
use kernel::{Denied, Fault, MailId};
use platform::Cx;

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
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

platform::refusals!(VerifyError);

impl VerifyError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadLink => "identity.bad_link",
            Self::TooMany { .. } => "identity.too_many_attempts",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }
}

/// Works signed in or not, on whichever device the mail was opened.
pub async fn verify_email(cx: &Cx, token: &str) -> Result<(), VerifyError> {
    let address = throttle::address(cx);
    if let Err(wait) = throttle::count(cx, &[(LINK_ADDRESS, address.as_str())]).await? {
        return Err(VerifyError::TooMany { seconds: throttle::seconds(wait) });
    }
    let hash = links::hash(token);
    let mut tx = cx.door_tx().await?;
    let person = store::tokens::find_person(&mut tx, &hash, Purpose::VerifyEmail.code()).await?.ok_or(VerifyError::BadLink)?;
    if !store::tokens::use_up(&mut tx, &hash).await? {
        return Err(VerifyError::BadLink);
    }
    store::people::save_verified(&mut tx, person).await?;
    trail::note(&mut tx, person, "identity.email.verified").await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the link once more; nothing to do for an address that is verified.
pub async fn resend_verification(cx: &Cx) -> Result<(), VerifyError> {
    let person = cx.person()?;
    let address = throttle::address(cx);
    let account = person.to_string();
    if let Err(wait) = throttle::count(cx, &[(MAIL_ACCOUNT, account.as_str()), (MAIL_ADDRESS, address.as_str())]).await? {
        return Err(VerifyError::TooMany { seconds: throttle::seconds(wait) });
    }
    let mut tx = cx.door_tx().await?;
    let person = store::people::find(&mut tx, person).await?.ok_or(Denied::SignedOut)?;
    if person.email_verified_at.is_some() {
        return Ok(());
    }
    let organisations = store::memberships::of_person(&mut tx, person.id).await?;
    let organisation = organisations.iter().find(|one| Ok(one.id) == cx.tenant()).or(organisations.first());
    let link = links::for_person(cx, &mut tx, Purpose::VerifyEmail, person.id, VERIFY_EMAIL_FOR).await?;
    let kind = mails::Kind::VerifyEmail { name: &person.name, organisation: organisation.map_or(platform::mail_layout::BRAND, |one| &one.name) };
    let mail = mails::write(kind, person.language, &person.email, &link);
    tx.send_mail(MailId::from_uuid(cx.new_uuid()), organisation.map(|one| one.id), &mail).await?;
    tx.commit().await?;
    Ok(())
}
