//! How an amount came to be, step by step: written by the calculator while it calculates, shown to the customer, and
//! replayed to the cent.

use crate::proration::Fraction;
use catalog::Aggregation;
use kernel::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One step. Amounts are decimals in major units, exact until the last step rounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// What the meter counted; `events` of them.
    Metered { meter: String, aggregation: Aggregation, events: u64, quantity: Decimal },
    /// What of the quantity that a whole term's fee covers belongs to a part of it.
    IncludedPart { whole: Decimal, fraction: Fraction, included: Decimal },
    /// What the plan's fee covers, and what is left to charge for.
    Included { included: Decimal, billable: Decimal },
    Flat { amount: Decimal },
    Units { quantity: Decimal, unit_price: Decimal, amount: Decimal },
    /// Quantity above `from` up to and with `up_to`; with a block, started blocks are whole.
    Tier { from: Decimal, up_to: Option<Decimal>, quantity: Decimal, block: Option<Decimal>, unit_price: Decimal, flat: Decimal, amount: Decimal },
    Package { quantity: Decimal, size: Decimal, packages: Decimal, price: Decimal, amount: Decimal },
    /// `rate` percent of `base`, and `flat` once.
    Percentage { base: Decimal, rate: Decimal, flat: Decimal, amount: Decimal },
    /// A fixed fee for each event that is not free.
    EventFees { events: u64, fixed: Decimal, amount: Decimal },
    /// What so many units of a recurring part cost together.
    Seats { quantity: Decimal },
    /// The part of the term that is charged; applies to everything so far.
    Prorated { fraction: Fraction },
    /// What of the least that a whole term costs belongs to a part of it.
    MinimumPart { whole: Decimal, fraction: Fraction, minimum: Decimal },
    /// What is missing to the least that the term costs; `so_far` was charged by other lines.
    Minimum { minimum: Decimal, so_far: Decimal, amount: Decimal },
    /// What is above the most that the term costs; `so_far` was charged before.
    Maximum { maximum: Decimal, so_far: Decimal, amount: Decimal },
    /// An earlier invoice charged this for the same term.
    AlreadyBilled { amount: Decimal },
    /// Given back instead of charged.
    Credit,
    /// No more is given back than was paid net of adjustments.
    CreditCap { cap: Decimal },
    /// The one rounding of the line: half away from zero to the currency's minor unit.
    Rounded { exact: Decimal, rounded: Money },
}

/// The steps of one line in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Derivation(pub Vec<Step>);

/// A derivation that does not lead to the amount it claims, and at which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("step {step} of the derivation does not follow")]
pub struct DoesNotFollow {
    pub step: usize,
}

impl Derivation {
    /// The metered quantity that the line is for.
    pub fn metered(&self) -> Option<Decimal> {
        self.0.iter().find_map(|step| match step {
            Step::Metered { quantity, .. } => Some(*quantity),
            _ => None,
        })
    }

    /// Calculates again from what the steps say and answers the rounded amount, or the step that does not follow.
    pub fn replay(&self) -> Result<Money, DoesNotFollow> {
        let mut running = Decimal::ZERO;
        let mut left = None;
        for (step, what) in self.0.iter().enumerate() {
            let wrong = DoesNotFollow { step };
            if !charges_what_is_left(&mut left, what) {
                return Err(wrong);
            }
            match follow(running, what).ok_or(wrong)? {
                Followed::Running(next) => running = next,
                Followed::Rounded(money) => return if step + 1 == self.0.len() { Ok(money) } else { Err(wrong) },
            }
        }
        Err(DoesNotFollow { step: self.0.len() })
    }
}

enum Followed {
    Running(Decimal),
    Rounded(Money),
}

/// The quantity that is left to charge for.
#[derive(Clone, Copy)]
enum Left {
    /// All of what was metered.
    Metered(Decimal),
    /// What the fee does not cover.
    Uncovered(Decimal),
}

/// Whether a step charges for the quantity that the steps before it leave.
fn charges_what_is_left(left: &mut Option<Left>, step: &Step) -> bool {
    let quantity_left = left.map(|left| match left {
        Left::Metered(quantity) | Left::Uncovered(quantity) => quantity,
    });
    match (step, *left) {
        (Step::Metered { quantity, .. }, _) => *left = Some(Left::Metered(*quantity)),
        (Step::Included { included, billable }, _) => {
            *left = Some(Left::Uncovered(*billable));
            return quantity_left.is_none_or(|metered| metered.checked_sub(*included).is_some_and(|rest| rest.max(Decimal::ZERO) == *billable));
        }
        (Step::Units { quantity, .. } | Step::Package { quantity, .. }, Some(_)) => return quantity_left == Some(*quantity),
        (Step::Tier { from, quantity, .. }, Some(_)) => return quantity_left.is_some_and(|left| (*quantity).max(*from) <= left),
        // A meter may count events whose amounts are charged for; what a fee covers is an amount.
        (Step::Percentage { base, .. }, Some(Left::Uncovered(left))) => return *base <= left,
        _ => {}
    }
    true
}

/// What the running amount is after a step; `None` where the step's own amount does not follow from its parts.
fn follow(running: Decimal, step: &Step) -> Option<Followed> {
    let plus = |amount: Decimal, follows: Option<Decimal>| (follows? == amount).then(|| running.checked_add(amount)).flatten();
    let next = match step {
        Step::Metered { .. } => running,
        Step::IncludedPart { whole, fraction, included } => (fraction.of(*whole)? == *included).then_some(running)?,
        Step::Included { .. } => running,
        Step::MinimumPart { whole, fraction, minimum } => (fraction.of(*whole)? == *minimum).then_some(running)?,
        Step::Flat { amount } => running.checked_add(*amount)?,
        Step::Units { quantity, unit_price, amount } => plus(*amount, quantity.checked_mul(*unit_price))?,
        Step::Tier { quantity, block, unit_price, flat, amount, .. } => {
            plus(*amount, blocks(*quantity, *block).and_then(|count| count.checked_mul(*unit_price)).and_then(|sum| sum.checked_add(*flat)))?
        }
        Step::Package { quantity, size, packages, price, amount } => {
            (blocks(*quantity, Some(*size))? == *packages).then_some(())?;
            plus(*amount, packages.checked_mul(*price))?
        }
        Step::Percentage { base, rate, flat, amount } => plus(*amount, percent(*base, *rate).and_then(|share| share.checked_add(*flat)))?,
        Step::EventFees { events, fixed, amount } => plus(*amount, Decimal::from(*events).checked_mul(*fixed))?,
        Step::Seats { quantity } => running.checked_mul(*quantity)?,
        Step::Prorated { fraction } => fraction.of(running)?,
        Step::Minimum { minimum, so_far, amount } => plus(*amount, minimum.checked_sub(*so_far)?.checked_sub(running).map(|missing| missing.max(Decimal::ZERO)))?,
        Step::Maximum { maximum, so_far, amount } => plus(*amount, maximum.checked_sub(*so_far)?.max(Decimal::ZERO).checked_sub(running).map(|over| over.min(Decimal::ZERO)))?,
        Step::AlreadyBilled { amount } => running.checked_sub(*amount)?,
        Step::Credit => -running,
        Step::CreditCap { cap } => running.max(-*cap),
        Step::Rounded { exact, rounded } => {
            let again = Money::round_half_up(running, rounded.currency).ok()?;
            return (*exact == running && again == *rounded).then_some(Followed::Rounded(again));
        }
    };
    Some(Followed::Running(next))
}

/// Units, or started blocks of them.
pub(crate) fn blocks(quantity: Decimal, block: Option<Decimal>) -> Option<Decimal> {
    match block {
        None => Some(quantity),
        Some(size) => quantity.checked_div(size).map(|count| count.ceil()),
    }
}

pub(crate) fn percent(base: Decimal, rate: Decimal) -> Option<Decimal> {
    base.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED)
}
