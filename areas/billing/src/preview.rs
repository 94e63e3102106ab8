//! What a plan costs before it is ordered: the same lines by the same functions that charge.

use crate::{
    charges::{Beginning, CannotCharge, Term, in_advance, in_arrears, title},
    invoice::{DraftLine, assemble},
    periods::{Anchor, Period, Schedule},
    proration::{Fraction, of_days},
    rating::{TooLarge, Usage},
    tax::TaxRegime,
    view::QuoteView,
};
use catalog::{Basis, Interval, Plan};
use kernel::{Currency, Date};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How a subscription begins: its schedule and the days of its first term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    pub anchor: Anchor,
    pub schedule: Schedule,
    /// The first term that is charged, or the trial.
    pub period: Period,
    pub trial: bool,
}

/// Begins on `today`. Without an anchor yet, today becomes it and the first term is a whole one.
pub fn opening(plan: &Plan, interval: Interval, anchor: Option<Anchor>, today: Date) -> Opening {
    let anchor = anchor.unwrap_or(Anchor::of(today));
    let schedule = anchor.schedule(today, interval);
    if plan.terms.trial_days > 0 {
        let period = Period::new(today, today.plus_days(i64::from(plan.terms.trial_days)));
        return Opening { anchor, schedule, period, trial: true };
    }
    Opening { anchor, schedule, period: Period::new(today, schedule.containing(today).end), trial: false }
}

/// What is known of who asks.
#[derive(Debug, Clone)]
pub struct Asker {
    pub currency: Currency,
    pub tax: TaxRegime,
    pub anchor: Option<Anchor>,
    pub today: Date,
}

/// The price of beginning today, and of every whole term with the expected usage.
pub fn quote(plan: &Plan, interval: Interval, asker: &Asker, usage: &BTreeMap<String, Decimal>) -> Result<QuoteView, CannotCharge> {
    if !plan.terms.sold_in(asker.currency, interval) {
        return Err(CannotCharge::NotSold);
    }
    let opening = opening(plan, interval, asker.anchor, asker.today);
    let whole = opening.schedule.containing(asker.today);
    let term = |period: Period, fraction: Fraction| Term {
        subscription: None,
        plan,
        currency: asker.currency,
        interval,
        period,
        fraction,
        seats: Decimal::ONE,
        tax: asker.tax.rule(),
    };
    let today = if opening.trial {
        Vec::new()
    } else {
        let fraction = of_days(plan.terms.proration, opening.period, whole, interval);
        in_advance(&term(opening.period, fraction), Beginning::First)?
    };
    let each = term(whole, Fraction::WHOLE);
    let mut lines = in_advance(&each, Beginning::Later)?;
    for component in &plan.terms.components {
        if let Basis::Usage { meter, .. } = &component.basis {
            let quantity = usage.get(meter).copied().unwrap_or_default().max(Decimal::ZERO);
            lines.extend(in_arrears(&each, component, &Usage::of(quantity), Decimal::ZERO)?.into_iter().filter(worth_showing));
        }
    }
    let base = asker.tax.discounts();
    let put_together = |lines| assemble(asker.currency, lines, &[], base).map_err(|_| CannotCharge::TooLarge(TooLarge));
    Ok(QuoteView {
        plan: plan.id,
        title: title(plan),
        interval,
        currency: asker.currency,
        today: put_together(today)?,
        today_period: opening.period,
        trial_days: plan.terms.trial_days,
        each_term: put_together(lines)?,
    })
}

/// A line that says nothing is left out: nothing used and nothing to pay.
pub fn worth_showing(line: &DraftLine) -> bool {
    !line.amount.is_zero() || line.quantity.is_none_or(|quantity| !quantity.is_zero())
}
