//! What people type on their way in and in their organisation, before it is checked: a bad value must come back beside
//! its field, so these hold texts.

use crate::{Password, Realm};
use kernel::Language;
use serde::{Deserialize, Serialize};

pub use crate::organisation::ProfileForm;

/// A newcomer with a new organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    pub organisation_name: String,
    pub name: String,
    pub email: String,
    pub password: Password,
    pub language: Language,
    /// As the browser tells it, where it does; an unknown one is replaced by the language's usual one.
    #[serde(default)]
    pub time_zone: String,
    /// The code of the currency in which prices were looked at; an unknown one is replaced by the language's usual one.
    #[serde(default)]
    pub currency: String,
    /// The browser's own words, for the list of sessions.
    #[serde(default)]
    pub user_agent: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    pub realm: Realm,
    pub email: String,
    pub password: Password,
    #[serde(default)]
    pub user_agent: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetPassword {
    /// From the link.
    pub token: String,
    pub password: Password,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePassword {
    pub current: Password,
    pub new: Password,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteMember {
    pub email: String,
    /// A role's code.
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptInvitation {
    /// From the link.
    pub token: String,
    /// Asked of those who are new.
    #[serde(default)]
    pub name: String,
    /// New for those who are new, their own for those who have an account; not looked at when they are signed in.
    #[serde(default)]
    pub password: Password,
    #[serde(default)]
    pub user_agent: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateMe {
    pub name: String,
    pub language: Language,
    pub theme: crate::organisation::Theme,
}

/// A staff account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateOperator {
    pub email: String,
    pub name: String,
    /// A staff role's code.
    pub role: String,
    /// Where absent, the answer holds a link to choose one.
    pub password: Option<Password>,
    pub language: Language,
}

/// An organisation that an operator makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateTenant {
    pub slug: String,
    pub name: String,
    pub owner_email: String,
    /// Empty: the part of the address before the `@`.
    #[serde(default)]
    pub owner_name: String,
    /// Where absent, the answer holds a link to choose one.
    pub owner_password: Option<Password>,
    pub language: Language,
    /// Empty: as usual for the language.
    #[serde(default)]
    pub currency: String,
    #[serde(default)]
    pub time_zone: String,
    /// Empty: chosen during onboarding.
    #[serde(default)]
    pub tier: String,
}
