//! How long somebody stays signed in, and by which door they came.

use serde::{Deserialize, Serialize};
use std::{str::FromStr, time::Duration};

/// Tenants' people and the provider's staff come in by doors of their own: a session of one never serves the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    Tenant,
    Staff,
}

/// The text names no door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of tenant, staff")]
pub struct UnknownRealm(pub String);

impl Realm {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Staff => "staff",
        }
    }

    /// From sign-in to when one must sign in again, used or not.
    pub const fn lifetime(self) -> Duration {
        const DAY: u64 = 24 * 60 * 60;
        match self {
            Self::Tenant => Duration::from_secs(30 * DAY),
            Self::Staff => Duration::from_secs(DAY / 2),
        }
    }
}

impl FromStr for Realm {
    type Err = UnknownRealm;

    fn from_str(text: &str) -> Result<Self, UnknownRealm> {
        match text {
            "tenant" => Ok(Self::Tenant),
            "staff" => Ok(Self::Staff),
            _ => Err(UnknownRealm(text.chars().take(16).collect())),
        }
    }
}

/// What became of a session since a connection was opened in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Open, in the organisation where it was.
    Here,
    /// Open, but in another organisation now, or its person is no longer a member of this one or has another role in it.
    Moved,
    /// Ended or expired.
    Gone,
}

/// How exactly the last use of a session is known.
pub const SEEN_EVERY: Duration = Duration::from_secs(60);
/// How long a link to confirm an address works.
pub const VERIFY_EMAIL_FOR: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// How long a link to choose a password works.
pub const RESET_PASSWORD_FOR: Duration = Duration::from_secs(60 * 60);
/// How long the first link works that an operator's new account is given.
pub const FIRST_PASSWORD_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long an invitation stands.
pub const INVITATION_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long ended sessions, used links and old tallies are kept.
pub const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
