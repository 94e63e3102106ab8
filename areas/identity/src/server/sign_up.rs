//! Signing an organisation up: it, its owner, the mail that confirms the owner's address and the first session, at once.
//!
//! Somebody who has an account already makes another organisation of theirs with the same form and their password;
//! decision record 0010 says why this page, unlike the others, tells that an account exists.

use crate::{
    EmailAddress, SignUp,
    attempts::{SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, SIGN_UP_ADDRESS},
    organisation::{self, MAX_LINE, Profile, Theme},
    server::{
        hashing,
        links::{self, Purpose},
        mails,
        open_session::{self, Arrival},
        organisation::is_time_zone,
        sign_in::is_staff,
        store::{self, people::Person},
        throttle,
    },
    session::{Realm, VERIFY_EMAIL_FOR},
    slug::Slug,
    text,
    view::SignedIn,
};
use kernel::{Denied, Fault, FieldError, MailId, PersonId, Role, SessionId, TenantId, events};
use platform::Cx;
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// On `email` with code `exists`: there is an account, and the password is not its own.
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    #[error("too many attempts: try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(SignUpError);

impl SignUpError {
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

/// A sign-up whose texts are right.
struct Checked {
    email: EmailAddress,
    name: String,
    profile: Profile,
}

/// Who owns the new organisation.
enum Owner {
    Known(Person),
    New(Person),
}

pub async fn sign_up(cx: &Cx, cmd: SignUp) -> Result<SignedIn, SignUpError> {
    let checked = check(&cmd)?;
    let address = throttle::address(cx);
    if let Err(wait) = throttle::count(cx, &[(SIGN_UP_ADDRESS, address.as_str())]).await? {
        return Err(SignUpError::TooMany { seconds: throttle::seconds(wait) });
    }
    let owner = find_owner(cx, &cmd, &checked, &address).await?;
    let (Owner::Known(person) | Owner::New(person)) = &owner;

    let tenant = TenantId::from_uuid(cx.new_uuid());
    let session = SessionId::from_uuid(cx.new_uuid());
    let arrival = Arrival { person, realm: Realm::Tenant, into: Some((tenant, Role::Owner)), user_agent: &cmd.user_agent };
    let mut tx = open_session::acting(cx, session, &arrival).door_tx().await?;
    if let Owner::New(person) = &owner {
        match store::people::insert(&mut tx, person).await {
            Err(error) if platform::error::broken_constraint(&error) == Some("email_is_unique") => return Err(exists()),
            outcome => outcome?,
        }
    }
    let slug = store::organisations::insert_under_free_slug(&mut tx, tenant, &checked.profile)
        .await?
        .ok_or_else(|| invalid(FieldError::new("organisation_name", "taken", "Too many organisations bear this name. Add your city or branch.")))?;
    store::memberships::begin(&mut tx, tenant, person.id, Role::Owner).await?;
    let signed_in = open_session::open(cx, &mut tx, session, &arrival).await?;
    if person.email_verified_at.is_none() {
        let link = links::for_person(cx, &mut tx, Purpose::VerifyEmail, person.id, VERIFY_EMAIL_FOR).await?;
        let kind = mails::Kind::VerifyEmail { name: &person.name, organisation: &checked.profile.name };
        let mail = mails::write(kind, person.language, &person.email, &link);
        tx.send_mail(MailId::from_uuid(cx.new_uuid()), Some(tenant), &mail).await?;
    }
    let now = tx.now();
    tx.announce(&events::Event::Identity(events::identity::Event::TenantCreated { tenant, owner: person.id, at: now })).await?;
    tx.audit(tenant, "identity.organisation.created", tenant, json!({ "slug": slug.as_str(), "name": checked.profile.name })).await?;
    tx.commit().await?;
    Ok(signed_in)
}

fn check(cmd: &SignUp) -> Result<Checked, SignUpError> {
    let mut errors = Vec::new();
    let organisation = text::note(text::line(&cmd.organisation_name, "organisation_name", 1, MAX_LINE), &mut errors);
    let name = text::note(text::line(&cmd.name, "name", 1, MAX_LINE), &mut errors);
    let email = EmailAddress::parse(&cmd.email).map_err(|wrong| errors.push(wrong.on("email"))).ok();
    text::note(cmd.password.check_length("password"), &mut errors);
    let profile = Profile {
        slug: Slug::derive(&organisation),
        name: organisation,
        legal_name: String::new(),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        country: None,
        tax_id: String::new(),
        language: cmd.language,
        currency: cmd.currency.parse().unwrap_or_else(|_| organisation::first_currency(cmd.language)),
        time_zone: if is_time_zone(&cmd.time_zone) { cmd.time_zone.clone() } else { organisation::first_time_zone(cmd.language).to_owned() },
    };
    match email {
        Some(email) if errors.is_empty() => Ok(Checked { email, name, profile }),
        _ => Err(SignUpError::Invalid(errors)),
    }
}

/// The account that the address has, if the password is its own; or a new one.
async fn find_owner(cx: &Cx, cmd: &SignUp, checked: &Checked, address: &str) -> Result<Owner, SignUpError> {
    let mut tx = cx.door_tx().await?;
    let known = store::people::find_by_email(&mut tx, &checked.email).await?;
    let organisations = match &known {
        Some(person) => store::memberships::of_person(&mut tx, person.id).await?,
        None => Vec::new(),
    };
    tx.commit().await?;
    let Some(person) = known else {
        let about = [checked.name.as_str(), checked.email.as_str(), checked.profile.name.as_str()];
        hashing::check_new(&cmd.password, "password", &about).await?.map_err(invalid)?;
        return Ok(Owner::New(Person {
            id: PersonId::from_uuid(cx.new_uuid()),
            email: checked.email.to_string(),
            name: checked.name.clone(),
            password_hash: Some(hashing::hash(&cmd.password).await?),
            email_verified_at: None,
            language: cmd.language,
            theme: Theme::System,
        }));
    };
    // This is a sign-in too, so it counts as one.
    let limits = [(SIGN_IN_ACCOUNT, checked.email.as_str()), (SIGN_IN_ADDRESS, address)];
    if let Err(wait) = throttle::count(cx, &limits).await? {
        return Err(SignUpError::TooMany { seconds: throttle::seconds(wait) });
    }
    let right = hashing::verify(&cmd.password, person.password_hash.clone()).await?;
    if !right || is_staff(&organisations) {
        return Err(exists());
    }
    let mut tx = cx.door_tx().await?;
    store::attempts::reset(&mut tx, SIGN_IN_ACCOUNT.what, checked.email.as_str()).await?;
    store::attempts::give_back(&mut tx, SIGN_IN_ADDRESS.what, address).await?;
    tx.commit().await?;
    Ok(Owner::Known(person))
}

fn invalid(error: FieldError) -> SignUpError {
    SignUpError::Invalid(vec![error])
}

fn exists() -> SignUpError {
    invalid(FieldError::new(
        "email",
        "exists",
        "There is an account with this address. Sign in, or use its password here to add an organisation, or choose a new password.",
    ))
}
