//! How money's pages write quantities, periods and states.

use billing::{
    dunning::Standing,
    invoice::LineKind,
    periods::Period,
    subscription::State,
    view::{DocumentKind, InvoiceRow, InvoiceState, RefusedBecause},
};
use catalog::Interval;
use i18n::tr;
use kernel::{Currency, Money, money::group};
use kit::{callout::Tone, time::date_text};
use rust_decimal::Decimal;

/// Digits after the point that a quantity shows.
const SHOWN_DIGITS: u32 = 4;

/// From the first to the last day.
pub fn days(period: Period) -> String {
    let last = period.end.plus_days(-1).max(period.start);
    if last == period.start { date_text(last) } else { format!("{} – {}", date_text(period.start), date_text(last)) }
}

/// As the reader writes numbers, all digits.
pub fn number(value: Decimal) -> String {
    let plain = value.normalize().to_string();
    let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("−", rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let language = i18n::language();
    let whole = group(whole, language);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{}{fraction}", language.decimal_mark()) }
}

/// A quantity with its unit, shortened for reading.
pub fn quantity(value: Decimal, unit: &str) -> String {
    let number = number(value.round_dp(SHOWN_DIGITS));
    if unit.is_empty() { number } else { format!("{number}\u{a0}{unit}") }
}

/// An amount in major units: as money where it is whole cents, else with all its digits.
pub fn exact(amount: Decimal, currency: Currency) -> String {
    match Money::round_half_up(amount, currency) {
        Ok(money) if money.to_decimal() == amount => money.format(i18n::language()),
        _ => format!("{}\u{a0}{}", currency.code(), number(amount)),
    }
}

pub fn money(money: Money) -> String {
    money.format(i18n::language())
}

pub fn per(interval: Interval) -> &'static str {
    match interval {
        Interval::Monthly => tr!(billing.interval.per_month),
        Interval::Quarterly => tr!(billing.interval.per_quarter),
        Interval::Annual => tr!(billing.interval.per_year),
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

/// What is said of a line whose kind does not go without saying.
pub fn line_kind(kind: LineKind) -> Option<&'static str> {
    match kind {
        LineKind::Credit => Some(tr!(billing.line.credit)),
        LineKind::Late => Some(tr!(billing.line.late)),
        LineKind::Minimum => Some(tr!(billing.line.minimum)),
        LineKind::Fee | LineKind::OneTime | LineKind::Usage => None,
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
