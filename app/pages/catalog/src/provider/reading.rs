//! Reads prices as operators write them; `notation` says how that is.

use super::notation::Written;
use catalog::{ChargeModel, PercentageTier, Tier};
use rust_decimal::Decimal;

/// `None` where the text is no price of the model.
pub fn read(model: &str, text: &str) -> Option<Written> {
    let mut parts = text.split(',').map(str::trim);
    let charge = charge(model, parts.next()?)?;
    let mut written = Written { charge, minimum: None, maximum: None };
    for bound in parts {
        match bound.split_once(' ')? {
            ("min", amount) => written.minimum = Some(number(amount)?),
            ("max", amount) => written.maximum = Some(number(amount)?),
            _ => return None,
        }
    }
    Some(written)
}

fn charge(model: &str, text: &str) -> Option<ChargeModel> {
    match model {
        "flat" => Some(ChargeModel::Flat { amount: number(text)? }),
        "per_unit" => Some(ChargeModel::PerUnit { unit_price: number(text)? }),
        "package" => {
            let (price, size) = text.split_once('/')?;
            Some(ChargeModel::Package { size: number(size)?, price: number(price)? })
        }
        "graduated" => Some(ChargeModel::Graduated { tiers: text.split(';').map(tier).collect::<Option<_>>()? }),
        "volume" => Some(ChargeModel::Volume { tiers: text.split(';').map(tier).collect::<Option<_>>()? }),
        "percentage" => percentage(text),
        "graduated_percentage" => {
            let tiers = text.split(';').map(tier).map(|tier| tier.map(|tier| PercentageTier { up_to: tier.up_to, rate: tier.unit_price, flat: tier.flat }));
            Some(ChargeModel::GraduatedPercentage { tiers: tiers.collect::<Option<_>>()? })
        }
        _ => None,
    }
}

/// `20: 0`, `0.30 + 5`, `100: 2 / 10 + 1`.
fn tier(text: &str) -> Option<Tier> {
    let (bound, price) = match text.split_once(':') {
        Some((bound, price)) => (Some(number(bound)?), price),
        None => (None, text),
    };
    let (price, flat) = match price.split_once('+') {
        Some((price, flat)) => (price, number(flat)?),
        None => (price, Decimal::ZERO),
    };
    let (price, block) = match price.split_once('/') {
        Some((price, block)) => (price, Some(number(block)?)),
        None => (price, None),
    };
    Some(Tier { up_to: bound, unit_price: number(price)?, flat, block })
}

/// `2.9`, `2.9 + 0.30`, `2.9 + 0.30; free 10 events; free 1000`.
fn percentage(text: &str) -> Option<ChargeModel> {
    let mut parts = text.split(';').map(str::trim);
    let (rate, fixed) = match parts.next()?.split_once('+') {
        Some((rate, fixed)) => (number(rate)?, number(fixed)?),
        None => (number(text.split(';').next()?)?, Decimal::ZERO),
    };
    let (mut free_events, mut free_amount) = (0, Decimal::ZERO);
    for part in parts {
        let free = part.strip_prefix("free ")?;
        match free.strip_suffix(" events") {
            Some(events) => free_events = events.trim().parse().ok()?,
            None => free_amount = number(free)?,
        }
    }
    Some(ChargeModel::Percentage { rate, fixed, free_events, free_amount })
}

fn number(text: &str) -> Option<Decimal> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::notation::write;

    #[test]
    fn what_is_written_reads_back_the_same() {
        for (model, text) in [
            ("flat", "24.00"),
            ("per_unit", "0.0007, min 5, max 100"),
            ("package", "0.015 / 1000"),
            ("graduated", "20: 0; 0.30"),
            ("graduated", "100: 2 / 10 + 1; 1 / 10"),
            ("volume", "100: 2 + 10; 200: 1; 0.5 + 50"),
            ("percentage", "2.9 + 0.30; free 10 events; free 1000"),
            ("percentage", "1.5"),
            ("graduated_percentage", "1000: 2 + 1; 1.5"),
        ] {
            let read = read(model, text).unwrap_or_else(|| panic!("{model}: {text}"));
            assert_eq!(read.charge.code(), model);
            assert_eq!(write(&read), text);
        }
    }

    #[test]
    fn refuses_what_is_no_price_of_the_model() {
        for (model, text) in [("flat", "cheap"), ("flat", "1 / 2"), ("package", "5"), ("graduated", "a: 1"), ("flat", "1, least 5"), ("percentage", "1; free beer"), ("none", "1")] {
            assert_eq!(read(model, text), None, "{model}: {text}");
        }
    }
}
