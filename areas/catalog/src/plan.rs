//! A plan: what a customer chooses within an offering, with its terms, limits and the shape of its configuration.

use crate::{Basis, ChargeModel, Component, Interval, Price, Text};
use kernel::{Currency, OfferingId, PlanId, VersionId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How a part of a term is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// Calendar days of the actual term: 20/31.
    #[default]
    Days,
    /// Every month has 30 days.
    #[serde(rename = "fixed30")]
    Fixed30,
    Seconds,
}

/// When a change of plan takes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeTiming {
    Now,
    EndOfTerm,
}

/// What a plan promises and asks; never changes once its version is published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// Stable across versions: `standard`.
    pub code: String,
    pub name: Text,
    pub tagline: Text,
    /// Short sentences for the comparison.
    pub features: Vec<Text>,
    /// Named numbers that drivers and entitlements obey: `storage_gb`, `checks`, `seats`. −1 stands for no limit.
    pub limits: BTreeMap<String, i64>,
    pub components: Vec<Component>,
    #[serde(default)]
    pub trial_days: u16,
    #[serde(default)]
    pub proration: Proration,
    pub upgrade: ChangeTiming,
    pub downgrade: ChangeTiming,
    /// JSON Schema of an instance's configuration, from which the order form is drawn.
    pub config_schema: Value,
}

impl PlanTerms {
    pub const UNLIMITED: i64 = -1;

    /// Terms in which this plan is sold in a currency: those for which every recurring fee has a price.
    pub fn intervals(&self, currency: Currency) -> Vec<Interval> {
        Interval::ALL.into_iter().filter(|interval| self.sold_in(currency, *interval)).collect()
    }

    pub fn sold_in(&self, currency: Currency, interval: Interval) -> bool {
        !self.components.is_empty() && self.components.iter().all(|component| component.price(currency, interval).is_some())
    }

    /// The recurring fees of one whole term at quantity one, in major units. `None` where it is not sold.
    pub fn fee(&self, currency: Currency, interval: Interval) -> Option<Decimal> {
        if !self.sold_in(currency, interval) {
            return None;
        }
        let fees = self.components.iter().filter(|component| component.basis == Basis::Recurring);
        Some(fees.filter_map(|component| component.price(currency, interval)).map(whole_fee).sum())
    }

    /// The recurring fee per month, for telling an upgrade from a downgrade.
    pub fn fee_per_month(&self, currency: Currency, interval: Interval) -> Option<Decimal> {
        self.fee(currency, interval).map(|fee| fee / Decimal::from(interval.months()))
    }

    pub fn limit(&self, name: &str) -> Option<i64> {
        self.limits.get(name).copied()
    }

    pub fn component_for_meter(&self, meter: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.meter() == Some(meter))
    }
}

/// Of one, no less than its least and no more than its most.
fn whole_fee(price: &Price) -> Decimal {
    let fee = at_quantity_one(&price.charge);
    let fee = price.minimum.map_or(fee, |minimum| fee.max(minimum));
    price.maximum.map_or(fee, |maximum| fee.min(maximum))
}

fn at_quantity_one(charge: &ChargeModel) -> Decimal {
    match charge {
        ChargeModel::Flat { amount } => *amount,
        ChargeModel::PerUnit { unit_price } => *unit_price,
        ChargeModel::Package { price, .. } => *price,
        ChargeModel::Graduated { tiers } | ChargeModel::Volume { tiers } => {
            tiers.first().map(|tier| tier.unit_price + tier.flat).unwrap_or_default()
        }
        ChargeModel::Percentage { fixed, .. } => *fixed,
        ChargeModel::GraduatedPercentage { tiers } => tiers.first().map(|tier| tier.flat).unwrap_or_default(),
    }
}

/// A plan where it stands in the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub id: PlanId,
    pub offering: OfferingId,
    pub offering_slug: String,
    pub offering_name: Text,
    pub version: VersionId,
    /// Which driver runs its instances; `None` for the platform's own tiers.
    pub driver: Option<String>,
    pub terms: PlanTerms,
}
