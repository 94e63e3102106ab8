//! The provider itself, its staff's accounts, and the tenants that its operators make and see.

use crate::{
    CreateOperator, CreateTenant, EmailAddress, Password,
    organisation::{Kind, MAX_LINE, Profile, Theme, Tier, first_currency, first_time_zone},
    server::{
        hashing,
        links::{self, Purpose},
        mails,
        organisation::is_time_zone,
        sessions::end_all,
        sign_in::is_staff,
        store::{self, people::Person},
    },
    session::FIRST_PASSWORD_FOR,
    slug::Slug,
    text,
    view::{Created, Organisation, TenantRow},
};
use kernel::{Currency, Denied, Fault, FieldError, Language, MailId, Need, Page, PageSize, PersonId, Role, TenantId, Timestamp, events};
use platform::{Actor, Cx, DoorTx, ProviderTx, fault};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("{}", .0.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(AdminError);

impl AdminError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "identity.invalid",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

/// The provider, whose identity invoices bear.
pub async fn provider(cx: &Cx) -> Result<Organisation, Fault> {
    let mut tx = cx.door_tx().await?;
    let found = store::organisations::find_provider(&mut tx).await.map_err(fault)?;
    tx.commit().await?;
    there(found)
}

/// The same as it is committed by now, within a transaction that holds what is to follow it.
pub async fn provider_by_now(tx: &mut ProviderTx) -> Result<Organisation, Fault> {
    there(store::organisations::find_provider(tx).await.map_err(fault)?)
}

fn there(found: Option<Organisation>) -> Result<Organisation, Fault> {
    found.ok_or_else(|| Fault::new("the provider's organisation is not there: the first start makes it"))
}

/// Makes the provider's organisation at the first start; afterwards answers the one that is there.
pub async fn ensure_provider(cx: &Cx, name: &str) -> Result<Organisation, AdminError> {
    cx.demand(Need::PROVIDER_ADMIN).await?;
    let mut tx = cx.door_tx().await?;
    if let Some(found) = store::organisations::find_provider(&mut tx).await? {
        return Ok(found);
    }
    let id = TenantId::from_uuid(cx.new_uuid());
    let profile = blank_profile(Slug::derive(name), name.to_owned(), Language::En, Currency::Usd, "UTC".to_owned());
    match store::organisations::insert(&mut tx, id, Kind::Provider, &profile, None).await {
        // Another process was first.
        Err(error) if platform::error::broken_constraint(&error) == Some("there_is_one_provider") => return Ok(provider(cx).await?),
        Ok(false) => return Ok(provider(cx).await?),
        outcome => outcome?,
    };
    let found = store::organisations::find_provider(&mut tx).await?.ok_or_else(|| Fault::new("the provider is not there after it was made"))?;
    tx.audit(id, "identity.organisation.created", id, json!({ "slug": profile.slug.as_str(), "name": profile.name })).await?;
    tx.commit().await?;
    Ok(found)
}

/// A staff account, or one that was closed, opened anew. Its address must not be a tenant's person's: the two doors stay apart.
pub async fn create_operator(cx: &Cx, cmd: CreateOperator) -> Result<Created, AdminError> {
    cx.demand(Need::PROVIDER_ADMIN).await?;
    let provider = provider(cx).await?;
    let mut errors = Vec::new();
    let name = text::note(text::line(&cmd.name, "name", 1, MAX_LINE), &mut errors);
    let email = EmailAddress::parse(&cmd.email).map_err(|wrong| errors.push(wrong.on("email"))).ok();
    let role = cmd.role.parse::<Role>().ok().filter(|role| role.is_staff());
    if role.is_none() {
        errors.push(FieldError::new("role", "choose", "Choose one of operator, finance and auditor."));
    }
    let password = first_password(cmd.password.as_ref(), "password", &[&cmd.name, &cmd.email], &mut errors).await?;
    let (Some(email), Some(role), true) = (email, role, errors.is_empty()) else {
        return Err(AdminError::Invalid(errors));
    };
    let mut tx = cx.door_tx().await?;
    let person = match store::people::find_by_email(&mut tx, &email).await? {
        None => {
            let person = person(cx, &email, name, password, cmd.language);
            store::people::insert(&mut tx, &person).await?;
            person
        }
        Some(known) if store::memberships::of_person(&mut tx, known.id).await?.is_empty() && store::memberships::left(&mut tx, provider.id, known.id).await? => {
            store::people::save_profile(&mut tx, known.id, &name, cmd.language, known.theme).await?;
            handed_over(&mut tx, Person { name, language: cmd.language, ..known }, password).await?
        }
        Some(_) => return Err(exists()),
    };
    // Somebody else may have opened it meanwhile.
    if !store::memberships::begin(&mut tx, provider.id, person.id, role).await? {
        return Err(exists());
    }
    let password_link = welcome(cx, &mut tx, &person, &provider.name, provider.id).await?;
    tx.audit(provider.id, "identity.staff.created", person.id, json!({ "role": role })).await?;
    tx.commit().await?;
    Ok(Created { tenant: provider.id, person: person.id, password_link })
}

fn exists() -> AdminError {
    AdminError::Invalid(vec![FieldError::new("email", "exists", "There is an account with this address already.")])
}

/// An organisation with its owner, who may have an account already.
pub async fn create_tenant(cx: &Cx, cmd: CreateTenant) -> Result<Created, AdminError> {
    cx.demand(Need::PROVIDER_ADMIN).await?;
    let NewTenant { email, owner_name, profile, tier, password } = check(&cmd).await?;
    let mut tx = cx.door_tx().await?;
    let tenant = TenantId::from_uuid(cx.new_uuid());
    let known = store::people::find_by_email(&mut tx, &email).await?;
    let owner = match known {
        Some(person) => {
            if is_staff(&store::memberships::of_person(&mut tx, person.id).await?) {
                return Err(AdminError::Invalid(vec![FieldError::new("owner_email", "staff", "This address belongs to the provider's staff.")]));
            }
            // Whoever signed up with an address that nobody confirmed may not be who reads its mail.
            if person.email_verified_at.is_some() { person } else { handed_over(&mut tx, person, password).await? }
        }
        None => {
            let person = person(cx, &email, owner_name, password, cmd.language);
            store::people::insert(&mut tx, &person).await?;
            person
        }
    };
    if !store::organisations::insert(&mut tx, tenant, Kind::Tenant, &profile, tier).await? {
        return Err(AdminError::Invalid(vec![FieldError::new("slug", "taken", "This address part is taken. Choose another one.")]));
    }
    store::memberships::begin(&mut tx, tenant, owner.id, Role::Owner).await?;
    let password_link = welcome(cx, &mut tx, &owner, &profile.name, tenant).await?;
    let now = tx.now();
    tx.announce(&events::Event::Identity(events::identity::Event::TenantCreated { tenant, owner: owner.id, at: now })).await?;
    tx.audit(tenant, "identity.organisation.created", tenant, json!({ "slug": profile.slug.as_str(), "name": profile.name })).await?;
    tx.commit().await?;
    Ok(Created { tenant, person: owner.id, password_link })
}

struct NewTenant {
    email: EmailAddress,
    owner_name: String,
    profile: Profile,
    tier: Option<Tier>,
    password: Option<String>,
}

async fn check(cmd: &CreateTenant) -> Result<NewTenant, AdminError> {
    let mut errors = Vec::new();
    let slug = Slug::parse(&cmd.slug).map_err(|wrong| errors.push(wrong.on("slug"))).ok();
    let name = text::note(text::line(&cmd.name, "name", 1, MAX_LINE), &mut errors);
    let email = EmailAddress::parse(&cmd.owner_email).map_err(|wrong| errors.push(wrong.on("owner_email"))).ok();
    let owner_name = match cmd.owner_name.trim() {
        "" => cmd.owner_email.split('@').next().unwrap_or_default().trim().to_owned(),
        name => text::note(text::line(name, "owner_name", 1, MAX_LINE), &mut errors),
    };
    let currency = match cmd.currency.as_str() {
        "" => first_currency(cmd.language),
        code => code.parse().unwrap_or_else(|_| {
            errors.push(FieldError::new("currency", "choose", "Choose one of IDR, USD and EUR."));
            Currency::Usd
        }),
    };
    let time_zone = match cmd.time_zone.as_str() {
        "" => first_time_zone(cmd.language),
        name => {
            if !is_time_zone(name) {
                errors.push(FieldError::new("time_zone", "choose", "Use an IANA time zone like Asia/Jakarta."));
            }
            name
        }
    };
    let tier = match cmd.tier.as_str() {
        "" => None,
        code => code.to_uppercase().parse::<Tier>().map_err(|unknown| errors.push(FieldError::new("tier", "choose", unknown.to_string()))).ok(),
    };
    let password = first_password(cmd.owner_password.as_ref(), "owner_password", &[&cmd.name, &cmd.owner_name, &cmd.owner_email], &mut errors).await?;
    match (email, slug) {
        (Some(email), Some(slug)) if errors.is_empty() => {
            Ok(NewTenant { email, owner_name, profile: blank_profile(slug, name, cmd.language, currency, time_zone.to_owned()), tier, password })
        }
        _ => Err(AdminError::Invalid(errors)),
    }
}

async fn first_password(
    password: Option<&Password>,
    field: &'static str,
    about: &[&str],
    errors: &mut Vec<FieldError>,
) -> Result<Option<String>, Fault> {
    let Some(password) = password else { return Ok(None) };
    match hashing::check_new(password, field, about).await? {
        Ok(()) => Ok(Some(hashing::hash(password).await?)),
        Err(error) => {
            errors.push(error);
            Ok(None)
        }
    }
}

fn person(cx: &Cx, email: &EmailAddress, name: String, password_hash: Option<String>, language: Language) -> Person {
    Person {
        id: PersonId::from_uuid(cx.new_uuid()),
        email: email.to_string(),
        name,
        // An operator who gives a password vouches for the address; a link proves it.
        email_verified_at: password_hash.is_some().then(|| cx.now()),
        password_hash,
        language,
        theme: Theme::System,
    }
}

/// An account that is not for whoever made it any more, for the reader of its mail: sessions and the password of whoever made it end. An
/// operator who gives a password vouches for the address, as with a new account.
async fn handed_over(tx: &mut DoorTx, mut person: Person, password: Option<String>) -> Result<Person, Fault> {
    end_all(tx, person.id, None).await?;
    store::people::save_password(tx, person.id, password.as_deref()).await.map_err(fault)?;
    if password.is_some() {
        store::people::save_verified(tx, person.id).await.map_err(fault)?;
    }
    person.password_hash = password;
    Ok(person)
}

/// Somebody without a password gets a link to choose one, by mail and in the answer.
async fn welcome(cx: &Cx, tx: &mut DoorTx, person: &Person, organisation: &str, tenant: TenantId) -> Result<Option<String>, Fault> {
    if person.password_hash.is_some() {
        return Ok(None);
    }
    let link = links::for_person(cx, tx, Purpose::ResetPassword, person.id, FIRST_PASSWORD_FOR).await?;
    let kind = mails::Kind::FirstPassword { name: &person.name, organisation };
    let mail = mails::write(kind, person.language, &person.email, &link);
    tx.send_mail(MailId::from_uuid(cx.new_uuid()), Some(tenant), &mail).await?;
    Ok(Some(link))
}

fn blank_profile(slug: Slug, name: String, language: Language, currency: Currency, time_zone: String) -> Profile {
    Profile {
        slug,
        name,
        legal_name: String::new(),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        country: None,
        tax_id: String::new(),
        language,
        currency,
        time_zone,
    }
}

/// Tenants for the staff, newest first. `after` is the cursor of the page before.
pub async fn list_tenants(cx: &Cx, search: &str, after: Option<&str>, size: PageSize) -> Result<Page<TenantRow>, AdminError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let after = after.and_then(parse_cursor);
    let mut rows = store::organisations::list_for_provider(&mut tx, search.trim(), after, size.rows() + 1).await?;
    let more = rows.len() as i64 > size.rows();
    rows.truncate(size.rows() as usize);
    let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.created_at.micros(), row.id));
    Ok(Page { rows, next })
}

fn parse_cursor(text: &str) -> Option<(Timestamp, TenantId)> {
    let (micros, id) = text.split_once('.')?;
    Some((Timestamp::try_from_micros(micros.parse().ok()?)?, id.parse().ok()?))
}

/// For the command line: the organisation that an address part names.
pub async fn tenant_by_slug(cx: &Cx, slug: &str) -> Result<Option<Organisation>, AdminError> {
    let (Actor::Staff { .. } | Actor::System { .. }) = cx.actor() else {
        return Err(Denied::TooLittle.into());
    };
    let mut tx = cx.door_tx().await?;
    let found = store::organisations::find_by_slug(&mut tx, slug).await?;
    tx.commit().await?;
    Ok(found)
}

/// The same by its id.
pub async fn tenant_by_id(cx: &Cx, id: TenantId) -> Result<Option<Organisation>, AdminError> {
    let (Actor::Staff { .. } | Actor::System { .. }) = cx.actor() else {
        return Err(Denied::TooLittle.into());
    };
    let mut tx = cx.door_tx().await?;
    let found = store::organisations::find(&mut tx, id).await?;
    tx.commit().await?;
    Ok(found)
}
