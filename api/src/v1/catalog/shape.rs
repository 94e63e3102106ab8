//! Offerings, plans and prices as REST shows them.

use crate::v1::shape::{Amount, Localized};
use catalog::{Basis, Component, OfferingView, Plan, PlanCard};
use kernel::{ComponentId, OfferingId, PlanId, VersionId};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Offerings {
    pub data: Vec<Offering>,
}

/// A service on sale, with the plans of its newest published version.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offering {
    #[schema(value_type = String, pattern = "^off_[0-9a-z]{26}$", example = "off_01h455vb4pex5vsknk084sn02q")]
    pub id: OfferingId,
    #[schema(example = "managed-postgresql")]
    pub slug: String,
    pub name: Localized,
    #[schema(example = "database")]
    pub category: String,
    pub summary: Localized,
    pub description: Localized,
    /// What runs its instances; none for the platform's own tiers.
    #[schema(example = "postgresql")]
    pub driver: Option<String>,
    #[schema(value_type = String, pattern = "^ver_[0-9a-z]{26}$", example = "ver_01h455vb4pex5vsknk084sn02q")]
    pub version: VersionId,
    pub plans: Vec<PlanOnSale>,
}

impl Offering {
    /// Whether a word of it holds `wanted`, which is in lower case.
    pub fn mentions(&self, wanted: &str) -> bool {
        [&self.name, &self.summary].into_iter().flat_map(|text| [&text.en, &text.id]).any(|text| text.to_lowercase().contains(wanted))
    }
}

impl From<OfferingView> for Offering {
    fn from(view: OfferingView) -> Self {
        let offering = view.offering;
        Self {
            id: offering.id,
            slug: offering.slug,
            name: offering.name.into(),
            category: offering.category,
            summary: offering.summary.into(),
            description: offering.description.into(),
            driver: offering.driver,
            version: view.version,
            plans: view.plans.into_iter().map(PlanOnSale::from).collect(),
        }
    }
}

/// What a customer chooses within an offering.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanOnSale {
    #[schema(value_type = String, pattern = "^pln_[0-9a-z]{26}$", example = "pln_01h455vb4pex5vsknk084sn02q")]
    pub id: PlanId,
    /// Stable across versions.
    #[schema(example = "standard")]
    pub code: String,
    pub name: Localized,
    pub tagline: Localized,
    pub features: Vec<Localized>,
    /// Named numbers that its instances obey; −1 stands for no limit.
    pub limits: BTreeMap<String, i64>,
    pub trial_days: u16,
    /// The recurring fees of a whole term.
    pub fees: Vec<Fee>,
    pub components: Vec<PricedPart>,
    /// JSON Schema (2020-12) of an instance's configuration.
    #[schema(value_type = Object)]
    pub configuration_schema: Value,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Fee {
    /// `monthly`, `quarterly` or `annual`.
    #[schema(example = "monthly")]
    pub interval: String,
    pub fee: Amount,
}

/// A part of a plan that has prices of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct PricedPart {
    #[schema(value_type = String, pattern = "^cmp_[0-9a-z]{26}$", example = "cmp_01h455vb4pex5vsknk084sn02q")]
    pub id: ComponentId,
    #[schema(example = "storage")]
    pub code: String,
    pub name: Localized,
    pub unit: Localized,
    /// `recurring`, `one_time` or `usage`.
    #[schema(example = "usage")]
    pub basis: String,
    /// What is counted, for usage.
    #[schema(example = "storage_gb_hours")]
    pub meter: Option<String>,
    /// How it is counted: `sum`, `max`, `time_weighted_sum` and others.
    pub aggregation: Option<String>,
    /// Quantity of each term that the fee covers, as a decimal.
    pub included: Option<String>,
    pub prices: Vec<PartPrice>,
}

/// The price of a part in one currency for one length of term.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartPrice {
    #[schema(example = "USD")]
    pub currency: String,
    #[schema(example = "monthly")]
    pub interval: String,
    /// `model` and what belongs to it: `flat` has `amount`; `per_unit` has `unit_price`; `graduated` and `volume` have
    /// `tiers`; `package` has `size` and `price`. Numbers are decimals in major units, as texts.
    #[schema(value_type = Object)]
    pub charge: Value,
    pub minimum: Option<String>,
    pub maximum: Option<String>,
}

impl From<PlanCard> for PlanOnSale {
    fn from(card: PlanCard) -> Self {
        let fees = card.fees.iter().map(|(_, interval, fee)| Fee { interval: interval.code().to_owned(), fee: (*fee).into() }).collect();
        let Plan { id, terms, .. } = card.plan;
        Self {
            id,
            code: terms.code,
            name: terms.name.into(),
            tagline: terms.tagline.into(),
            features: terms.features.into_iter().map(Localized::from).collect(),
            limits: terms.limits,
            trial_days: terms.trial_days,
            fees,
            components: terms.components.into_iter().map(PricedPart::from).collect(),
            configuration_schema: terms.config_schema,
        }
    }
}

impl From<Component> for PricedPart {
    fn from(component: Component) -> Self {
        let (basis, meter, aggregation, included) = match component.basis {
            Basis::Recurring => ("recurring", None, None, None),
            Basis::OneTime => ("one_time", None, None, None),
            Basis::Usage { meter, aggregation, included } => ("usage", Some(meter), Some(aggregation.code().to_owned()), Some(included.to_string())),
        };
        Self {
            id: component.id,
            code: component.code,
            name: component.name.into(),
            unit: component.unit.into(),
            basis: basis.to_owned(),
            meter,
            aggregation,
            included,
            prices: component
                .prices
                .into_iter()
                .map(|price| PartPrice {
                    currency: price.currency.code().to_owned(),
                    interval: price.interval.code().to_owned(),
                    charge: serde_json::to_value(&price.charge).expect("charge models serialise"),
                    minimum: price.minimum.map(|amount| amount.to_string()),
                    maximum: price.maximum.map(|amount| amount.to_string()),
                })
                .collect(),
        }
    }
}
