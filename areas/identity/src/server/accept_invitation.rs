//! Joining an organisation by the link that was sent.

use crate::{
    AcceptInvitation, EmailAddress,
    attempts::{LINK_ADDRESS, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS},
    organisation::{MAX_LINE, Theme},
    server::{
        hashing, links,
        open_session::{self, Arrival},
        sign_in::is_staff,
        store::{self, people::Person},
        throttle,
    },
    session::Realm,
    text,
    view::{Account, Invited, SignedIn},
};
use kernel::{Denied, Fault, FieldError, InvitationId, PersonId, Role, SessionId, TenantId};
use platform::{Cx, DoorTx};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    /// Unknown, used, taken back, replaced or too old.
    #[error("this invitation does not stand any more")]
    BadLink,
    /// The provider's staff do not join tenants with the same account.
    #[error("this address belongs to the provider's staff")]
    StaffAccount,
    /// The link stands and works when there is room again.
    #[error("the organisation has no free seat: ask who invited you to make room")]
    NoSeat,
    #[error("too many attempts: try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(AcceptError);

impl AcceptError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "identity.invalid",
            Self::BadLink => "identity.bad_link",
            Self::StaffAccount => "identity.staff_account",
            Self::NoSeat => "identity.no_seat_to_join",
            Self::TooMany { .. } => "identity.too_many_attempts",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::BadLink | Self::StaffAccount | Self::NoSeat | Self::TooMany { .. } | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

/// An invitation behind its link.
struct Found {
    tenant: TenantId,
    id: InvitationId,
    email: EmailAddress,
    role: Role,
    organisation: String,
    person: Option<Person>,
}

async fn find(tx: &mut DoorTx, hash: &[u8]) -> Result<Found, AcceptError> {
    let (tenant, id) = store::tokens::find_invitation(tx, hash).await?.ok_or(AcceptError::BadLink)?;
    let (email, role, organisation) = store::invitations::find_open(tx, tenant, id).await?.ok_or(AcceptError::BadLink)?;
    let email = EmailAddress::parse(&email).map_err(|_| AcceptError::BadLink)?;
    let person = store::people::find_by_email(tx, &email).await?;
    Ok(Found { tenant, id, email, role, organisation, person })
}

async fn count(cx: &Cx) -> Result<(), AcceptError> {
    let address = throttle::address(cx);
    throttle::count(cx, &[(LINK_ADDRESS, address.as_str())])
        .await?
        .map_err(|wait| AcceptError::TooMany { seconds: throttle::seconds(wait) })
}

/// What the link's page shows.
pub async fn read_invitation(cx: &Cx, token: &str) -> Result<Invited, AcceptError> {
    count(cx).await?;
    let mut tx = cx.door_tx().await?;
    let found = find(&mut tx, &links::hash(token)).await?;
    let reader = match cx.person() {
        Ok(id) => store::people::find(&mut tx, id).await?,
        Err(_) => None,
    };
    tx.commit().await?;
    let account = match &found.person {
        None => Account::New,
        Some(person) if cx.person() == Ok(person.id) => Account::SignedIn,
        Some(_) => Account::Existing,
    };
    let email = found.email.to_string();
    let instead_of = reader.map(|reader| reader.email).filter(|reader| *reader != email);
    Ok(Invited { organisation: found.organisation, email, role: found.role, account, instead_of })
}

/// Signs the invited person in, in the organisation that they join.
pub async fn accept_invitation(cx: &Cx, cmd: AcceptInvitation) -> Result<SignedIn, AcceptError> {
    count(cx).await?;
    let hash = links::hash(&cmd.token);
    let mut tx = cx.door_tx().await?;
    let found = find(&mut tx, &hash).await?;
    let organisations = match &found.person {
        Some(person) => store::memberships::of_person(&mut tx, person.id).await?,
        None => Vec::new(),
    };
    tx.commit().await?;
    if is_staff(&organisations) {
        return Err(AcceptError::StaffAccount);
    }
    let person = match &found.person {
        Some(person) => {
            prove(cx, &cmd, person).await?;
            person.clone()
        }
        None => newcomer(cx, &cmd, &found).await?,
    };

    let session = SessionId::from_uuid(cx.new_uuid());
    let arrival = Arrival { person: &person, realm: Realm::Tenant, into: Some((found.tenant, found.role)), user_agent: &cmd.user_agent };
    let mut tx = open_session::acting(cx, session, &arrival).door_tx().await?;
    // Looked at again under a lock: it may have been taken back or accepted meanwhile, and the last seat with it.
    let seats = store::organisations::lock_seats(&mut tx, found.tenant).await?;
    if store::invitations::find_open(&mut tx, found.tenant, found.id).await?.is_none() {
        return Err(AcceptError::BadLink);
    }
    let taken = store::memberships::count(&mut tx, found.tenant).await?;
    if seats.is_some_and(|seats| taken >= seats) {
        drop(tx);
        return Err(no_seat(cx, &found, taken).await?);
    }
    if !store::tokens::use_up(&mut tx, &hash).await? {
        return Err(AcceptError::BadLink);
    }
    if found.person.is_none() {
        match store::people::insert(&mut tx, &person).await {
            Err(error) if platform::error::broken_constraint(&error) == Some("email_is_unique") => return Err(AcceptError::BadLink),
            outcome => outcome?,
        }
    }
    // The link came to this address.
    store::people::save_verified(&mut tx, person.id).await?;
    store::memberships::begin(&mut tx, found.tenant, person.id, found.role).await?;
    store::invitations::save_accepted(&mut tx, found.tenant, found.id).await?;
    let signed_in = open_session::open(cx, &mut tx, session, &arrival).await?;
    tx.audit(found.tenant, "identity.member.joined", person.id, json!({ "invitation": found.id, "role": found.role })).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Whoever could not join is nobody yet, so the entry speaks of the invitation.
async fn no_seat(cx: &Cx, found: &Found, taken: i64) -> Result<AcceptError, Fault> {
    let mut tx = cx.door_tx().await?;
    tx.audit_refused(found.tenant, "identity.member.joined", found.id, json!({ "because": "no free seat", "taken": taken })).await?;
    tx.commit().await?;
    Ok(AcceptError::NoSeat)
}

/// Somebody with an account is signed in as its person or knows its password.
async fn prove(cx: &Cx, cmd: &AcceptInvitation, person: &Person) -> Result<(), AcceptError> {
    if cx.person() == Ok(person.id) {
        return Ok(());
    }
    let address = throttle::address(cx);
    let limits = [(SIGN_IN_ACCOUNT, person.email.as_str()), (SIGN_IN_ADDRESS, address.as_str())];
    if let Err(wait) = throttle::count(cx, &limits).await? {
        return Err(AcceptError::TooMany { seconds: throttle::seconds(wait) });
    }
    if !hashing::verify(&cmd.password, person.password_hash.clone()).await? {
        let message = "This is not the password of the account with this address. Sign in first, or choose a new password.";
        return Err(AcceptError::Invalid(vec![FieldError::new("password", "wrong", message)]));
    }
    let mut tx = cx.door_tx().await?;
    store::attempts::reset(&mut tx, SIGN_IN_ACCOUNT.what, &person.email).await?;
    store::attempts::give_back(&mut tx, SIGN_IN_ADDRESS.what, &address).await?;
    tx.commit().await?;
    Ok(())
}

async fn newcomer(cx: &Cx, cmd: &AcceptInvitation, found: &Found) -> Result<Person, AcceptError> {
    let mut errors = Vec::new();
    let name = text::note(text::line(&cmd.name, "name", 1, MAX_LINE), &mut errors);
    let about = [name.as_str(), found.email.as_str(), found.organisation.as_str()];
    text::note(hashing::check_new(&cmd.password, "password", &about).await?, &mut errors);
    if !errors.is_empty() {
        return Err(AcceptError::Invalid(errors));
    }
    Ok(Person {
        id: PersonId::from_uuid(cx.new_uuid()),
        email: found.email.to_string(),
        name,
        password_hash: Some(hashing::hash(&cmd.password).await?),
        email_verified_at: Some(cx.now()),
        language: cx.language(),
        theme: Theme::System,
    })
}
