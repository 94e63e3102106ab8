//! What the tabs of a service's page show and send.

use billing::view::ChangePreview;
use catalog::{Interval, Plan, PlanCard};
use charts::{ChartData, ResponseSheet};
use kernel::Money;
use kit::form::schema::Typed;
use monitoring::view::CheckView;
use provisioning::view::OperationDetail;
use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "ssr")]
use std::time::Duration;

/// How far back the charts look.
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

    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
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

/// What the live tab shows, by what the service is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LiveSheet {
    Measured(MeasuredSheet),
    Watched(WatchedSheet),
}

/// A service that watches: its checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedSheet {
    pub span: Span,
    /// With response times, those that need a look first.
    pub drawn: Vec<(CheckView, ResponseSheet)>,
    /// How many more there are.
    pub more: usize,
}

/// A service whose backend is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredSheet {
    pub span: Span,
    pub storage: ChartData,
    pub connections: ChartData,
    /// The newest storage in bytes.
    pub storage_now: Option<i64>,
    /// The most connections of the span.
    pub connections_most: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigurationSheet {
    pub current: Plan,
    /// Those on sale, the present one among them while it is sold.
    pub plans: Vec<PlanCard>,
    pub configuration: Value,
    pub name: String,
    /// The plan on sale that is looked at instead of the present one.
    pub other: Option<PlanCard>,
    /// What changing to it would put on an invoice, where the reader may see bills.
    pub change: Option<PlanCost>,
}

/// What changing to another plan would put on an invoice now, and what each term costs afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCost {
    pub preview: ChangePreview,
    pub fee: Option<(Money, Interval)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivitySheet {
    pub operations: Vec<OperationDetail>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigurationForm {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub configuration: Typed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePlanForm {
    pub id: String,
    pub plan: String,
    #[serde(default)]
    pub configuration: Typed,
}
