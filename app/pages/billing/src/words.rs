//! How money's pages write quantities, periods and states.

pub use bills::{days, line_kind, money, number, per};

use billing::{
    dunning::Standing,
    subscription::State,
    view::{DocumentKind, InvoiceRow, InvoiceState, RefusedBecause},
};
use i18n::tr;
use kernel::{Currency, Money};
use kit::callout::Tone;
use leptos::prelude::*;
use rust_decimal::Decimal;

/// Digits after the point that a quantity shows.
const SHOWN_DIGITS: u32 = 4;

/// A quantity with its unit, shortened for reading.
pub fn quantity(value: Decimal, unit: &str) -> String {
    let number = number(value.round_dp(SHOWN_DIGITS));
    if unit.is_empty() { number } else { format!("{number}\u{a0}{unit}") }
}

/// The same in a table's column of numbers.
pub fn counted(value: Decimal, unit: &str) -> impl IntoView + use<> {
    let (number, unit) = (number(value.round_dp(SHOWN_DIGITS)), unit.to_owned());
    view! { {number} {(!unit.is_empty()).then(|| view! { "\u{a0}"<span class="unit">{unit}</span> })} }
}

/// An amount in major units: as money where it is whole cents, else with all its digits.
pub fn exact(amount: Decimal, currency: Currency) -> String {
    match Money::round_half_up(amount, currency) {
        Ok(money) if money.to_decimal() == amount => money.format(i18n::language()),
        _ => format!("{}\u{a0}{}", currency.code(), number(amount)),
    }
}

pub fn subscription_state(state: State) -> (&'static str, Tone) {
    match state {
        State::Trialing { .. } => (tr!(billing.subscription.trialing), Tone::Info),
        State::Active { .. } => (tr!(billing.subscription.active), Tone::Good),
        State::Cancelling { .. } => (tr!(billing.subscription.cancelling), Tone::Warn),
        State::Ended { .. } => (tr!(billing.subscription.ended), Tone::Neutral),
    }
}

/// Number with the word for the document.
pub fn document(row: &InvoiceRow) -> String {
    match row.kind {
        DocumentKind::Invoice => tr!(billing.invoice.title, number = row.number.clone()).to_string(),
        DocumentKind::CreditNote => tr!(billing.invoice.credit_note, number = row.number.clone()).to_string(),
    }
}

pub fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Invoice => tr!(billing.invoices.kind_invoice),
        DocumentKind::CreditNote => tr!(billing.invoices.kind_credit_note),
    }
}

pub fn invoice_state(state: InvoiceState) -> &'static str {
    match state {
        InvoiceState::Open => tr!(billing.invoices.open),
        InvoiceState::Overdue => tr!(billing.invoices.overdue),
        InvoiceState::Paid => tr!(billing.invoices.paid),
    }
}

/// What a standing is called as something that comes next.
pub fn next_standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Good => tr!(billing.standing.then_good),
        Standing::Overdue => tr!(billing.standing.then_overdue),
        Standing::Warned => tr!(billing.standing.then_warned),
        Standing::Restricted => tr!(billing.standing.then_restricted),
        Standing::Suspended => tr!(billing.standing.then_suspended),
        Standing::Ended => tr!(billing.standing.then_ended),
    }
}

pub fn refused_because(because: RefusedBecause) -> &'static str {
    match because {
        RefusedBecause::TooLate => tr!(billing.refused_usage.too_late),
        RefusedBecause::NotSubscribed => tr!(billing.refused_usage.not_subscribed),
        RefusedBecause::UnknownMeter => tr!(billing.refused_usage.unknown_meter),
        RefusedBecause::TooLarge => tr!(billing.refused_usage.too_large),
    }
}

pub fn payment_method(method: &str) -> String {
    match method {
        "bank_transfer" => tr!(billing.payment.bank_transfer).to_owned(),
        other => other.replace('_', " "),
    }
}

/// What a page says after an act: `?done=` in its address.
pub fn done(what: &str) -> Option<&'static str> {
    match what {
        "cancelled" => Some(tr!(billing.done.cancelled)),
        "kept" => Some(tr!(billing.done.kept)),
        "changed" => Some(tr!(billing.done.changed)),
        "planned" => Some(tr!(billing.done.planned)),
        "recorded" => Some(tr!(billing.done.recorded)),
        "accounts" => Some(tr!(billing.done.accounts)),
        "terms" => Some(tr!(billing.done.terms)),
        _ => None,
    }
}
