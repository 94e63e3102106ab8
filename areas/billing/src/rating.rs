//! From a quantity to an amount: every charge model, with the steps that lead there.
//!
//! Where systems disagree: tier bounds are inclusive up to and may be decimals; without usage no flat fee, of a tier or by
//! itself, is charged; quantities are never rounded; an amount is rounded once, by the line that it becomes.

use crate::derivation::{Step, blocks, percent};
use catalog::{ChargeModel, PercentageTier, Tier};
use rust_decimal::Decimal;

/// What a meter counted in one term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    pub quantity: Decimal,
    pub events: u64,
    /// Each event's own amount in order of time; only charge models that ask for it look here.
    pub amounts: Vec<Decimal>,
}

impl Usage {
    pub fn of(quantity: Decimal) -> Self {
        Self { quantity, events: 0, amounts: Vec::new() }
    }

    /// What somebody expects before it happens: so much in so many events of one size.
    pub fn expected(quantity: Decimal, events: u64) -> Self {
        let each = quantity.checked_div(Decimal::from(events)).unwrap_or_default();
        let amounts = (1..=events).map(|number| if number < events { each } else { quantity - each * Decimal::from(events - 1) });
        Self { quantity, events, amounts: amounts.collect() }
    }

    /// What is left where a fee covers the first `included` of it. An event that is covered costs nothing and takes no free
    /// event's place; one that crosses pays for what is above. Once nothing is left of what is covered, no event is, one of nothing
    /// neither.
    pub fn above(&self, included: Decimal) -> Option<Self> {
        let mut covered = included;
        let mut amounts = Vec::with_capacity(self.amounts.len());
        for amount in &self.amounts {
            let (used_up, taken) = (covered.is_zero(), covered.min(*amount));
            covered = covered.checked_sub(taken)?;
            if used_up || taken < *amount {
                amounts.push(*amount - taken);
            }
        }
        Some(Self { quantity: self.quantity.checked_sub(included)?.max(Decimal::ZERO), events: self.events, amounts })
    }
}

/// An amount in major units, not yet rounded, and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rated {
    pub amount: Decimal,
    pub steps: Vec<Step>,
}

/// The numbers are beyond what can be calculated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the quantity or price is too large to calculate with")]
pub struct TooLarge;

impl Rated {
    pub(crate) fn add(&mut self, amount: Option<Decimal>, step: impl FnOnce(Decimal) -> Step) -> Result<(), TooLarge> {
        let amount = amount.ok_or(TooLarge)?;
        self.amount = self.amount.checked_add(amount).ok_or(TooLarge)?;
        self.steps.push(step(amount));
        Ok(())
    }
}

/// Rates what is charged for, included quantities already taken off.
pub fn rate(charge: &ChargeModel, usage: &Usage) -> Result<Rated, TooLarge> {
    let mut rated = Rated::default();
    let quantity = usage.quantity;
    match charge {
        ChargeModel::Flat { amount } if quantity > Decimal::ZERO => rated.add(Some(*amount), |amount| Step::Flat { amount })?,
        // As of a tier: no usage, no flat fee.
        ChargeModel::Flat { .. } => {}
        ChargeModel::PerUnit { unit_price } => {
            rated.add(quantity.checked_mul(*unit_price), |amount| Step::Units { quantity, unit_price: *unit_price, amount })?;
        }
        ChargeModel::Package { size, price } => {
            let packages = blocks(quantity, Some(*size)).ok_or(TooLarge)?;
            rated.add(packages.checked_mul(*price), |amount| Step::Package { quantity, size: *size, packages, price: *price, amount })?;
        }
        ChargeModel::Graduated { tiers } => {
            for (from, part, tier) in parts(quantity, tiers.iter().map(|tier| (tier.up_to, tier))) {
                add_tier(&mut rated, from, part, tier)?;
            }
        }
        ChargeModel::Volume { tiers } => {
            if let Some((from, tier)) = tier_of(quantity, tiers) {
                add_tier(&mut rated, from, quantity, tier)?;
            }
        }
        ChargeModel::Percentage { rate, fixed, free_events, free_amount } => {
            let (events, base) = charged_events(usage, *free_events, *free_amount).ok_or(TooLarge)?;
            rated.add(percent(base, *rate), |amount| Step::Percentage { base, rate: *rate, flat: Decimal::ZERO, amount })?;
            rated.add(Decimal::from(events).checked_mul(*fixed), |amount| Step::EventFees { events, fixed: *fixed, amount })?;
        }
        ChargeModel::GraduatedPercentage { tiers } => {
            for (_, base, PercentageTier { rate, flat, .. }) in parts(quantity, tiers.iter().map(|tier| (tier.up_to, tier))) {
                let amount = percent(base, *rate).and_then(|share| share.checked_add(*flat));
                rated.add(amount, |amount| Step::Percentage { base, rate: *rate, flat: *flat, amount })?;
            }
        }
    }
    Ok(rated)
}

fn add_tier(rated: &mut Rated, from: Decimal, quantity: Decimal, tier: &Tier) -> Result<(), TooLarge> {
    let amount = blocks(quantity, tier.block).and_then(|count| count.checked_mul(tier.unit_price)).and_then(|sum| sum.checked_add(tier.flat));
    rated.add(amount, |amount| Step::Tier {
        from,
        up_to: tier.up_to,
        quantity,
        block: tier.block,
        unit_price: tier.unit_price,
        flat: tier.flat,
        amount,
    })
}

/// The parts of a quantity that fall into each tier; tiers that are not reached are left out.
fn parts<'a, T: 'a>(quantity: Decimal, tiers: impl Iterator<Item = (Option<Decimal>, &'a T)>) -> Vec<(Decimal, Decimal, &'a T)> {
    let mut from = Decimal::ZERO;
    let mut found = Vec::new();
    for (up_to, tier) in tiers {
        if quantity <= from {
            break;
        }
        let end = up_to.map_or(quantity, |bound| bound.min(quantity));
        found.push((from, end - from, tier));
        from = end;
    }
    found
}

/// The tier that the whole quantity falls in; none for no usage.
fn tier_of(quantity: Decimal, tiers: &[Tier]) -> Option<(Decimal, &Tier)> {
    if quantity <= Decimal::ZERO {
        return None;
    }
    let index = tiers.iter().position(|tier| tier.up_to.is_none_or(|bound| quantity <= bound))?;
    let from = index.checked_sub(1).and_then(|before| tiers[before].up_to).unwrap_or_default();
    Some((from, &tiers[index]))
}

/// How many events pay the fixed fee, and which amount pays the percentage. An event is free while the free count
/// lasts; one that crosses the free amount pays for what is above it.
fn charged_events(usage: &Usage, free_events: u64, free_amount: Decimal) -> Option<(u64, Decimal)> {
    let (mut events, mut base, mut before) = (0_u64, Decimal::ZERO, Decimal::ZERO);
    for (index, amount) in usage.amounts.iter().enumerate() {
        let after = before.checked_add(*amount)?;
        let above = after.max(free_amount).checked_sub(before.max(free_amount))?;
        let free = (index as u64) < free_events || (above <= Decimal::ZERO && !free_amount.is_zero());
        if !free {
            events += 1;
            base = base.checked_add(if free_amount.is_zero() { *amount } else { above })?;
        }
        before = after;
    }
    Some((events, base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dec(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn tier(up_to: Option<&str>, unit_price: &str, flat: &str, block: Option<&str>) -> Tier {
        Tier { up_to: up_to.map(dec), unit_price: dec(unit_price), flat: dec(flat), block: block.map(dec) }
    }

    fn amount(charge: &ChargeModel, quantity: &str) -> Decimal {
        rate(charge, &Usage::of(dec(quantity))).expect("small numbers").amount.normalize()
    }

    #[test]
    fn g53_blocks_in_tiers_each_at_its_own_price_or_all_at_the_last() {
        let minutes = vec![tier(Some("1000"), "1.00", "0", Some("10")), tier(None, "0.50", "0", Some("10"))];
        let megabytes = vec![tier(Some("1024"), "0.5", "0", None), tier(None, "0.1", "0", None)];
        let each = amount(&ChargeModel::Graduated { tiers: minutes.clone() }, "1500") + amount(&ChargeModel::Graduated { tiers: megabytes.clone() }, "2048");
        let last = amount(&ChargeModel::Volume { tiers: minutes }, "1500") + amount(&ChargeModel::Volume { tiers: megabytes }, "2048");
        assert_eq!((each, last), (dec("739.4"), dec("279.8")));
    }

    #[test]
    fn g54_started_packages_are_whole() {
        let package = ChargeModel::Package { size: dec("100"), price: dec("2.95") };
        assert_eq!([amount(&package, "199"), amount(&package, "350"), amount(&package, "99"), amount(&package, "0")], [dec("5.9"), dec("11.8"), dec("2.95"), dec("0")]);
    }

    #[test]
    fn g57_a_volume_price_takes_the_tier_of_the_whole() {
        let volume = ChargeModel::Volume { tiers: vec![tier(Some("100"), "2", "10", None), tier(Some("200"), "1", "0", None), tier(None, "0.5", "50", None)] };
        let amounts = ["0", "1", "100", "100.5", "101", "200", "300"].map(|quantity| amount(&volume, quantity));
        assert_eq!(amounts, ["0", "12", "210", "100.5", "101", "200", "200"].map(dec));
    }

    fn percentage(rate: &str, fixed: &str, free_events: u64, free_amount: &str) -> ChargeModel {
        ChargeModel::Percentage { rate: dec(rate), fixed: dec(fixed), free_events, free_amount: dec(free_amount) }
    }

    fn of_events(charge: &ChargeModel, amounts: &[&str]) -> Decimal {
        let amounts: Vec<Decimal> = amounts.iter().map(|text| dec(text)).collect();
        let usage = Usage { quantity: amounts.iter().sum(), events: amounts.len() as u64, amounts };
        rate(charge, &usage).expect("small numbers").amount.normalize()
    }

    #[test]
    fn g59_a_percentage_with_free_events_or_a_free_amount() {
        let three_free = percentage("1", "5.00", 3, "0");
        assert_eq!(of_events(&three_free, &["10", "10", "10"]), dec("0"));
        assert_eq!(of_events(&three_free, &["10", "10", "10", "10"]), dec("5.1"));
        let fifteen_free = percentage("1", "5.00", 0, "15");
        assert_eq!(of_events(&fifteen_free, &["4", "4", "4", "4"]), dec("5.01"));
        assert_eq!(of_events(&fifteen_free, &["4", "4", "4", "4", "10"]), dec("10.11"));
    }

    #[test]
    fn what_a_fee_covers_is_taken_off_the_first_events_of_a_percentage() {
        let ten = percentage("10", "1.00", 1, "0");
        let usage = |amounts: &[&str]| {
            let amounts: Vec<Decimal> = amounts.iter().map(|text| dec(text)).collect();
            Usage { quantity: amounts.iter().sum(), events: amounts.len() as u64, amounts }
        };
        let above = |amounts: &[&str], included: &str| {
            let left = usage(amounts).above(dec(included)).expect("small numbers");
            (left.quantity, rate(&ten, &left).expect("small numbers").amount.normalize())
        };
        // Of 60, 60 and 30 the first is covered and 20 of the second left, which is the free one: 10 % of 30 and 1.00.
        assert_eq!(above(&["60", "60", "30"], "100"), (dec("50"), dec("4")));
        assert_eq!(above(&["60", "40", "30"], "100"), (dec("30"), dec("0")));
        assert_eq!(above(&["60", "0", "30"], "0"), (dec("90"), dec("5")));
        assert_eq!(above(&["60"], "100"), (dec("0"), dec("0")));
        // Of two events of nothing after what is covered the first is free and the second pays 1.00, as where nothing is covered.
        assert_eq!(above(&["100", "0", "0"], "100"), (dec("0"), dec("1")));
        assert_eq!(above(&["0", "0"], "0"), (dec("0"), dec("1")));
        assert_eq!(above(&["0", "60", "0"], "100"), (dec("0"), dec("0")));
    }

    #[test]
    fn what_is_expected_is_divided_into_events_of_one_size() {
        let thirds = Usage::expected(dec("10"), 3);
        assert_eq!((thirds.amounts.iter().sum::<Decimal>(), thirds.amounts.len()), (dec("10"), 3));
        let three_free = percentage("1", "5.00", 3, "0");
        let cost = |events| rate(&three_free, &Usage::expected(dec("40"), events)).expect("small numbers").amount.normalize();
        assert_eq!([1, 3, 4].map(cost), ["0", "0", "5.1"].map(dec));
        assert_eq!(Usage::expected(dec("0"), 0), Usage::default());
    }

    #[test]
    fn without_usage_a_flat_price_costs_nothing() {
        let flat = ChargeModel::Flat { amount: dec("5.00") };
        assert_eq!(["0", "0.01", "9"].map(|quantity| amount(&flat, quantity)), ["0", "5", "5"].map(dec));
    }

    #[test]
    fn g60_a_graduated_percentage() {
        let charge = ChargeModel::GraduatedPercentage {
            tiers: vec![
                PercentageTier { up_to: Some(dec("100")), rate: dec("5"), flat: dec("0") },
                PercentageTier { up_to: None, rate: dec("2"), flat: dec("10") },
            ],
        };
        assert_eq!(["50", "150", "0"].map(|quantity| amount(&charge, quantity)), ["2.5", "16", "0"].map(dec));
    }

    #[test]
    fn g62_graduated_tiers_with_flat_fees() {
        let charge = ChargeModel::Graduated {
            tiers: vec![tier(Some("5"), "0", "100", None), tier(Some("10"), "0", "50", None), tier(Some("15"), "5", "0", None), tier(None, "1", "0", None)],
        };
        assert_eq!(amount(&charge, "22"), dec("182"));
        // In two parts of one term, the second pays what the whole costs less what the first paid.
        assert_eq!(amount(&charge, "22") - amount(&charge, "12"), dec("22"));
        assert_eq!(amount(&charge, "0"), dec("0"));
    }

    proptest! {
        #[test]
        fn graduated_usage_costs_the_same_in_one_part_or_two(first in 0_i64..10_000, second in 0_i64..10_000, bound in 1_i64..5_000) {
            let tiers = vec![
                Tier { up_to: Some(Decimal::from(bound)), unit_price: dec("0.07"), flat: dec("0"), block: None },
                Tier { up_to: None, unit_price: dec("0.03"), flat: dec("0"), block: None },
            ];
            let charge = ChargeModel::Graduated { tiers };
            let total = |quantity: i64| rate(&charge, &Usage::of(Decimal::from(quantity))).expect("small").amount;
            let delta = total(first + second) - total(first);
            prop_assert_eq!(total(first) + delta, total(first + second));
            prop_assert!(delta >= Decimal::ZERO);
        }
    }
}
