//! What the provider's page of invoices shows and sends.

use billing::view::{InvoiceRow, InvoiceView, UsageSetAside};
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
    /// What no invoice could bear.
    pub set_aside: Vec<UsageSetAside>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn a_transfer_settles_leaves_or_exceeds() {
        let money = |minor| Money::new(minor, Currency::Idr);
        assert_eq!(Outcome::of(money(150_000), money(150_000)), Outcome::Settles);
        assert_eq!(Outcome::of(money(100_000), money(150_000)), Outcome::Leaves(money(50_000)));
        assert_eq!(Outcome::of(money(150_001), money(150_000)), Outcome::Exceeds(money(1)));
    }
}
