//! What an organisation says of itself, how it is changed, and how other areas read it.

use crate::{
    limits::Limits,
    organisation::{Interval, Kind, ProfileForm, Tier},
    server::store,
    view::{Contact, Organisation},
};
use kernel::{Currency, Denied, Fault, FieldError, Need, PersonId, Role, TenantId, Timestamp, events};
use platform::{Cx, DoorTx, Opened, ProviderTx, TenantTx, error::broken_constraint, fault};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

#[derive(Debug, thiserror::Error)]
pub enum OrganisationError {
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(OrganisationError);

impl OrganisationError {
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

/// The organisation that the caller works in.
pub async fn my_organisation(cx: &Cx) -> Result<Organisation, OrganisationError> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    Ok(organisation(&mut tx).await?)
}

/// Changes what it says of itself.
pub async fn update_organisation(cx: &Cx, form: ProfileForm) -> Result<Organisation, OrganisationError> {
    let mut tx = cx.tenant_tx(Need::SETTINGS_WRITE).await?;
    let before = locked(&mut tx).await?;
    save(cx, tx, before, form).await
}

/// Changes what the provider says of itself, which its next invoices bear. Its address part and currency, which nothing
/// asks for, stay as they are.
pub async fn update_provider(cx: &Cx, form: ProfileForm) -> Result<Organisation, OrganisationError> {
    cx.demand(Need::PROVIDER_ADMIN).await?;
    let home = super::provider::provider(cx).await?.id;
    let mut tx = cx.for_tenant(home, Need::PROVIDER_ADMIN)?.tenant_tx(Need::PROVIDER_ADMIN).await?;
    let before = locked(&mut tx).await?;
    let form = ProfileForm { slug: before.slug.clone(), currency: before.currency.code().to_owned(), ..form };
    save(cx, tx, before, form).await
}

async fn save(cx: &Cx, mut tx: TenantTx, before: Organisation, form: ProfileForm) -> Result<Organisation, OrganisationError> {
    let form = form.merged(&before.form()).map_err(OrganisationError::Invalid)?;
    let profile = form.check();
    let mut errors = profile.as_ref().err().cloned().unwrap_or_default();
    if !form.time_zone.is_empty() && !is_time_zone(form.time_zone.trim()) {
        errors.push(FieldError::new("time_zone", "choose", "Choose a time zone from the list, like Asia/Jakarta."));
    }
    if before.currency_fixed_at.is_some() && form.currency != before.currency.code() {
        errors.push(FieldError::new("currency", "fixed", "The currency stays as it is once something was charged in it."));
    }
    let (true, Ok(profile)) = (errors.is_empty(), profile) else {
        return Err(OrganisationError::Invalid(errors));
    };
    match store::organisations::save_profile(&mut tx, &profile).await {
        Err(error) if broken_constraint(&error) == Some("slug_is_unique") => {
            return Err(OrganisationError::Invalid(vec![FieldError::new("slug", "taken", "This address part is taken. Choose another one.")]));
        }
        outcome => outcome?,
    }
    let after = organisation(&mut tx).await?;
    let changed = changes(&before.form(), &after.form());
    if !changed.is_empty() {
        tx.announce(&events::Event::Identity(told(&after, cx.now()))).await?;
    }
    tx.audit("identity.organisation.updated", after.id, json!({ "changed": changed }));
    tx.commit().await?;
    Ok(after)
}

/// What others hear of it.
fn told(organisation: &Organisation, at: Timestamp) -> events::identity::Event {
    match organisation.kind {
        Kind::Provider => events::identity::Event::ProviderChanged { at },
        Kind::Partner | Kind::Tenant => events::identity::Event::OrganisationChanged { tenant: organisation.id, at },
    }
}

/// Field by field, what was and what is.
fn changes(before: &ProfileForm, after: &ProfileForm) -> Map<String, Value> {
    let object = |form: &ProfileForm| match serde_json::to_value(form).expect("a form of texts serialises") {
        Value::Object(mut fields) => {
            fields.remove("seen");
            fields
        }
        other => Map::from_iter([("form".to_owned(), other)]),
    };
    let (before, after) = (object(before), object(after));
    after.into_iter().filter(|(name, value)| before.get(name) != Some(value)).map(|(name, value)| {
        let was = before.get(&name).cloned().unwrap_or_default();
        (name, json!({ "from": was, "to": value }))
    }).collect()
}

/// The transaction's organisation.
pub async fn organisation(tx: &mut TenantTx) -> Result<Organisation, Fault> {
    let id = tx.tenant();
    let found = store::organisations::find(tx, id).await.map_err(fault)?;
    found.ok_or_else(|| Fault::new(format!("organisation {id} is not there")))
}

/// The same, for who decides by it what to write.
async fn locked(tx: &mut TenantTx) -> Result<Organisation, Fault> {
    let id = tx.tenant();
    let found = store::organisations::lock(tx).await.map_err(fault)?;
    found.ok_or_else(|| Fault::new(format!("organisation {id} is not there")))
}

/// Any organisation, for the provider's staff.
pub async fn organisation_for_staff(tx: &mut ProviderTx, id: TenantId) -> Result<Option<Organisation>, Fault> {
    store::organisations::find(tx, id).await.map_err(fault)
}

/// Keeps which tier was chosen; part of the transaction that subscribes to it.
/// `limits` are those of the plan that is subscribed to.
pub async fn choose_tier(tx: &mut TenantTx, tier: Tier, interval: Interval, limits: &Limits) -> Result<(), Fault> {
    store::organisations::save_tier(tx, tier, interval, limits).await.map_err(fault)
}

/// Nothing is subscribed to any more, and no more is allowed than to those who never chose; part of the transaction that ends
/// the subscription.
pub async fn leave_tier(tx: &mut TenantTx) -> Result<(), Fault> {
    store::organisations::clear_tier(tx).await.map_err(fault)
}

/// People who belong to the organisation now: a smaller tier must have room for them.
pub async fn members(tx: &mut TenantTx) -> Result<i64, Fault> {
    let tenant = tx.tenant();
    store::memberships::count(tx, tenant).await.map_err(fault)
}

/// From now on the currency stays; part of the transaction that first charges in it. It is the one that is charged in, whatever
/// somebody chose while that was decided.
pub async fn fix_currency(tx: &mut TenantTx, currency: Currency) -> Result<(), Fault> {
    store::organisations::save_currency_fixed(tx, currency).await.map_err(fault)
}

/// To whom invoices and warnings go: those who look after billing; the owners where nobody does.
pub async fn contacts(tx: &mut TenantTx) -> Result<Vec<Contact>, Fault> {
    let billing = store::memberships::contacts(tx, &[Role::Billing]).await.map_err(fault)?;
    if billing.is_empty() { store::memberships::contacts(tx, &[Role::Owner]).await.map_err(fault) } else { Ok(billing) }
}

/// To whom troubles with services go: those who look after the technical side; the owners and admins where nobody does.
pub async fn technical_contacts(tx: &mut TenantTx) -> Result<Vec<Contact>, Fault> {
    let technical = store::memberships::contacts(tx, &[Role::Technical]).await.map_err(fault)?;
    if technical.is_empty() { store::memberships::contacts(tx, &[Role::Owner, Role::Admin]).await.map_err(fault) } else { Ok(technical) }
}

/// Names of people who are or were members here; others, such as the provider's staff, are left out.
pub async fn names_of(tx: &mut TenantTx, people: &[PersonId]) -> Result<HashMap<PersonId, String>, Fault> {
    Ok(store::memberships::names(tx, people).await.map_err(fault)?.into_iter().collect())
}

/// The same for the provider's staff, across organisations.
pub async fn names_for_staff(tx: &mut ProviderTx, people: &[PersonId]) -> Result<HashMap<PersonId, String>, Fault> {
    Ok(store::people::names(tx, people).await.map_err(fault)?.into_iter().collect())
}

/// Names of organisations, for the provider's staff.
pub async fn organisation_names_for_staff(tx: &mut ProviderTx, ids: &[TenantId]) -> Result<HashMap<TenantId, String>, Fault> {
    Ok(store::organisations::names(tx, ids).await.map_err(fault)?.into_iter().collect())
}

/// The transaction's organisation, and whether anybody besides the one who made it is a member or invited.
pub async fn organisation_and_colleague(tx: &mut TenantTx) -> Result<(Organisation, bool), Fault> {
    let id = tx.tenant();
    let found = store::organisations::find_with_colleague(tx).await.map_err(fault)?;
    found.ok_or_else(|| Fault::new(format!("organisation {id} is not there")))
}

/// At the door: how many requests a minute a key of an organisation may make; none when it is not there or closed.
pub async fn requests_at_door(tx: &mut DoorTx, id: TenantId) -> Result<Option<RequestsAllowed>, Fault> {
    let found = store::organisations::find_limits(tx, id).await.map_err(fault)?;
    Ok(found.map(|(tier, limits)| RequestsAllowed { per_minute: limits.requests_per_minute(tier) }))
}

/// What an organisation's tier says of the requests of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestsAllowed {
    /// `None` for no limit.
    pub per_minute: Option<i64>,
}

/// Ids of organisations that are served, in order, at most `limit` after `after`: for work that goes through all.
pub async fn active_tenants(cx: &Cx, after: Option<TenantId>, limit: i64) -> Result<Vec<TenantId>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(store::organisations::active_after(&mut tx, after, limit).await.map_err(fault)?)
}

/// Names of time zones that can be chosen, sorted.
pub fn time_zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name == "UTC" || (name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("posix/") && !name.starts_with("right/")))
        .collect();
    names.sort();
    names
}

pub(crate) fn is_time_zone(name: &str) -> bool {
    !name.is_empty() && jiff::tz::db().get(name).is_ok()
}

