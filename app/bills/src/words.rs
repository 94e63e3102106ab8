//! How periods, numbers and the lines of a bill are written.

use billing::{invoice::LineKind, periods::Period, tax::TaxRule};
use catalog::Interval;
use i18n::tr;
use kernel::{Money, money::group};
use kit::time::date_text;
use rust_decimal::Decimal;

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

/// What is said of a line whose kind does not go without saying.
pub fn line_kind(kind: LineKind) -> Option<&'static str> {
    match kind {
        LineKind::Credit => Some(tr!(billing.line.credit)),
        LineKind::Late => Some(tr!(billing.line.late)),
        LineKind::Minimum => Some(tr!(billing.line.minimum)),
        LineKind::Fee | LineKind::OneTime | LineKind::Usage => None,
    }
}

/// A tax with its rate: `PPN 12 %`.
pub fn tax_name(rule: &TaxRule) -> String {
    format!("{} {}\u{a0}%", rule.name, number(rule.rate))
}
