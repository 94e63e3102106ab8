//! Offerings and their versions: what is sold, and how far its description has been settled.

use crate::{Plan, Text};
use kernel::{OfferingId, Timestamp, VersionId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The slug of the built-in offering whose plans are the platform's tiers.
pub const PLATFORM: &str = "platform";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferingState {
    /// Being written; nobody sees it.
    Draft,
    /// Shown and sold.
    Active,
    /// Runs on for those who have it; not sold.
    Paused,
    /// Withdrawn; runs on for those who have it, until they leave.
    Archived,
}

impl OfferingState {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Active, Self::Paused, Self::Archived].into_iter().find(|state| state.code() == text)
    }
}

impl fmt::Display for OfferingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    Draft,
    Published,
}

impl VersionState {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Published].into_iter().find(|state| state.code() == text)
    }
}

/// A service in the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offering {
    pub id: OfferingId,
    /// In addresses: `managed-postgresql`.
    pub slug: String,
    pub name: Text,
    /// `database`, `monitoring`, `platform`.
    pub category: String,
    pub summary: Text,
    pub description: Text,
    pub driver: Option<String>,
    pub state: OfferingState,
}

/// One state of an offering's plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub id: VersionId,
    pub number: i32,
    pub state: VersionState,
    pub published_at: Option<Timestamp>,
    /// In the order in which they are compared.
    pub plans: Vec<Plan>,
}
