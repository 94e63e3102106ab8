//! What a plan costs before it is ordered: the same lines by the same functions that charge.

use crate::{
    charges::{Beginning, CannotCharge, Term, in_advance, in_arrears, title},
    invoice::{DraftLine, assemble},
    periods::{Anchor, Period, Schedule},
    proration::{Fraction, of_days, of_seconds},
    rating::{TooLarge, Usage},
    tax::TaxRegime,
    view::QuoteView,
    zone::Zone,
};
use catalog::{Basis, ChargeModel, Interval, Plan, Proration};
use kernel::{Currency, Date, Timestamp};
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

/// Whether a service begins or comes back: there is one trial and one fee for beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    Begins,
    /// With the end of its trial, where it was deleted before that was over: then nothing was charged for its beginning yet.
    Returns { trial_until: Option<Date> },
}

/// Begins on `today`. Without an anchor yet, today becomes it and the first term is a whole one.
pub fn opening(plan: &Plan, interval: Interval, anchor: Option<Anchor>, today: Date, arrival: Arrival) -> Opening {
    let anchor = anchor.unwrap_or(Anchor::of(today));
    let schedule = anchor.schedule(today, interval);
    let trial_until = match arrival {
        Arrival::Begins => (plan.terms.trial_days > 0).then(|| today.plus_days(i64::from(plan.terms.trial_days))),
        Arrival::Returns { trial_until } => trial_until.filter(|until| *until > today),
    };
    if let Some(until) = trial_until {
        return Opening { anchor, schedule, period: Period::new(today, until), trial: true };
    }
    Opening { anchor, schedule, period: Period::new(today, schedule.containing(today).end), trial: false }
}

/// What is known of who asks.
#[derive(Debug, Clone)]
pub struct Asker {
    pub currency: Currency,
    pub tax: TaxRegime,
    pub anchor: Option<Anchor>,
    /// When the service would begin, and in which zone that is which day.
    pub at: Timestamp,
    pub zone: Zone,
}

impl Asker {
    fn today(&self) -> Date {
        self.zone.date(self.at)
    }
}

/// What is expected of meters in a whole term: how much of each, and in how many events where each of them is charged for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub usage: &'a BTreeMap<String, Decimal>,
    pub events: &'a BTreeMap<String, u64>,
}

impl Expected<'_> {
    fn of(self, meter: &str, charge: &ChargeModel) -> Usage {
        let quantity = self.usage.get(meter).copied().unwrap_or_default().max(Decimal::ZERO);
        if !charge.needs_each_event() || quantity.is_zero() {
            return Usage::of(quantity);
        }
        Usage::expected(quantity, self.events.get(meter).copied().unwrap_or(1).max(1))
    }
}

/// The price of beginning today, and of every whole term with the expected usage.
pub fn quote(plan: &Plan, interval: Interval, asker: &Asker, expected: Expected) -> Result<QuoteView, CannotCharge> {
    if !plan.terms.sold_in(asker.currency, interval) {
        return Err(CannotCharge::NotSold);
    }
    let opening = opening(plan, interval, asker.anchor, asker.today(), Arrival::Begins);
    let whole = opening.schedule.containing(asker.today());
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
        let fraction = match plan.terms.proration {
            Proration::Days | Proration::Fixed30 => of_days(plan.terms.proration, opening.period, whole, interval),
            Proration::Seconds => {
                let midnight = |date| asker.zone.midnight(date);
                of_seconds((asker.at, midnight(opening.period.end)), (midnight(whole.start), midnight(whole.end)))
            }
        };
        in_advance(&term(opening.period, fraction), Beginning::First)?
    };
    let each = term(whole, Fraction::WHOLE);
    let mut lines = in_advance(&each, Beginning::Later)?;
    for component in &plan.terms.components {
        if let (Basis::Usage { meter, .. }, Some(price)) = (&component.basis, component.price(asker.currency, interval)) {
            let usage = expected.of(meter, &price.charge);
            lines.extend(in_arrears(&each, component, &usage, Decimal::ZERO)?.into_iter().filter(worth_showing));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_expected_in_one_event_unless_more_are_told() {
        let dec = |text: &str| text.parse::<Decimal>().expect("a decimal");
        let usage = [("sales".to_owned(), dec("40"))].into();
        let percentage = ChargeModel::Percentage { rate: Decimal::ONE, fixed: dec("5.00"), free_events: 3, free_amount: Decimal::ZERO };
        let amounts = |events: &BTreeMap<String, u64>| Expected { usage: &usage, events }.of("sales", &percentage).amounts;
        assert_eq!(amounts(&BTreeMap::new()), [dec("40")]);
        assert_eq!(amounts(&[("sales".to_owned(), 4)].into()), [dec("10"); 4]);
        let each = Expected { usage: &usage, events: &BTreeMap::new() }.of("sales", &ChargeModel::PerUnit { unit_price: Decimal::ONE });
        assert_eq!((each.events, each.amounts.len()), (0, 0), "nobody asks how many there are");
    }
}
