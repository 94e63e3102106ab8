//! What the editor's forms send.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an offering is described.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DescriptionForm {
    /// Empty for a new one.
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub slug: String,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub driver: String,
    #[serde(default)]
    pub name_en: String,
    #[serde(default)]
    pub name_id: String,
    #[serde(default)]
    pub summary_en: String,
    #[serde(default)]
    pub summary_id: String,
    #[serde(default)]
    pub description_en: String,
    #[serde(default)]
    pub description_id: String,
}

/// A plan of the draft, without its priced parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanForm {
    pub offering: String,
    /// The code that it has in the draft; empty for a new one.
    #[serde(default)]
    pub was: String,
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub name_en: String,
    #[serde(default)]
    pub name_id: String,
    #[serde(default)]
    pub tagline_en: String,
    #[serde(default)]
    pub tagline_id: String,
    #[serde(default)]
    pub features: String,
    #[serde(default)]
    pub limits: String,
    #[serde(default)]
    pub trial_days: String,
    #[serde(default)]
    pub proration: String,
    #[serde(default)]
    pub upgrade: String,
    #[serde(default)]
    pub downgrade: String,
    #[serde(default)]
    pub schema: String,
}

/// A priced part of a plan of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PartForm {
    pub offering: String,
    pub plan: String,
    /// The code that it has in the draft; empty for a new one.
    #[serde(default)]
    pub was: String,
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub name_en: String,
    #[serde(default)]
    pub name_id: String,
    #[serde(default)]
    pub unit_en: String,
    #[serde(default)]
    pub unit_id: String,
    #[serde(default)]
    pub basis: String,
    #[serde(default)]
    pub meter: String,
    #[serde(default)]
    pub aggregation: String,
    #[serde(default)]
    pub included: String,
    #[serde(default)]
    pub model: String,
    /// By currency and term: `IDR_monthly`.
    #[serde(default)]
    pub prices: BTreeMap<String, String>,
}

/// What is done to a whole offering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    StartDraft,
    Publish,
    Pause,
    Resume,
    Archive,
}

impl Deed {
    pub const fn code(self) -> &'static str {
        match self {
            Self::StartDraft => "start_draft",
            Self::Publish => "publish",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Archive => "archive",
        }
    }
}
