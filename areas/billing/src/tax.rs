//! Taxes as data: Indonesian value added tax (PPN) beside plain percentages.
//!
//! PPN since 1 January 2025: the rate in law is 12 % (Law 7/2021, article 7), and for other than luxury goods the tax
//! base is 11/12 of the price (PMK 131/2024, article 3), so that the effective rate is 11 %.

use kernel::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Whether a discount makes the tax smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountBase {
    /// Discounts reduce the tax base, pro rata over the lines.
    #[default]
    Reduced,
    /// Tax is due on the price before discounts.
    Full,
}

/// One tax as it is calculated and shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaxRule {
    /// Stable: lines with the same code are taxed together.
    pub code: String,
    /// As invoices show it: `PPN`, `VAT`.
    pub name: String,
    /// The rate in law, in percent.
    pub rate: Decimal,
    /// The part of the price that the rate applies to: `(11, 12)`.
    pub base: (i64, i64),
}

impl TaxRule {
    /// What the rate comes to on the whole price, in percent.
    pub fn effective_rate(&self) -> Decimal {
        self.rate * Decimal::from(self.base.0) / Decimal::from(self.base.1.max(1))
    }

    /// The tax on a price, exact: the caller rounds.
    pub fn of(&self, price: Decimal) -> Option<Decimal> {
        let base = price.checked_mul(Decimal::from(self.base.0))?.checked_mul(self.rate)?;
        base.checked_div(Decimal::from(self.base.1.max(1)))?.checked_div(Decimal::ONE_HUNDRED)
    }

    /// The part of a price that the rate in law applies to, for the invoice to show.
    pub fn base_of(&self, price: Money) -> Option<Money> {
        let exact = price.to_decimal().checked_mul(Decimal::from(self.base.0))?.checked_div(Decimal::from(self.base.1.max(1)))?;
        Money::round_half_up(exact, price.currency).ok()
    }
}

/// How one customer is taxed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "regime", rename_all = "snake_case")]
pub enum TaxRegime {
    /// Outside the provider's tax, exports for example.
    #[default]
    None,
    /// Indonesian PPN for services: 12 % on 11/12.
    PpnIndonesia,
    Percentage {
        name: String,
        /// In percent.
        rate: Decimal,
        #[serde(default)]
        discounts: DiscountBase,
    },
}

impl TaxRegime {
    pub fn rule(&self) -> Option<TaxRule> {
        match self {
            Self::None => None,
            Self::PpnIndonesia => Some(TaxRule { code: "id_ppn".into(), name: "PPN".into(), rate: Decimal::from(12), base: (11, 12) }),
            Self::Percentage { name, rate, .. } => {
                Some(TaxRule { code: format!("{}_{}", name.to_lowercase(), rate.normalize()), name: name.clone(), rate: *rate, base: (1, 1) })
            }
        }
    }

    pub const fn discounts(&self) -> DiscountBase {
        match self {
            Self::Percentage { discounts, .. } => *discounts,
            Self::None | Self::PpnIndonesia => DiscountBase::Reduced,
        }
    }

    /// What a customer of this country is taxed by when nothing else is settled: a provider in Indonesia charges PPN
    /// at home and exports without tax.
    pub fn for_country(country: &str) -> Self {
        if country.eq_ignore_ascii_case("ID") { Self::PpnIndonesia } else { Self::None }
    }

    /// For price previews before the customer is known: rupiah prices are for Indonesia.
    pub const fn for_currency(currency: Currency) -> Self {
        match currency {
            Currency::Idr => Self::PpnIndonesia,
            Currency::Usd | Currency::Eur => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ppn_is_twelve_percent_of_eleven_twelfths() {
        let ppn = TaxRegime::PpnIndonesia.rule().expect("a rule");
        assert_eq!(ppn.effective_rate(), Decimal::from(11));
        assert_eq!(ppn.of(Decimal::from(150_000)), Some(Decimal::from(16_500)));
        assert_eq!(ppn.base_of(Money::new(150_000, Currency::Idr)), Some(Money::new(137_500, Currency::Idr)));
    }
}
