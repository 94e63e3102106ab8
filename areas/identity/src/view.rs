//! What pages and the REST interface show of organisations and people.

use crate::{
    country::Country,
    device::Place,
    limits::Limits,
    organisation::{Interval, Kind, ProfileForm, Theme, Tier},
    saved_views::SavedView,
    session::Realm,
};
use kernel::{Currency, InvitationId, Language, PersonId, Role, SessionId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// One organisation's words about itself and what it chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Organisation {
    pub id: TenantId,
    pub kind: Kind,
    pub slug: String,
    pub name: String,
    pub legal_name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub tax_id: String,
    pub language: Language,
    pub currency: Currency,
    /// Since when the currency can no longer change: something was charged in it.
    pub currency_fixed_at: Option<Timestamp>,
    /// IANA name.
    pub time_zone: String,
    pub tier: Option<Tier>,
    pub billing_interval: Option<Interval>,
    /// What the tier subscribed to promises.
    #[cfg_attr(feature = "server", sqlx(json))]
    pub limits: Limits,
    pub created_at: Timestamp,
}

impl Organisation {
    /// The name that invoices bear.
    pub fn invoice_name(&self) -> &str {
        if self.legal_name.is_empty() { &self.name } else { &self.legal_name }
    }

    /// The postal address line by line, without what is not known.
    pub fn address_lines(&self, language: Language) -> Vec<String> {
        let place = [self.postal_code.as_str(), self.city.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let country = self.country.as_deref().and_then(Country::find).map(|country| country.name(language).to_owned());
        [self.street.clone(), place].into_iter().chain(country).filter(|line| !line.is_empty()).collect()
    }

    /// How many people may belong to it; `None` for no limit.
    pub fn seats(&self) -> Option<i64> {
        self.limits.seats(self.tier)
    }

    /// Whether an invoice could be addressed to it.
    pub fn profile_is_complete(&self) -> bool {
        self.country.is_some() && !self.street.is_empty() && !self.city.is_empty()
    }

    /// The form as it stands.
    pub fn form(&self) -> ProfileForm {
        ProfileForm {
            slug: self.slug.clone(),
            name: self.name.clone(),
            legal_name: self.legal_name.clone(),
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            city: self.city.clone(),
            country: self.country.clone().unwrap_or_default(),
            tax_id: self.tax_id.clone(),
            language: self.language.code().to_owned(),
            currency: self.currency.code().to_owned(),
            time_zone: self.time_zone.clone(),
            seen: String::new(),
        }
        .shown()
    }
}

/// Who is signed in, where, and what they may do there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub email_verified_at: Option<Timestamp>,
    pub language: Language,
    pub theme: Theme,
    pub realm: Realm,
    pub session: SessionId,
    /// The organisation that this session works in; none after leaving the last one.
    pub current: Option<MyOrganisation>,
    /// All that one may switch to, the current one included, by name.
    pub organisations: Vec<MyOrganisation>,
    /// Names of permissions in the current organisation: `services:write`.
    pub permissions: Vec<String>,
    /// Lists as one likes to see them.
    pub saved_views: Vec<SavedView>,
}

impl Me {
    pub fn may(&self, need: kernel::Need) -> bool {
        self.permissions.iter().any(|name| name == need.name())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct MyOrganisation {
    pub id: TenantId,
    pub kind: Kind,
    pub slug: String,
    pub name: String,
    pub role: Role,
    pub tier: Option<Tier>,
    pub currency: Currency,
    pub time_zone: String,
}

/// A fresh session. The token goes into the browser's cookie and nowhere else; printing this does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub token: String,
    pub session: SessionId,
    pub realm: Realm,
    pub person: PersonId,
    pub tenant: Option<TenantId>,
    pub language: Language,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("session", &self.session).field("person", &self.person).finish_non_exhaustive()
    }
}

/// The same session under another token, for the same browser; printing this does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Renewed {
    pub token: String,
    pub realm: Realm,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Renewed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renewed").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// One signed-in browser of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub id: SessionId,
    /// Names as their makers write them, where the browser tells.
    pub browser: Option<String>,
    pub system: Option<String>,
    pub address: String,
    pub place: Place,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub is_this_one: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct MemberView {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub email_verified_at: Option<Timestamp>,
    pub role: Role,
    pub since: Timestamp,
}

/// One of the provider's own people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct StaffView {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub since: Timestamp,
    /// None where that is longer ago than sessions are kept (`session::KEPT_FOR` after their end), or never was.
    pub signed_in_at: Option<Timestamp>,
}

/// An invitation that still stands, for those who gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct InvitationView {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The whole team on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub members: Vec<MemberView>,
    pub invitations: Vec<InvitationView>,
    /// How many people the tier allows, open invitations included; `None` for no limit.
    pub seats: Option<i64>,
}

/// An invitation as its link shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub organisation: String,
    pub email: String,
    pub role: Role,
    /// Whether there is an account already, so that its password is asked for and no name.
    pub account: Account,
    /// The address of another account that the reader is signed in with: joining signs it out here.
    pub instead_of: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    New,
    Existing,
    /// The reader is signed in as the one invited: one click is enough.
    SignedIn,
}

/// One organisation in the provider's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct TenantRow {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub country: Option<String>,
    pub currency: Currency,
    pub tier: Option<Tier>,
    pub members: i64,
    pub owner_email: Option<String>,
    pub created_at: Timestamp,
}

/// What making an account answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    pub tenant: TenantId,
    pub person: PersonId,
    /// Where the person chooses a password, when none was given. Acts as a key: hand it over as such.
    pub password_link: Option<String>,
}

/// To whom an organisation's invoices and warnings go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Contact {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    /// Whether somebody who reads its mail confirmed the address.
    pub confirmed: bool,
    pub language: Language,
}
