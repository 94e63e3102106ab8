//! How a part of a plan is priced: charge models with their tiers, aggregations of meters, price components.
//!
//! Amounts are decimals in major units of the price's currency. Quantities are never rounded; the one rounding point
//! is the invoice line, in billing.

use crate::Text;
use kernel::{ComponentId, Currency};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long one term of a subscription lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    Monthly,
    Quarterly,
    Annual,
}

impl Interval {
    pub const ALL: [Self; 3] = [Self::Monthly, Self::Quarterly, Self::Annual];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Annual => "annual",
        }
    }

    pub const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::Annual => 12,
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interval| interval.code() == text)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One step of a price that depends on quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Last quantity that belongs to this tier, inclusive; decimals allowed. `None`: all above.
    pub up_to: Option<Decimal>,
    /// For one unit, or for one started block where `block` is set.
    pub unit_price: Decimal,
    /// Charged once when the tier is reached at all.
    #[serde(default)]
    pub flat: Decimal,
    /// Units sold together: a started block is a whole one.
    #[serde(default)]
    pub block: Option<Decimal>,
}

/// One step of a percentage that depends on the amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PercentageTier {
    /// Inclusive upper amount; `None`: all above.
    pub up_to: Option<Decimal>,
    /// In percent: `5` is five percent.
    pub rate: Decimal,
    #[serde(default)]
    pub flat: Decimal,
}

/// How a quantity becomes an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum ChargeModel {
    /// The same amount whatever the quantity.
    Flat { amount: Decimal },
    PerUnit { unit_price: Decimal },
    /// Each unit at the price of the tier that it falls in.
    Graduated { tiers: Vec<Tier> },
    /// Every unit at the price of the tier that the whole quantity falls in.
    Volume { tiers: Vec<Tier> },
    /// Started packages of `size` units.
    Package { size: Decimal, price: Decimal },
    /// A share of each event's amount and a fixed fee for each event that is not free.
    Percentage {
        /// In percent.
        rate: Decimal,
        #[serde(default)]
        fixed: Decimal,
        /// Events of a period that cost nothing, first come first free.
        #[serde(default)]
        free_events: u64,
        /// Amount of a period that costs nothing.
        #[serde(default)]
        free_amount: Decimal,
    },
    GraduatedPercentage { tiers: Vec<PercentageTier> },
}

impl ChargeModel {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Flat { .. } => "flat",
            Self::PerUnit { .. } => "per_unit",
            Self::Graduated { .. } => "graduated",
            Self::Volume { .. } => "volume",
            Self::Package { .. } => "package",
            Self::Percentage { .. } => "percentage",
            Self::GraduatedPercentage { .. } => "graduated_percentage",
        }
    }

    /// How much the first step gives away, where it costs nothing.
    pub fn free_step(&self) -> Decimal {
        match self {
            Self::Graduated { tiers } => tiers.first().filter(|tier| tier.unit_price.is_zero() && tier.flat.is_zero()).and_then(|tier| tier.up_to).unwrap_or_default(),
            Self::Flat { .. } | Self::PerUnit { .. } | Self::Volume { .. } | Self::Package { .. } | Self::Percentage { .. } | Self::GraduatedPercentage { .. } => Decimal::ZERO,
        }
    }

    /// Whether the amount of each single event is needed, not only their sum.
    pub const fn needs_each_event(&self) -> bool {
        matches!(self, Self::Percentage { .. })
    }
}

/// How the events of a meter become one quantity per period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    Sum,
    Count,
    /// How many different values were seen.
    UniqueCount,
    Max,
    Latest,
    /// Each value holds until the next one; value × hours.
    TimeWeightedSum,
}

impl Aggregation {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Count => "count",
            Self::UniqueCount => "unique_count",
            Self::Max => "max",
            Self::Latest => "latest",
            Self::TimeWeightedSum => "time_weighted_sum",
        }
    }
}

/// What a component charges for and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Basis {
    /// A fee for each term, billed in advance and prorated.
    Recurring,
    /// A fee for beginning, billed once and never prorated.
    OneTime,
    /// What a meter counted in the term, billed in arrears.
    Usage {
        meter: String,
        aggregation: Aggregation,
        /// Quantity of each term that the plan's fee covers.
        #[serde(default)]
        included: Decimal,
    },
}

/// The price of a component in one currency for one length of term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub currency: Currency,
    pub interval: Interval,
    pub charge: ChargeModel,
    /// The least that a whole term costs, prorated for a part of one.
    #[serde(default)]
    pub minimum: Option<Decimal>,
    /// The most that a whole term costs.
    #[serde(default)]
    pub maximum: Option<Decimal>,
}

/// A priced part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    pub id: ComponentId,
    /// Stable within the plan and across versions: `fee`, `storage`.
    pub code: String,
    pub name: Text,
    /// What one unit is called: `GB-hour`, `1,000 checks`.
    pub unit: Text,
    #[serde(flatten)]
    pub basis: Basis,
    pub prices: Vec<Price>,
}

impl Component {
    pub fn price(&self, currency: Currency, interval: Interval) -> Option<&Price> {
        self.prices.iter().find(|price| price.currency == currency && price.interval == interval)
    }

    pub fn meter(&self) -> Option<&str> {
        match &self.basis {
            Basis::Usage { meter, .. } => Some(meter),
            Basis::Recurring | Basis::OneTime => None,
        }
    }
}
