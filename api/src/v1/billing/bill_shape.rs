//! Bills with their lines, taxes and derivations as REST shows them: of quotes and invoices alike.

use crate::v1::shape::{Amount, Localized};
use billing::{
    derivation::Derivation,
    invoice::{self, TaxTotal},
    periods,
    view::QuoteView,
};
use kernel::{Date, LineId, Money, PlanId, SubscriptionId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Days, from `start` to the day before `end`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Period {
    #[schema(value_type = String, format = Date, example = "2026-01-15")]
    pub start: Date,
    /// The first day that no longer belongs to it.
    #[schema(value_type = String, format = Date, example = "2026-02-15")]
    pub end: Date,
}

/// The exact price, by the calculator that charges.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quote {
    #[schema(value_type = String, pattern = "^pln_[0-9a-z]{26}$")]
    pub plan: PlanId,
    pub title: Localized,
    #[schema(example = "monthly")]
    pub interval: String,
    #[schema(example = "USD")]
    pub currency: String,
    /// The trial that comes first.
    pub trial_days: u16,
    /// The days that `today` is for: up to the next anchor day.
    pub today_period: Period,
    /// What beginning today costs.
    pub today: Bill,
    /// What every whole term costs with the expected usage.
    pub each_term: Bill,
}

/// Lines with their totals.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bill {
    pub lines: Vec<BillLine>,
    pub subtotal: Amount,
    pub discount: Amount,
    pub taxes: Vec<Tax>,
    pub tax: Amount,
    pub total: Amount,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BillLine {
    /// Of an invoice's line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^lin_[0-9a-z]{26}$")]
    pub id: Option<LineId>,
    /// `fee`, `one_time`, `usage`, `minimum`, `credit` or `late`.
    #[schema(example = "fee")]
    pub kind: String,
    #[schema(value_type = Option<String>, pattern = "^sub_[0-9a-z]{26}$")]
    pub subscription: Option<SubscriptionId>,
    /// Offering and plan.
    pub title: Localized,
    /// Which part of it.
    pub part: Localized,
    pub unit: Localized,
    pub period: Period,
    /// Metered units, as a decimal.
    pub quantity: Option<String>,
    /// Before discount and tax.
    pub amount: Amount,
    /// Zero or more, to be taken off.
    pub discount: Amount,
    pub tax: Amount,
    /// How the amount came to be, step by step, exact until the last step rounds. Every step names itself in `step`.
    #[schema(value_type = Vec<Object>)]
    pub derivation: Vec<Value>,
}

/// One tax over all its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tax {
    #[schema(example = "PPN")]
    pub name: String,
    /// The rate in law, in per cent.
    #[schema(example = "12")]
    pub rate: String,
    /// What it comes to on the whole price, in per cent.
    #[schema(example = "11")]
    pub effective_rate: String,
    /// The price that is taxed.
    pub price: Amount,
    pub amount: Amount,
}

impl From<periods::Period> for Period {
    fn from(period: periods::Period) -> Self {
        Self { start: period.start, end: period.end }
    }
}

pub(super) fn steps(derivation: &Derivation) -> Vec<Value> {
    let written = derivation.0.iter().map(|step| serde_json::to_value(step).expect("steps serialise"));
    written
        .map(|mut step| {
            write_amounts(&mut step);
            step
        })
        .collect()
}

/// Money within steps, as all amounts are written here.
fn write_amounts(value: &mut Value) {
    if let Ok(money) = serde_json::from_value::<Money>(value.clone()) {
        *value = serde_json::to_value(Amount::from(money)).expect("amounts serialise");
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(write_amounts),
        Value::Object(fields) => fields.values_mut().for_each(write_amounts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl BillLine {
    pub(super) fn new(id: Option<LineId>, line: invoice::Line) -> Self {
        let draft = line.draft;
        Self {
            id,
            kind: draft.kind.code().to_owned(),
            subscription: draft.subscription,
            title: draft.title.into(),
            part: draft.part.into(),
            unit: draft.unit.into(),
            period: draft.period.into(),
            quantity: draft.quantity.map(|quantity| quantity.normalize().to_string()),
            amount: draft.amount.into(),
            discount: line.discount.into(),
            tax: line.tax_amount.into(),
            derivation: steps(&draft.derivation),
        }
    }
}

impl From<invoice::Draft> for Bill {
    fn from(draft: invoice::Draft) -> Self {
        Self {
            lines: draft.lines.into_iter().map(|line| BillLine::new(None, line)).collect(),
            subtotal: draft.subtotal.into(),
            discount: draft.discount.into(),
            taxes: draft.taxes.into_iter().map(Tax::from).collect(),
            tax: draft.tax.into(),
            total: draft.total.into(),
        }
    }
}

impl From<TaxTotal> for Tax {
    fn from(total: TaxTotal) -> Self {
        Self {
            rate: total.rule.rate.normalize().to_string(),
            effective_rate: total.rule.effective_rate().normalize().to_string(),
            name: total.rule.name,
            price: total.price.into(),
            amount: total.amount.into(),
        }
    }
}

impl From<QuoteView> for Quote {
    fn from(view: QuoteView) -> Self {
        Self {
            plan: view.plan,
            title: view.title.into(),
            interval: view.interval.code().to_owned(),
            currency: view.currency.code().to_owned(),
            trial_days: view.trial_days,
            today_period: view.today_period.into(),
            today: view.today.into(),
            each_term: view.each_term.into(),
        }
    }
}
