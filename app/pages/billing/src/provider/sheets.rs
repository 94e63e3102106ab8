//! What the provider's page of invoices shows and sends.

use billing::view::{InvoiceRow, InvoiceView, UsageSetAside};
use catalog::Text;
use kernel::{Date, Money, Page};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoicesSheet {
    pub page: Page<InvoiceRow>,
    /// Whose invoices alone are shown.
    pub only: Option<String>,
    /// The one that the address names.
    pub chosen: Option<Box<InvoiceView>>,
    /// A transfer that was checked and waits to be confirmed.
    pub review: Option<Review>,
    pub today: Date,
    /// Where transfers go, for those who may change it.
    pub accounts: Option<AccountsForm>,
    /// How long there is to pay and what follows, for those who may change it.
    pub terms: Option<TermsForm>,
    pub set_aside: AsideSheet,
}

/// What no invoice could bear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AsideSheet {
    pub rows: Vec<AsideRow>,
    /// There is older than these.
    pub more: bool,
}

/// Usage that was set aside, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AsideRow {
    pub aside: UsageSetAside,
    /// The service's name, else its plan's.
    pub service: Option<Text>,
    /// What the meter counts, as the plan calls it; its code where the plan does not.
    pub meter: Text,
    pub unit: Text,
}

#[cfg(feature = "ssr")]
impl AsideRow {
    pub fn new(aside: UsageSetAside, service: Option<&str>, plan: Option<&catalog::Plan>) -> Self {
        let part = plan.and_then(|plan| plan.terms.component_for_meter(&aside.meter));
        let meter = part.map(|part| part.name.clone()).filter(|name| !name.is_empty());
        Self {
            service: service.map(Text::same).or_else(|| plan.map(billing::charges::title)),
            meter: meter.unwrap_or_else(|| Text::same(&aside.meter.replace('_', " "))),
            unit: part.map(|part| part.unit.clone()).unwrap_or_else(|| Text::same("")),
            aside,
        }
    }
}

/// How many accounts the form has room for: one a currency, mostly.
pub const ACCOUNTS: usize = 3;

/// Where customers transfer to, and whom they ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountsForm {
    #[serde(default)]
    pub email: String,
    /// Blank ones are left out.
    #[serde(default)]
    pub accounts: Vec<AccountForm>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    #[serde(default)]
    pub bank: String,
    #[serde(default)]
    pub account: String,
    #[serde(default)]
    pub holder: String,
    /// Its code, or empty for every currency.
    #[serde(default)]
    pub currency: String,
}

/// Numbers, days to pay, and the days after the due date on which states are entered. As typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsForm {
    #[serde(default)]
    pub entity: String,
    #[serde(default)]
    pub net_days: String,
    #[serde(default)]
    pub grace_terms: String,
    #[serde(default)]
    pub overdue: String,
    #[serde(default)]
    pub warned: String,
    #[serde(default)]
    pub restricted: String,
    #[serde(default)]
    pub suspended: String,
    #[serde(default)]
    pub ended: String,
    #[serde(default)]
    pub notice: String,
}

/// A transfer as it will be recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub amount: Money,
    pub received_on: Date,
    pub reference: String,
    /// Open on the invoice when this was reviewed before, where it is something else now.
    pub before: Option<Money>,
    pub form: TransferForm,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferForm {
    pub invoice: String,
    /// In major units, with a point.
    #[serde(default)]
    pub amount: String,
    #[serde(default)]
    pub received_on: String,
    #[serde(default)]
    pub reference: String,
    /// Open on the invoice as the review showed it, in major units; empty before there was one.
    #[serde(default)]
    pub open: String,
}

/// What a transfer does to the invoice that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Settles,
    /// So much is still to be paid.
    Leaves(Money),
    /// So much goes to the balance.
    Exceeds(Money),
}

impl Outcome {
    pub fn of(amount: Money, open: Money) -> Self {
        let rest = open.minor.saturating_sub(amount.minor);
        match rest {
            0 => Self::Settles,
            1.. => Self::Leaves(Money::new(rest, open.currency)),
            _ => Self::Exceeds(Money::new(rest.saturating_neg(), open.currency)),
        }
    }
}

/// Why the day on which a transfer is said to have come is to be looked at again. It may be right all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddDay {
    /// Nobody knew the invoice then.
    BeforeInvoice,
    /// More than a year ago.
    LongAgo,
}

impl OddDay {
    pub fn of(received_on: Date, issued_on: Date, today: Date) -> Option<Self> {
        if received_on < issued_on {
            return Some(Self::BeforeInvoice);
        }
        // A year and the day of a leap year.
        (received_on < today.plus_days(-366)).then_some(Self::LongAgo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn a_day_before_the_invoice_or_long_ago_is_odd() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let of = |received: &str, issued: &str| OddDay::of(day(received), day(issued), day("2026-11-26"));
        assert_eq!(of("1999-01-01", "2026-11-01"), Some(OddDay::BeforeInvoice));
        assert_eq!(of("2026-10-31", "2026-11-01"), Some(OddDay::BeforeInvoice));
        assert_eq!(of("2026-11-01", "2026-11-01"), None);
        assert_eq!(of("2026-11-27", "2026-11-01"), None);
        assert_eq!(of("2025-11-24", "2025-01-01"), Some(OddDay::LongAgo));
        assert_eq!(of("2025-11-26", "2025-01-01"), None);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn what_was_set_aside_is_named_as_far_as_it_is_known() {
        let aside = UsageSetAside {
            tenant: "org_00000000000000000000000000".parse().expect("an id"),
            organisation: "Shop".to_owned(),
            instance: None,
            plan: "pln_00000000000000000000000000".parse().expect("an id"),
            meter: "checks_run".to_owned(),
            quantity: 5.into(),
            from: "2026-01-15T09:00:00Z".parse().expect("a time"),
            at: "2026-02-15T09:00:00Z".parse().expect("a time"),
        };
        let row = AsideRow::new(aside.clone(), Some("Shop window"), None);
        assert_eq!((row.service, row.meter, row.unit), (Some(Text::same("Shop window")), Text::same("checks run"), Text::same("")));
        assert_eq!(AsideRow::new(aside, None, None).service, None, "an id says nothing");
    }

    #[test]
    fn a_transfer_settles_leaves_or_exceeds() {
        let money = |minor| Money::new(minor, Currency::Idr);
        assert_eq!(Outcome::of(money(150_000), money(150_000)), Outcome::Settles);
        assert_eq!(Outcome::of(money(100_000), money(150_000)), Outcome::Leaves(money(50_000)));
        assert_eq!(Outcome::of(money(150_001), money(150_000)), Outcome::Exceeds(money(1)));
    }
}
