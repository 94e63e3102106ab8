//! Prices of a plan in words: the same on every page that names them.

use catalog::{Basis, ChargeModel, Component, Interval, Tier};
use i18n::tr;
use kernel::{Currency, Language, Money};
use kit::time::number_text;
use rust_decimal::Decimal;

/// Most digits of a unit price that is far below a cent.
const FINE_DIGITS: usize = 8;

/// `$24.00`, or `$0.0008` where the currency's own digits would hide it.
pub fn amount(value: Decimal, currency: Currency) -> String {
    let value = value.normalize();
    match Money::round_half_up(value, currency) {
        Ok(money) if value.scale() <= currency.minor_digits() => money.format(i18n::language()),
        Ok(_) | Err(_) => {
            let zero = Money::zero(currency).format(i18n::language());
            let (sign, rest) = zero.split_at(zero.find('0').unwrap_or(zero.len()));
            format!("{sign}{}{}", quantity(value), rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ','))
        }
    }
}

/// A quantity as the reader writes it.
pub fn quantity(value: Decimal) -> String {
    // For showing only: nothing is calculated from it.
    number_text(value.to_string().parse().unwrap_or(0.0), FINE_DIGITS)
}

/// What a part that is charged by use costs: "720 GB-hours included, then $0.0008 per GB-hour". Where the interval has no
/// price of its own, the monthly one.
pub fn by_use(part: &Component, currency: Currency, interval: Interval) -> Option<String> {
    let Basis::Usage { included, .. } = &part.basis else { return None };
    let price = part.price(currency, interval).or_else(|| part.price(currency, Interval::Monthly)).or_else(|| part.prices.iter().find(|price| price.currency == currency))?;
    let unit = part.unit.get(i18n::language());
    let rest = charge(&price.charge, unit, currency);
    Some(if included.is_zero() { rest } else { tr!(catalog.price.included, included = quantity(*included), unit = unit, rest = rest).to_string() })
}

fn charge(charge: &ChargeModel, unit: &str, currency: Currency) -> String {
    match charge {
        ChargeModel::Flat { amount: once } => tr!(catalog.price.flat, price = amount(*once, currency)).to_string(),
        ChargeModel::PerUnit { unit_price } => tr!(catalog.price.each, price = amount(*unit_price, currency), unit = one(unit)).to_string(),
        ChargeModel::Package { size, price } => tr!(catalog.price.package, price = amount(*price, currency), size = quantity(*size), unit = unit).to_string(),
        ChargeModel::Graduated { tiers } | ChargeModel::Volume { tiers } => steps(tiers, currency),
        ChargeModel::Percentage { rate, fixed, .. } if fixed.is_zero() => tr!(catalog.price.percent, rate = quantity(*rate)).to_string(),
        ChargeModel::Percentage { rate, fixed, .. } => tr!(catalog.price.percent_fixed, rate = quantity(*rate), fixed = amount(*fixed, currency)).to_string(),
        ChargeModel::GraduatedPercentage { .. } => tr!(catalog.price.percent_steps).to_string(),
    }
}

/// Words whose one goes by no rule, or that look like several and are not.
const ODD: [(&str, &str); 5] = [("caches", "cache"), ("cookies", "cookie"), ("movies", "movie"), ("series", "series"), ("iops", "iops")];

/// One of what a part counts: units are named in the plural (`GB-hours`), which Indonesian has none of. What is no plain word
/// stays as it is: `Gbps`, `ms`.
fn one(unit: &str) -> String {
    if i18n::language() != Language::En {
        return unit.to_owned();
    }
    // The last word is counted: `GB-hours`.
    let word = unit.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(unit);
    let rest = &unit[..unit.len() - word.len()];
    let plain = word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()) && word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if !plain {
        return unit.to_owned();
    }
    let odd = ODD.into_iter().find(|(many, _)| *many == word).map(|(_, one)| one.to_owned());
    let one = odd.unwrap_or_else(|| match word {
        word if word.len() > 4 && word.ends_with("ies") => format!("{}y", &word[..word.len() - 3]),
        word if ["sses", "xes", "ches", "shes"].iter().any(|end| word.ends_with(end)) => word[..word.len() - 2].to_owned(),
        word if ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) => word.to_owned(),
        word => word.strip_suffix('s').unwrap_or(word).to_owned(),
    });
    format!("{rest}{one}")
}

fn steps(tiers: &[Tier], currency: Currency) -> String {
    let texts: Vec<String> = tiers
        .iter()
        .enumerate()
        .map(|(index, tier)| {
            let price = amount(tier.unit_price, currency);
            match (index, tier.up_to) {
                (0, Some(up_to)) if tier.unit_price.is_zero() => tr!(catalog.price.first_free, up_to = quantity(up_to)).to_string(),
                (0, Some(up_to)) => tr!(catalog.price.first, up_to = quantity(up_to), price = price).to_string(),
                (_, Some(up_to)) => tr!(catalog.price.up_to, up_to = quantity(up_to), price = price).to_string(),
                (_, None) => tr!(catalog.price.above, price = price).to_string(),
            }
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_below_a_cent_keep_their_digits() {
        let price = |text: &str, currency| amount(text.parse().expect("a decimal"), currency);
        assert_eq!(price("24.00", Currency::Usd), "$24.00");
        assert_eq!(price("0.0008", Currency::Usd), "$0.0008");
        assert_eq!(price("0.5", Currency::Idr), "Rp\u{a0}0.5");
        assert_eq!(price("350000", Currency::Idr), "Rp\u{a0}350,000");
    }
    #[test]
    fn a_price_is_per_one_of_what_is_counted() {
        for (many, single) in [
            ("GB-hours", "GB-hour"),
            ("connections", "connection"),
            ("checks run", "checks run"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("batches", "batch"),
            ("caches", "cache"),
            ("queries", "query"),
            ("ties", "tie"),
            ("cookies", "cookie"),
            ("databases", "database"),
            ("GB·hours", "GB·hour"),
        ] {
            assert_eq!(one(many), single);
        }
    }

    #[test]
    fn what_is_no_plural_word_stays_whole() {
        for unit in ["Gbps", "kbps", "iops", "IOPS", "ms", "GB", "GBs", "s", "", "status", "access", "jam", "m²s"] {
            assert_eq!(one(unit), unit);
        }
    }
}
