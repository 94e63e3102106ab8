//! The lines of one term of one subscription. Preview and charge both call these functions, so that they cannot differ.

use crate::{
    derivation::{Derivation, Step},
    invoice::{DraftLine, LineKind},
    metering::{Total, grows_with_time},
    periods::Period,
    proration::Fraction,
    rating::{Rated, TooLarge, Usage, rate},
    tax::TaxRule,
};
use catalog::{Basis, ChargeModel, Component, Interval, Plan, Price, Text};
use kernel::{Currency, Money, SubscriptionId};
use rust_decimal::Decimal;
use std::{borrow::Cow, time::Duration};

/// No line comes to more, in minor units: so many of them as an organisation can have still add up, with their taxes.
pub const LARGEST_LINE: i64 = 10_000_000_000_000;

/// Why a term could not be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotCharge {
    #[error("the plan is not sold in this currency for this term")]
    NotSold,
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// What is charged for: a plan in one currency for a part of a term.
#[derive(Debug, Clone)]
pub struct Term<'a> {
    pub subscription: Option<SubscriptionId>,
    pub plan: &'a Plan,
    pub currency: Currency,
    pub interval: Interval,
    /// The days that the lines show.
    pub period: Period,
    /// How much of a whole term that is.
    pub fraction: Fraction,
    /// How many of the recurring part: seats. One for instances and tiers.
    pub seats: Decimal,
    pub tax: Option<TaxRule>,
}

/// Whether this is where a subscription begins, so that fees for beginning are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    First,
    Later,
}

/// Fees due at the start of a term.
pub fn in_advance(term: &Term, beginning: Beginning) -> Result<Vec<DraftLine>, CannotCharge> {
    let mut lines = Vec::new();
    for component in &term.plan.terms.components {
        let price = component.price(term.currency, term.interval).ok_or(CannotCharge::NotSold)?;
        match (&component.basis, beginning) {
            (Basis::Recurring, _) if !term.fraction.is_nothing() => lines.push(fee(term, component, price)?),
            (Basis::OneTime, Beginning::First) => lines.push(line(term, component, LineKind::OneTime, None, whole_fee(term, price)?)?),
            (Basis::Recurring | Basis::OneTime | Basis::Usage { .. }, _) => {}
        }
    }
    Ok(lines)
}

fn fee(term: &Term, component: &Component, price: &Price) -> Result<DraftLine, CannotCharge> {
    let mut rated = whole_fee(term, price)?;
    prorate(&mut rated, term.fraction)?;
    line(term, component, LineKind::Fee, None, rated)
}

/// What a recurring part costs for a whole term, no less than its least and no more than its most.
fn whole_fee(term: &Term, price: &Price) -> Result<Rated, TooLarge> {
    let mut rated = rate(&price.charge, &Usage::of(term.seats))?;
    let so_far = Decimal::ZERO;
    if let Some(minimum) = price.minimum.filter(|minimum| rated.amount < *minimum) {
        let missing = minimum.checked_sub(rated.amount);
        rated.add(missing, |amount| Step::Minimum { minimum, so_far, amount })?;
    }
    if let Some(maximum) = price.maximum {
        cap(&mut rated, maximum, so_far)?;
    }
    Ok(rated)
}

/// What a component's fee covers in a part of a term: the same part of what it covers in a whole one, exactly. A level is
/// covered as it is. Nothing for components without a meter.
pub fn included_in(fraction: Fraction, component: &Component) -> Result<Decimal, TooLarge> {
    match &component.basis {
        Basis::Usage { included, aggregation, .. } if grows_with_time(*aggregation) => fraction.of(*included).ok_or(TooLarge),
        Basis::Usage { included, .. } => Ok(*included),
        Basis::Recurring | Basis::OneTime => Ok(Decimal::ZERO),
    }
}

/// What costs nothing beside the fee: what that covers, and a first step that is free. Readers do not tell the two apart.
pub fn free_in(term: &Term, component: &Component) -> Result<Decimal, CannotCharge> {
    let price = component.price(term.currency, term.interval).ok_or(CannotCharge::NotSold)?;
    Ok(included_in(term.fraction, component)?.checked_add(price.charge.free_step()).ok_or(TooLarge)?)
}

/// What one meter of a component counted in the term that ended, with the line for what is missing to its minimum. A level costs
/// by the days that it was counted in, as fees do: the parts of a term cost no more together than the dearest of them alone
/// would.
pub fn in_arrears(term: &Term, component: &Component, usage: &Usage, already: Decimal) -> Result<Vec<DraftLine>, CannotCharge> {
    let Basis::Usage { meter, aggregation, included: whole } = &component.basis else { return Ok(Vec::new()) };
    let price = component.price(term.currency, term.interval).ok_or(CannotCharge::NotSold)?;
    let included = included_in(term.fraction, component)?;
    let left = usage.above(included).ok_or(TooLarge)?;
    let billable = left.quantity;
    let mut rated = rate(&price.charge, &left)?;
    if !grows_with_time(*aggregation) {
        prorate(&mut rated, term.fraction)?;
    }
    let mut steps = vec![Step::Metered { meter: meter.clone(), aggregation: *aggregation, events: usage.events, quantity: usage.quantity }];
    if included != *whole {
        steps.push(Step::IncludedPart { whole: *whole, fraction: term.fraction, included });
    }
    if !whole.is_zero() {
        steps.push(Step::Included { included, billable });
    }
    steps.append(&mut rated.steps);
    rated.steps = steps;
    if let Some(maximum) = price.maximum {
        cap(&mut rated, maximum, already)?;
    }
    let charged = rated.amount;
    let mut lines = vec![line(term, component, LineKind::Usage, Some(usage.quantity), rated)?];
    if let Some(minimum) = price.minimum {
        lines.extend(true_up(term, component, minimum, already.checked_add(charged).ok_or(TooLarge)?)?);
    }
    Ok(lines)
}

/// No more than `maximum` for the whole term, of which `so_far` was charged before.
fn cap(rated: &mut Rated, maximum: Decimal, so_far: Decimal) -> Result<(), TooLarge> {
    let over = (maximum - so_far).max(Decimal::ZERO).checked_sub(rated.amount).map(|room| room.min(Decimal::ZERO));
    match over {
        Some(over) if over.is_zero() => Ok(()),
        over => rated.add(over, |amount| Step::Maximum { maximum, so_far, amount }),
    }
}

/// The line that brings a term to its prorated minimum; none when enough was used.
fn true_up(term: &Term, component: &Component, minimum: Decimal, so_far: Decimal) -> Result<Option<DraftLine>, CannotCharge> {
    let least = term.fraction.of(minimum).ok_or(TooLarge)?;
    let missing = (least - so_far).max(Decimal::ZERO);
    if missing.is_zero() {
        return Ok(None);
    }
    let mut rated = Rated::default();
    if !term.fraction.is_whole() {
        rated.steps.push(Step::MinimumPart { whole: minimum, fraction: term.fraction, minimum: least });
    }
    rated.add(Some(missing), |amount| Step::Minimum { minimum: least, so_far, amount })?;
    line(term, component, LineKind::Minimum, None, rated).map(Some)
}

/// The unused part of a fee that was paid in advance: what the part of the term that is left costs, no more than was
/// paid for the line net of adjustments.
pub fn unused(term: &Term, component: &Component, paid: Money) -> Result<Option<DraftLine>, CannotCharge> {
    if component.basis != Basis::Recurring || term.fraction.is_nothing() {
        return Ok(None);
    }
    let price = component.price(term.currency, term.interval).ok_or(CannotCharge::NotSold)?;
    let mut rated = whole_fee(term, price)?;
    prorate(&mut rated, term.fraction)?;
    rated.amount = -rated.amount;
    rated.steps.push(Step::Credit);
    let cap = paid.to_decimal().max(Decimal::ZERO);
    if rated.amount < -cap {
        rated.amount = -cap;
        rated.steps.push(Step::CreditCap { cap });
    }
    line(term, component, LineKind::Credit, None, rated).map(Some)
}

/// Usage of a closed term that became known later: what the term costs now, less what it was charged.
pub fn late(term: &Term, component: &Component, usage: &Usage, billed: Money) -> Result<Option<DraftLine>, CannotCharge> {
    let lines = in_arrears(term, component, usage, Decimal::ZERO)?;
    if lines.is_empty() {
        return Ok(None);
    }
    let (mut exact, mut steps) = (Decimal::ZERO, Vec::new());
    for line in lines {
        let of_line = line.derivation.0.into_iter().map(|step| match step {
            // The rounding belongs to the line that is made here, not to those that are compared with. What a line of its own
            // brings to the minimum is missing to what stands before it here.
            Step::Minimum { minimum, amount, .. } => Step::Minimum { minimum, so_far: Decimal::ZERO, amount },
            step => step,
        });
        for step in of_line {
            match step {
                Step::Rounded { exact: of_line, .. } => exact = exact.checked_add(of_line).ok_or(TooLarge)?,
                step => steps.push(step),
            }
        }
    }
    let already = billed.to_decimal();
    steps.push(Step::AlreadyBilled { amount: already });
    let rated = Rated { amount: exact.checked_sub(already).ok_or(TooLarge)?, steps };
    let line = line(term, component, LineKind::Late, Some(usage.quantity), rated)?;
    Ok((!line.amount.is_zero()).then_some(line))
}

fn prorate(rated: &mut Rated, fraction: Fraction) -> Result<(), TooLarge> {
    if !fraction.is_whole() {
        rated.amount = fraction.of(rated.amount).ok_or(TooLarge)?;
        rated.steps.push(Step::Prorated { fraction });
    }
    Ok(())
}

/// The one rounding point.
fn line(term: &Term, component: &Component, kind: LineKind, quantity: Option<Decimal>, mut rated: Rated) -> Result<DraftLine, CannotCharge> {
    let amount = kept(rated.amount, term.currency).ok_or(TooLarge)?;
    rated.steps.push(Step::Rounded { exact: rated.amount, rounded: amount });
    Ok(DraftLine {
        kind,
        subscription: term.subscription,
        component: Some(component.id),
        title: title(term.plan),
        part: component.name.clone(),
        unit: component.unit.clone(),
        period: term.period,
        quantity,
        amount,
        tax: term.tax.clone(),
        derivation: Derivation(rated.steps),
    })
}

/// The amount as a line may bear it.
fn kept(exact: Decimal, currency: Currency) -> Option<Money> {
    Money::round_half_up(exact, currency).ok().filter(|amount| amount.minor.unsigned_abs() <= LARGEST_LINE.unsigned_abs())
}

/// Whether a line can bear what was counted, with nothing taken off; of a level, were it to hold for a `whole` term from now on,
/// as it does until the next is told.
pub fn can_be_charged(component: &Component, currency: Currency, interval: Interval, total: &Total, whole: Duration) -> bool {
    let (Basis::Usage { aggregation, .. }, Some(price)) = (&component.basis, component.price(currency, interval)) else { return true };
    let until = total.latest.map_or(total.from, |(at, _)| at).plus(whole);
    // There are no more different values than events, and all events together, none of them free, pay no smaller share than each by
    // itself.
    let usage = Usage { quantity: total.quantity(*aggregation, until, total.events), events: total.events, amounts: vec![total.sum] };
    let (charge, for_events) = match price.charge {
        ChargeModel::Percentage { rate, fixed, free_amount, .. } => {
            let share = ChargeModel::Percentage { rate, fixed: Decimal::ZERO, free_events: 0, free_amount };
            (Cow::Owned(share), Decimal::from(total.events).checked_mul(fixed))
        }
        ChargeModel::Flat { .. }
        | ChargeModel::PerUnit { .. }
        | ChargeModel::Graduated { .. }
        | ChargeModel::Volume { .. }
        | ChargeModel::Package { .. }
        | ChargeModel::GraduatedPercentage { .. } => (Cow::Borrowed(&price.charge), Some(Decimal::ZERO)),
    };
    let exact = rate(&charge, &usage).ok().zip(for_events).and_then(|(rated, fees)| rated.amount.checked_add(fees));
    exact.is_some_and(|exact| kept(exact, currency).is_some())
}

/// How lines name a plan.
pub fn title(plan: &Plan) -> Text {
    let join = |language| format!("{} · {}", plan.offering_name.get(language), plan.terms.name.get(language));
    Text::new(join(kernel::Language::En), join(kernel::Language::Id))
}

#[cfg(test)]
#[path = "charges_tests.rs"]
mod tests;
