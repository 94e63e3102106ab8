//! An invoice from its lines: discounts spread pro rata, tax per rate split by largest remainder, totals that add up.

use crate::{derivation::Derivation, periods::Period, tax::{DiscountBase, TaxRule}};
use catalog::Text;
use kernel::{ComponentId, Currency, Money, SubscriptionId, money::{MoneyError, split_largest_remainder}};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A recurring fee in advance.
    Fee,
    OneTime,
    /// What a meter counted, in arrears.
    Usage,
    /// What was missing to a minimum.
    Minimum,
    /// The unused part of a fee, given back.
    Credit,
    /// Usage of a closed term that became known later.
    Late,
}

impl LineKind {
    pub const ALL: [Self; 6] = [Self::Fee, Self::OneTime, Self::Usage, Self::Minimum, Self::Credit, Self::Late];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::OneTime => "one_time",
            Self::Usage => "usage",
            Self::Minimum => "minimum",
            Self::Credit => "credit",
            Self::Late => "late",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == text)
    }
}

/// One line before discounts and tax. Its amount was rounded once, and its derivation says how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftLine {
    pub kind: LineKind,
    pub subscription: Option<SubscriptionId>,
    pub component: Option<ComponentId>,
    /// What is charged: the offering and plan.
    pub title: Text,
    /// Which part of it: the component.
    pub part: Text,
    pub unit: Text,
    pub period: Period,
    /// Shown beside the line where it means something: metered units.
    pub quantity: Option<Decimal>,
    pub amount: Money,
    pub tax: Option<TaxRule>,
    pub derivation: Derivation,
}

/// Money off the whole invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    pub name: Text,
    /// Positive.
    pub amount: Money,
}

/// A line with its shares of discount and tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    #[serde(flatten)]
    pub draft: DraftLine,
    /// Zero or more, to be taken off.
    pub discount: Money,
    pub tax_amount: Money,
}

/// One tax over all its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    pub rule: TaxRule,
    /// The price that is taxed.
    pub price: Money,
    pub amount: Money,
}

/// An invoice's content, before it has a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub currency: Currency,
    pub lines: Vec<Line>,
    pub subtotal: Money,
    pub discount: Money,
    pub taxes: Vec<TaxTotal>,
    pub tax: Money,
    pub total: Money,
}

/// Puts lines together. Lines keep their order, which is what makes every split stable.
pub fn assemble(currency: Currency, lines: Vec<DraftLine>, discounts: &[Discount], base: DiscountBase) -> Result<Draft, MoneyError> {
    let subtotal = Money::sum(currency, lines.iter().map(|line| line.amount))?;
    let wanted = Money::sum(currency, discounts.iter().map(|discount| discount.amount))?;
    // Never more off than there is to pay.
    let discount = Money::new(wanted.minor.clamp(0, subtotal.minor.max(0)), currency);
    let weights: Vec<i64> = lines.iter().map(|line| line.amount.minor.max(0)).collect();
    let shares = split_largest_remainder(discount.minor, &weights);

    let mut groups: BTreeMap<TaxRule, Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some(rule) = &line.tax {
            groups.entry(rule.clone()).or_default().push(index);
        }
    }
    let mut line_taxes = vec![0_i64; lines.len()];
    let mut taxes = Vec::new();
    for (rule, members) in groups {
        let prices: Vec<i64> = members
            .iter()
            .map(|index| match base {
                DiscountBase::Reduced => lines[*index].amount.minor - shares[*index],
                DiscountBase::Full => lines[*index].amount.minor,
            })
            .collect();
        let price = Money::sum(currency, prices.iter().map(|minor| Money::new(*minor, currency)))?;
        let exact = rule.of(price.to_decimal()).ok_or(MoneyError::Overflow)?;
        let amount = Money::round_half_up(exact, currency)?;
        for (index, part) in members.iter().zip(split_signed(amount.minor, &prices)) {
            line_taxes[*index] = part;
        }
        taxes.push(TaxTotal { rule, price, amount });
    }
    let tax = Money::sum(currency, taxes.iter().map(|tax| tax.amount))?;
    let total = subtotal.checked_sub(discount)?.checked_add(tax)?;
    let lines = lines
        .into_iter()
        .zip(shares)
        .zip(line_taxes)
        .map(|((draft, share), tax)| Line { draft, discount: Money::new(share, currency), tax_amount: Money::new(tax, currency) })
        .collect();
    Ok(Draft { currency, lines, subtotal, discount, taxes, tax, total })
}

/// Largest remainder where charges and credits stand together and their sum may be negative.
fn split_signed(total: i64, weights: &[i64]) -> Vec<i64> {
    if weights.iter().sum::<i64>() >= 0 {
        return split_largest_remainder(total, weights);
    }
    let turned: Vec<i64> = weights.iter().map(|weight| -weight).collect();
    split_largest_remainder(-total, &turned).into_iter().map(|part| -part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derivation::Step;
    use kernel::Date;
    use proptest::prelude::*;

    fn plain(rate: &str) -> Option<TaxRule> {
        Some(TaxRule { code: format!("vat_{rate}"), name: "VAT".into(), rate: rate.parse().expect("a decimal"), base: (1, 1) })
    }

    fn line(cents: i64, tax: Option<TaxRule>) -> DraftLine {
        let amount = Money::new(cents, Currency::Usd);
        let day = Date::from_days(20_000);
        let exact = amount.to_decimal();
        DraftLine {
            kind: LineKind::Fee,
            subscription: None,
            component: None,
            title: Text::same("Plan"),
            part: Text::same("Fee"),
            unit: Text::default(),
            period: Period::new(day, day.plus_days(30)),
            quantity: None,
            amount,
            tax,
            derivation: Derivation(vec![Step::Flat { amount: exact }, Step::Rounded { exact, rounded: amount }]),
        }
    }

    fn off(cents: i64) -> Vec<Discount> {
        vec![Discount { name: Text::same("Coupon"), amount: Money::new(cents, Currency::Usd) }]
    }

    fn made(lines: Vec<DraftLine>, discounts: &[Discount], base: DiscountBase) -> Draft {
        assemble(Currency::Usd, lines, discounts, base).expect("small amounts")
    }

    #[test]
    fn g68_a_coupon_is_spread_before_tax_and_tax_is_split_per_rate() {
        let lines = vec![line(10_000, plain("10")), line(5_000, plain("0")), line(3_000, plain("20")), line(2_000, plain("20"))];
        let invoice = made(lines, &off(1_000), DiscountBase::Reduced);
        let discounts: Vec<i64> = invoice.lines.iter().map(|line| line.discount.minor).collect();
        let taxes: Vec<i64> = invoice.lines.iter().map(|line| line.tax_amount.minor).collect();
        assert_eq!(discounts, [500, 250, 150, 100]);
        assert_eq!(taxes, [950, 0, 570, 380]);
        assert_eq!((invoice.tax.minor, invoice.total.minor), (1_900, 20_900));
    }

    #[test]
    fn g69_a_credit_and_its_tax() {
        for (credit, rate, tax, total) in [(-19_333, "25", -4_833, -24_166), (-15_467, "25", -3_867, -19_334), (-2_571, "23.33", -600, -3_171)] {
            let invoice = made(vec![line(credit, plain(rate))], &[], DiscountBase::Reduced);
            assert_eq!((invoice.tax.minor, invoice.total.minor), (tax, total));
        }
    }

    #[test]
    fn g69c_whether_a_discount_reduces_the_tax_is_settled_by_jurisdiction() {
        let full = made(vec![line(1_000, plain("10"))], &off(200), DiscountBase::Full);
        assert_eq!((full.tax.minor, full.total.minor), (100, 900));
        let credit = made(vec![line(1_000, plain("10")), line(-200, plain("10"))], &[], DiscountBase::Full);
        assert_eq!((credit.tax.minor, credit.total.minor), (80, 880));
        let reduced = made(vec![line(1_000, plain("10"))], &off(200), DiscountBase::Reduced);
        assert_eq!((reduced.tax.minor, reduced.total.minor), (80, 880));
    }

    #[test]
    fn g59_tax_on_a_percentage_charge() {
        assert_eq!(made(vec![line(510, plain("20"))], &[], DiscountBase::Reduced).total.minor, 612);
    }

    proptest! {
        #[test]
        fn what_lines_say_adds_up_to_what_the_invoice_says(amounts in prop::collection::vec((-50_000_i64..100_000, 0_usize..3), 1..12), coupon in 0_i64..20_000) {
            let rates = ["0", "11", "20"];
            let lines: Vec<DraftLine> = amounts.iter().map(|(cents, rate)| line(*cents, plain(rates[*rate]))).collect();
            let invoice = made(lines, &off(coupon), DiscountBase::Reduced);
            let sum = |each: fn(&Line) -> Money| invoice.lines.iter().map(|line| each(line).minor).sum::<i64>();
            prop_assert_eq!(sum(|line| line.draft.amount), invoice.subtotal.minor);
            prop_assert_eq!(sum(|line| line.discount), invoice.discount.minor);
            prop_assert_eq!(sum(|line| line.tax_amount), invoice.tax.minor);
            prop_assert_eq!(invoice.subtotal.minor - invoice.discount.minor + invoice.tax.minor, invoice.total.minor);
            prop_assert!(invoice.discount.minor <= invoice.subtotal.minor.max(0));
        }
    }
}
