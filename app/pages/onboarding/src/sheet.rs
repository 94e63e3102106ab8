//! What one view of the wizard shows: where the organisation stands, and the facts of the step that is looked at.

use billing::{invoice::Draft, view::QuoteView};
use catalog::{Interval, OfferingCard, Text};
use identity::view::{Organisation, Team};
use kernel::{Date, Money, PlanId};
use onboarding::{Journey, Step, Wish};
use provisioning::view::InstanceRow;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    pub journey: Journey,
    pub part: Part,
}

/// The step that is looked at, with what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Part {
    Profile { organisation: Box<Organisation>, time_zones: Vec<String> },
    Tier { organisation: Box<Organisation>, tiers: Vec<TierOffer>, wish: Option<Wish> },
    Service { offerings: Vec<OfferingCard>, services: Vec<InstanceRow> },
    /// Without the team for those who may not see it.
    Colleague { team: Option<Team> },
    /// Nothing is open any more.
    Over,
}

impl Part {
    pub const fn step(&self) -> Option<Step> {
        match self {
            Self::Profile { .. } => Some(Step::Profile),
            Self::Tier { .. } => Some(Step::Tier),
            Self::Service { .. } => Some(Step::Service),
            Self::Colleague { .. } => Some(Step::Colleague),
            Self::Over => None,
        }
    }
}

/// One tier with its exact prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierOffer {
    pub plan: PlanId,
    /// `STARTER`, `PROFESSIONAL`, `ENTERPRISE`.
    pub code: String,
    pub name: Text,
    pub tagline: Text,
    pub features: Vec<Text>,
    /// One for each term in which it is sold in the organisation's currency.
    pub prices: Vec<TierPrice>,
}

impl TierOffer {
    pub fn price(&self, interval: Interval) -> Option<&TierPrice> {
        self.prices.iter().find(|price| price.interval == interval)
    }
}

/// What a tier costs, by the calculator that charges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierPrice {
    pub interval: Interval,
    /// What beginning today puts on the first invoice.
    pub today: Bill,
    /// The last day that the first invoice is for.
    pub today_until: Date,
    /// Days that cost nothing, before anything is invoiced.
    pub trial_days: u16,
    /// Each whole term after that.
    pub each: Bill,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub lines: Vec<(Text, Money)>,
    pub subtotal: Money,
    /// The tax as invoices name it.
    pub taxes: Vec<(String, Money)>,
    pub total: Money,
}

impl From<QuoteView> for TierPrice {
    fn from(quote: QuoteView) -> Self {
        Self {
            interval: quote.interval,
            today: (&quote.today).into(),
            today_until: quote.today_period.end.plus_days(-1),
            trial_days: quote.trial_days,
            each: (&quote.each_term).into(),
        }
    }
}

impl From<&Draft> for Bill {
    fn from(draft: &Draft) -> Self {
        Self {
            lines: draft.lines.iter().map(|line| (line.draft.part.clone(), line.draft.amount)).collect(),
            subtotal: draft.subtotal,
            taxes: draft.taxes.iter().map(|tax| (tax.rule.name.clone(), tax.amount)).collect(),
            total: draft.total,
        }
    }
}
