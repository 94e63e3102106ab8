//! Money as whole minor units of one currency: checked, never a float.

use crate::Language;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The currencies that prices exist in. Minor digits follow ISO 4217, except that IDR is kept at 0: sen are not in
/// circulation and Indonesian invoices are written in whole rupiah.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Currency {
    #[serde(rename = "IDR")]
    Idr,
    #[serde(rename = "USD")]
    Usd,
    #[serde(rename = "EUR")]
    Eur,
}

impl Currency {
    pub const ALL: [Self; 3] = [Self::Idr, Self::Usd, Self::Eur];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Idr => "IDR",
            Self::Usd => "USD",
            Self::Eur => "EUR",
        }
    }

    /// Digits after the decimal point in amounts.
    pub const fn minor_digits(self) -> u32 {
        match self {
            Self::Idr => 0,
            Self::Usd | Self::Eur => 2,
        }
    }

    const fn symbol(self) -> &'static str {
        match self {
            Self::Idr => "Rp",
            Self::Usd => "$",
            Self::Eur => "€",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is none of the currencies that prices exist in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of IDR, USD, EUR")]
pub struct UnknownCurrency(pub String);

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        Self::ALL
            .into_iter()
            .find(|currency| currency.code() == text)
            .ok_or_else(|| UnknownCurrency(text.chars().take(16).collect()))
    }
}

/// An amount in minor units (cents; whole rupiah).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Why two amounts could not be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("amounts in {0} and {1} cannot be combined")]
    Currencies(Currency, Currency),
    #[error("the amount is beyond what can be kept")]
    Overflow,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.checked_add(other.checked_neg()?)
    }

    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The sum of amounts that must all be in `currency`; nothing sums to zero.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// The one rounding point of a line: half away from zero ("half-up") to the currency's minor unit.
    pub fn round_half_up(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let scaled = amount
            .checked_mul(Decimal::from(10_i64.pow(currency.minor_digits())))
            .ok_or(MoneyError::Overflow)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        let minor = i64::try_from(scaled).map_err(|_| MoneyError::Overflow)?;
        Ok(Self::new(minor, currency))
    }

    /// In major units, exactly.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.minor_digits())
    }

    /// Major units with a point and no grouping, as REST and CSV carry amounts: `1234.50`, `15000`.
    pub fn amount(self) -> String {
        let digits = self.currency.minor_digits() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let all = format!("{:0>width$}", self.minor.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = all.split_at(all.len() - digits);
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// As a reader of `language` writes it: `Rp 1.500.000` and `$1,234.50` after each language's grouping and mark.
    pub fn format(self, language: Language) -> String {
        let plain = Self::new(self.minor, self.currency).amount();
        let unsigned = plain.trim_start_matches('-');
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let whole = group(whole, language);
        let mark = language.decimal_mark();
        let number = if fraction.is_empty() { whole } else { format!("{whole}{mark}{fraction}") };
        let sign = if self.minor < 0 { "−" } else { "" };
        let gap = match (language, self.currency) {
            (Language::Id, _) | (Language::En, Currency::Idr) => "\u{a0}",
            (Language::En, Currency::Usd | Currency::Eur) => "",
        };
        format!("{sign}{}{gap}{number}", self.currency.symbol())
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Currencies(self.currency, other.currency))
        }
    }
}

/// Digits in groups of three with the language's mark.
pub fn group(digits: &str, language: Language) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(language.group_mark());
        }
        grouped.push(digit);
    }
    grouped
}

/// Largest-remainder split of `total` minor units in proportion to `weights`, stable by position: the parts sum to
/// exactly `total`. All weights zero: everything to the first part.
pub fn split_largest_remainder(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        return weights.iter().enumerate().map(|(index, _)| if index == 0 { total } else { 0 }).collect();
    }
    let mut parts: Vec<(usize, i64, i128)> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let exact = i128::from(total) * i128::from(*weight);
            // The quotient is at most `total` in size, so it fits.
            (index, exact.div_euclid(sum) as i64, exact.rem_euclid(sum))
        })
        .collect();
    let mut rest = total - parts.iter().map(|(_, part, _)| part).sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|index| (std::cmp::Reverse(parts[*index].2), *index));
    for index in by_remainder {
        if rest == 0 {
            break;
        }
        parts[index].1 += 1;
        rest -= 1;
    }
    parts.into_iter().map(|(_, part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_amounts_as_each_reader_expects() {
        let rupiah = Money::new(1_500_000, Currency::Idr);
        let dollars = Money::new(-123_450, Currency::Usd);
        assert_eq!(rupiah.format(Language::Id), "Rp\u{a0}1.500.000");
        assert_eq!(rupiah.format(Language::En), "Rp\u{a0}1,500,000");
        assert_eq!(dollars.format(Language::En), "−$1,234.50");
        assert_eq!(dollars.format(Language::Id), "−$\u{a0}1.234,50");
        assert_eq!(dollars.amount(), "-1234.50");
        assert_eq!(Money::new(5, Currency::Eur).amount(), "0.05");
        assert_eq!(Money::new(0, Currency::Idr).amount(), "0");
    }

    #[test]
    fn rounds_half_away_from_zero_once() {
        let half = |text: &str| Money::round_half_up(text.parse().expect("a decimal"), Currency::Usd).map(|m| m.minor);
        assert_eq!(half("1.005"), Ok(101));
        assert_eq!(half("-1.005"), Ok(-101));
        assert_eq!(half("1.00499"), Ok(100));
    }

    #[test]
    fn refuses_to_mix_currencies_and_to_overflow() {
        let one = Money::new(1, Currency::Usd);
        assert_eq!(
            one.checked_add(Money::new(1, Currency::Eur)),
            Err(MoneyError::Currencies(Currency::Usd, Currency::Eur))
        );
        assert_eq!(Money::new(i64::MAX, Currency::Usd).checked_add(one), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MIN, Currency::Usd).checked_neg(), Err(MoneyError::Overflow));
    }

    #[test]
    fn splits_to_the_cent_by_largest_remainder() {
        assert_eq!(split_largest_remainder(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split_largest_remainder(1000, &[10000, 5000, 3000, 2000]), [500, 250, 150, 100]);
        assert_eq!(split_largest_remainder(5, &[0, 0]), [5, 0]);
        assert_eq!(split_largest_remainder(-100, &[1, 1, 1]).iter().sum::<i64>(), -100);
    }

    proptest! {
        #[test]
        fn a_split_always_sums_to_the_whole(total in -1_000_000_i64..1_000_000, weights in prop::collection::vec(0_i64..100_000, 1..12)) {
            prop_assert_eq!(split_largest_remainder(total, &weights).iter().sum::<i64>(), total);
        }
    }
}
