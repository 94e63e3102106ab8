//! How an amount came to be, step by step, opened where it stands.

use crate::words::{exact, number, quantity};
use billing::derivation::{Derivation, Step};
use catalog::{Aggregation, Proration};
use i18n::tr;
use kernel::Currency;
use leptos::prelude::*;

/// Closed until the reader wants to know; works before scripting.
#[component]
pub fn Steps(derivation: Derivation, unit: String, currency: Currency) -> impl IntoView {
    let follows = derivation.replay().is_ok();
    let steps: Vec<String> = derivation.0.iter().map(|step| sentence(step, &unit, currency)).collect();
    (!steps.is_empty()).then(|| view! {
        <details class="text-xs">
            <summary class="cursor-pointer text-primary underline">{tr!(billing.steps.title)}</summary>
            <ol class="list-decimal ps-5 mt-1 muted tabular">
                {steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}
            </ol>
            {follows.then(|| view! { <p class="muted mt-1">{tr!(billing.steps.follows)}</p> })}
        </details>
    })
}

fn sentence(step: &Step, unit: &str, currency: Currency) -> String {
    let money = |amount: &rust_decimal::Decimal| exact(*amount, currency);
    let amount_of = |value: &rust_decimal::Decimal| quantity(*value, unit);
    match step {
        Step::Metered { aggregation, events, quantity, .. } => {
            tr!(billing.steps.metered, quantity = amount_of(quantity), events = events, how = how(*aggregation)).to_string()
        }
        Step::IncludedPart { whole, fraction, included } => tr!(
            billing.steps.included_part,
            whole = amount_of(whole),
            part = fraction.numerator,
            of = fraction.denominator,
            unit = fraction_unit(fraction.unit),
            included = amount_of(included)
        )
        .to_string(),
        Step::MinimumPart { whole, fraction, minimum } => tr!(
            billing.steps.minimum_part,
            whole = money(whole),
            part = fraction.numerator,
            of = fraction.denominator,
            unit = fraction_unit(fraction.unit),
            minimum = money(minimum)
        )
        .to_string(),
        Step::Included { included, billable } => tr!(billing.steps.included, included = amount_of(included), billable = amount_of(billable)).to_string(),
        Step::Flat { amount } => tr!(billing.steps.flat, amount = money(amount)).to_string(),
        Step::Units { quantity, unit_price, amount } => {
            tr!(billing.steps.units, quantity = amount_of(quantity), price = money(unit_price), amount = money(amount)).to_string()
        }
        Step::Tier { from, up_to, quantity, block, unit_price, flat, amount } => {
            let range = match up_to {
                Some(up_to) => tr!(billing.steps.range, from = number(*from), to = number(*up_to)).to_string(),
                None => tr!(billing.steps.above, from = number(*from)).to_string(),
            };
            let mut price = money(unit_price);
            if let Some(block) = block {
                price = tr!(billing.steps.per_block, price = price, size = amount_of(block)).to_string();
            }
            if !flat.is_zero() {
                price = format!("{price} + {}", money(flat));
            }
            tr!(billing.steps.tier, range = range, quantity = amount_of(quantity), price = price, amount = money(amount)).to_string()
        }
        Step::Package { quantity, size, packages, price, amount } => tr!(
            billing.steps.package,
            quantity = amount_of(quantity),
            size = amount_of(size),
            packages = number(*packages),
            price = money(price),
            amount = money(amount)
        )
        .to_string(),
        Step::Percentage { base, rate, flat, amount } => {
            let flat = if flat.is_zero() { String::new() } else { format!(" + {}", money(flat)) };
            tr!(billing.steps.percentage, base = money(base), rate = number(*rate), flat = flat, amount = money(amount)).to_string()
        }
        Step::EventFees { events, fixed, amount } => tr!(billing.steps.event_fees, events = events, fixed = money(fixed), amount = money(amount)).to_string(),
        Step::Seats { quantity } => tr!(billing.steps.seats, quantity = number(*quantity)).to_string(),
        Step::Prorated { fraction } if fraction.is_whole() => tr!(billing.steps.whole_term).to_owned(),
        Step::Prorated { fraction } => {
            tr!(billing.steps.prorated, part = fraction.numerator, whole = fraction.denominator, unit = fraction_unit(fraction.unit)).to_string()
        }
        Step::Minimum { minimum, so_far, amount } => tr!(billing.steps.minimum, minimum = money(minimum), so_far = money(so_far), amount = money(amount)).to_string(),
        Step::Maximum { maximum, so_far, amount } => tr!(billing.steps.maximum, maximum = money(maximum), so_far = money(so_far), amount = money(amount)).to_string(),
        Step::AlreadyBilled { amount } => tr!(billing.steps.already_billed, amount = money(amount)).to_string(),
        Step::Credit => tr!(billing.steps.credit).to_owned(),
        Step::CreditCap { cap } => tr!(billing.steps.credit_cap, cap = money(cap)).to_string(),
        Step::Rounded { exact: before, rounded } => tr!(billing.steps.rounded, exact = money(before), rounded = crate::words::money(*rounded)).to_string(),
    }
}

fn fraction_unit(unit: Proration) -> &'static str {
    match unit {
        Proration::Days | Proration::Fixed30 => tr!(billing.steps.unit_days),
        Proration::Seconds => tr!(billing.steps.unit_seconds),
    }
}

fn how(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Sum => tr!(billing.steps.sum),
        Aggregation::Count => tr!(billing.steps.count),
        Aggregation::UniqueCount => tr!(billing.steps.unique_count),
        Aggregation::Max => tr!(billing.steps.max),
        Aggregation::Latest => tr!(billing.steps.latest),
        Aggregation::TimeWeightedSum => tr!(billing.steps.time_weighted_sum),
    }
}
