//! Signing in by password, at the tenants' door or the staff's.

use crate::{
    EmailAddress, SignIn,
    attempts::{SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS},
    organisation::Kind,
    server::{hashing, jobs::NoteRefusedSignIn, open_session::{self, Arrival}, store, throttle},
    session::Realm,
    view::{MyOrganisation, SignedIn},
};
use kernel::{Denied, Fault, FieldError, SessionId};
use platform::Cx;
use serde_json::json;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    /// Also for accounts that do not exist, have no password yet, or belong to the other door.
    #[error("the e-mail address or the password is not right")]
    WrongCredentials,
    #[error("too many attempts: try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(SignInError);

impl SignInError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "identity.invalid",
            Self::WrongCredentials => "identity.wrong_credentials",
            Self::TooMany { .. } => "identity.too_many_attempts",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::WrongCredentials | Self::TooMany { .. } | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

pub async fn sign_in(cx: &Cx, cmd: SignIn) -> Result<SignedIn, SignInError> {
    let email = check(&cmd)?;
    let address = throttle::address(cx);
    let limits = [(SIGN_IN_ACCOUNT, email.as_str()), (SIGN_IN_ADDRESS, address.as_str())];
    if let Err(wait) = throttle::count(cx, &limits).await? {
        tracing::warn!(address, "Refused a sign-in: too many attempts");
        return Err(SignInError::TooMany { seconds: throttle::seconds(wait) });
    }

    let mut tx = cx.door_tx().await?;
    let person = store::people::find_by_email(&mut tx, &email).await?;
    tx.commit().await?;
    let right = hashing::verify(&cmd.password, person.as_ref().and_then(|person| person.password_hash.clone())).await?;
    let Some(person) = person.filter(|_| right) else {
        tracing::info!(address, "Refused a sign-in: wrong address or password");
        return refuse(cx, email, cmd.realm).await;
    };

    let mut tx = cx.door_tx().await?;
    let organisations = store::memberships::of_person(&mut tx, person.id).await?;
    let last = store::sessions::last_tenant(&mut tx, person.id, cmd.realm).await?;
    tx.commit().await?;
    if is_staff(&organisations) != (cmd.realm == Realm::Staff) {
        tracing::info!(address, person.id = %person.id, "Refused a sign-in: {} came to the wrong door", person.id);
        return refuse(cx, email, cmd.realm).await;
    }
    let into = organisations.iter().find(|one| Some(one.id) == last).or(organisations.first()).map(|one| (one.id, one.role));

    let session = SessionId::from_uuid(cx.new_uuid());
    let arrival = Arrival { person: &person, realm: cmd.realm, into, user_agent: &cmd.user_agent };
    let mut tx = open_session::acting(cx, session, &arrival).door_tx().await?;
    // A password that was changed meanwhile no longer lets in.
    let kept = store::people::lock_password(&mut tx, person.id).await?;
    if kept != person.password_hash {
        drop(tx);
        return refuse(cx, email, cmd.realm).await;
    }
    store::attempts::reset(&mut tx, SIGN_IN_ACCOUNT.what, email.as_str()).await?;
    store::attempts::give_back(&mut tx, SIGN_IN_ADDRESS.what, &address).await?;
    let signed_in = open_session::open(cx, &mut tx, session, &arrival).await?;
    if let Some((tenant, _)) = into {
        tx.audit(tenant, "identity.session.opened", session, json!({ "realm": cmd.realm.code() })).await?;
    }
    tx.commit().await?;
    Ok(signed_in)
}

/// The same work whoever's address it is; the worker writes the entry, where the account has a trail.
async fn refuse(cx: &Cx, email: EmailAddress, realm: Realm) -> Result<SignedIn, SignInError> {
    let mut tx = cx.door_tx().await?;
    tx.enqueue(&NoteRefusedSignIn { email, realm }, None, Duration::ZERO).await?;
    tx.commit().await?;
    Err(SignInError::WrongCredentials)
}

fn check(cmd: &SignIn) -> Result<EmailAddress, SignInError> {
    let mut errors = Vec::new();
    let email = EmailAddress::parse(&cmd.email).map_err(|wrong| errors.push(wrong.on("email"))).ok();
    if cmd.password.reveal().is_empty() {
        errors.push(FieldError::new("password", "required", "Enter your password."));
    }
    email.filter(|_| errors.is_empty()).ok_or(SignInError::Invalid(errors))
}

/// People of the provider sign in apart, even where they belong to another organisation too.
pub fn is_staff(organisations: &[MyOrganisation]) -> bool {
    organisations.iter().any(|one| one.kind == Kind::Provider)
}
