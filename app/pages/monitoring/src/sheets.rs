//! What the pages of monitoring show.

use charts::ResponseSheet;
use kernel::{CheckId, Page};
use monitoring::{
    check::Status,
    view::{CheckDetail, CheckView, DayBar, IncidentView, MaintenanceView, Overview, SampleView},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
#[cfg(feature = "ssr")]
use std::time::Duration;

/// How far back the response times look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    #[default]
    Day,
    Week,
    Month,
}

impl Span {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// As it stands in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.code() == text)
    }

    #[cfg(feature = "ssr")]
    pub const fn length(self) -> Duration {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
        };
        Duration::from_secs(days * 24 * 3600)
    }
}

/// How many checks are in which state, and what is open: the answer to "is everything all right".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The worst of all that are not paused; none without checks.
    pub worst: Option<Status>,
    pub up: usize,
    pub degraded: usize,
    pub down: usize,
    pub unknown: usize,
    pub paused: usize,
    pub open_incidents: Vec<IncidentView>,
}

impl From<&Overview> for Summary {
    fn from(overview: &Overview) -> Self {
        Self {
            worst: overview.worst,
            up: overview.up,
            degraded: overview.degraded,
            down: overview.down,
            unknown: overview.unknown,
            paused: overview.checks.iter().filter(|check| check.paused).count(),
            open_incidents: overview.open_incidents.clone(),
        }
    }
}

/// One check of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardRow {
    pub check: CheckView,
    /// 90 days, the oldest first.
    pub days: Vec<DayBar>,
}

/// The list of checks as it was sought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub summary: Summary,
    /// Every check of the organisation, shown or not.
    pub known: Vec<CheckId>,
    pub page: Page<BoardRow>,
}

/// One check with everything that its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckSheet {
    pub detail: CheckDetail,
    pub span: Span,
    pub response: ResponseSheet,
    pub samples: Page<SampleView>,
    /// Whether the results begin at the newest.
    pub newest: bool,
}

/// Planned maintenance, and what its form begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaintenanceSheet {
    pub list: Vec<MaintenanceView>,
    /// All that are watched, with their names.
    pub checks: Vec<(CheckId, String)>,
    /// By the organisation's clocks: `2026-11-25T22:00`.
    pub starts_at: String,
    pub ends_at: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaintenanceForm {
    pub starts_at: String,
    pub ends_at: String,
    #[serde(default)]
    pub words: String,
    /// Ids of checks that were ticked, or `all`.
    #[serde(default)]
    pub checks: BTreeMap<String, String>,
}
