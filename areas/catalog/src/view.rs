//! What pages and the REST interface show of the catalog.

use crate::{DraftFinding, Interval, Offering, Plan, Text, Version, VersionState};
use kernel::{Currency, Money, OfferingId, Timestamp, VersionId};
use serde::{Deserialize, Serialize};

/// One offering in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferingCard {
    pub id: OfferingId,
    pub slug: String,
    pub name: Text,
    pub category: String,
    pub summary: Text,
    pub driver: Option<String>,
    pub plans: usize,
    /// The cheapest plan's fee for a month in each currency it is sold in.
    pub from: Vec<Money>,
}

/// A plan with the fees of a whole term that the comparison shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCard {
    pub plan: Plan,
    pub fees: Vec<(Currency, Interval, Money)>,
}

impl PlanCard {
    pub fn new(plan: Plan) -> Self {
        let fees = Currency::ALL
            .into_iter()
            .flat_map(|currency| Interval::ALL.into_iter().map(move |interval| (currency, interval)))
            .filter_map(|(currency, interval)| {
                let fee = plan.terms.fee(currency, interval)?;
                Money::round_half_up(fee, currency).ok().map(|money| (currency, interval, money))
            })
            .collect();
        Self { plan, fees }
    }

    pub fn fee(&self, currency: Currency, interval: Interval) -> Option<Money> {
        self.fees.iter().find(|(c, i, _)| *c == currency && *i == interval).map(|(_, _, money)| *money)
    }
}

/// One offering with the plans of its newest published version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferingView {
    pub offering: Offering,
    pub version: VersionId,
    pub version_number: i32,
    pub plans: Vec<PlanCard>,
}

impl OfferingView {
    /// The plan of that code; the first where none is named or none has it.
    pub fn plan_or_first(&self, code: Option<&str>) -> Option<&PlanCard> {
        let named = code.and_then(|code| self.plans.iter().find(|card| card.plan.terms.code == code));
        named.or(self.plans.first())
    }

    pub fn card(&self) -> OfferingCard {
        let from = Currency::ALL
            .into_iter()
            .filter_map(|currency| self.plans.iter().filter_map(|plan| plan.fee(currency, Interval::Monthly)).min())
            .collect();
        OfferingCard {
            id: self.offering.id,
            slug: self.offering.slug.clone(),
            name: self.offering.name.clone(),
            category: self.offering.category.clone(),
            summary: self.offering.summary.clone(),
            driver: self.offering.driver.clone(),
            plans: self.plans.len(),
            from,
        }
    }
}

/// One version in the editor's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionSummary {
    pub id: VersionId,
    pub number: i32,
    pub state: VersionState,
    pub published_at: Option<Timestamp>,
    pub plans: usize,
}

/// One offering in the staff's list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StaffOffering {
    pub offering: Offering,
    pub versions: Vec<VersionSummary>,
}

/// One offering in the editor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditorView {
    pub offering: Offering,
    pub versions: Vec<VersionSummary>,
    pub published: Option<Version>,
    pub draft: Option<Version>,
    /// What stands in the draft's way, and what to think about.
    pub findings: Vec<DraftFinding>,
}
