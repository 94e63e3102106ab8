//! What an invoice still owes and what an account holds, after payments, adjustments, refunds and credits.
//!
//! Money that is paid beyond what an invoice charges becomes the account's balance, and the next invoices take from it
//! before anything is asked for.

use kernel::{Money, money::MoneyError};

/// One invoice's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceBooks {
    /// What it charges, adjustments taken off.
    pub charged: Money,
    /// What was paid, refunds taken off.
    pub paid: Money,
    /// Taken from the account's balance.
    pub from_balance: Money,
    /// Paid too much and moved to the account's balance.
    pub to_balance: Money,
}

impl InvoiceBooks {
    pub const fn new(charged: Money) -> Self {
        let zero = Money::zero(charged.currency);
        Self { charged, paid: zero, from_balance: zero, to_balance: zero }
    }

    /// What is still to be paid.
    pub fn balance(self) -> Result<Money, MoneyError> {
        self.charged.checked_sub(self.paid)?.checked_sub(self.from_balance)?.checked_add(self.to_balance)
    }

    /// A payment arrives: what is above the rest goes to the account.
    pub fn pay(mut self, amount: Money) -> Result<Self, MoneyError> {
        self.paid = self.paid.checked_add(amount)?;
        self.settle()
    }

    /// The charge becomes smaller: what was paid for it goes to the account.
    pub fn adjust(mut self, less: Money) -> Result<Self, MoneyError> {
        self.charged = self.charged.checked_sub(less)?;
        self.settle()
    }

    /// Money goes back for a charge that became smaller by it: nothing is owed on either side.
    pub fn refund_with_adjustment(mut self, amount: Money) -> Result<Self, MoneyError> {
        self.charged = self.charged.checked_sub(amount)?;
        self.paid = self.paid.checked_sub(amount)?;
        self.settle()
    }

    /// Money goes back though the charge stands: it is owed again.
    pub fn refund(mut self, amount: Money) -> Result<Self, MoneyError> {
        self.paid = self.paid.checked_sub(amount)?;
        Ok(self)
    }

    /// Takes from the account as much as is there and needed.
    pub fn draw(mut self, account: Money) -> Result<Self, MoneyError> {
        let owed = self.balance()?;
        let taken = Money::new(account.minor.max(0).min(owed.minor.max(0)), owed.currency);
        self.from_balance = self.from_balance.checked_add(taken)?;
        Ok(self)
    }

    fn settle(mut self) -> Result<Self, MoneyError> {
        let balance = self.balance()?;
        if balance.minor < 0 {
            self.to_balance = self.to_balance.checked_sub(balance)?;
        }
        Ok(self)
    }
}

/// What a grant of prepaid credit begins the next term with: at least `least`, at most `most` of what was left.
pub fn rollover(left: Money, least: Money, most: Money) -> Money {
    most.min(least.max(left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    fn usd(units: i64) -> Money {
        Money::new(units * 100, Currency::Usd)
    }

    fn books(made: Result<InvoiceBooks, MoneyError>) -> InvoiceBooks {
        made.expect("small amounts")
    }

    #[test]
    fn g69e_adjustments_refunds_and_account_credit() {
        let paid = books(InvoiceBooks::new(usd(100)).pay(usd(100)));
        let adjusted = books(paid.adjust(usd(10)));
        assert_eq!((adjusted.charged, adjusted.to_balance, adjusted.balance()), (usd(90), usd(10), Ok(usd(0))));
        let with = books(paid.refund_with_adjustment(usd(10)));
        assert_eq!((with.balance(), with.to_balance), (Ok(usd(0)), usd(0)));
        assert_eq!(books(paid.refund(usd(10))).balance(), Ok(usd(10)));
        assert_eq!(books(InvoiceBooks::new(usd(100)).draw(usd(20))).balance(), Ok(usd(80)));
    }

    #[test]
    fn g67_a_grant_rolls_over_between_its_bounds() {
        for (left, next) in [(80, 50), (30, 30), (4, 10)] {
            assert_eq!(rollover(usd(left), usd(10), usd(50)), usd(next));
        }
    }

    proptest! {
        #[test]
        fn no_money_appears_or_disappears(charged in 0_i64..10_000, held in 0_i64..10_000, payments in prop::collection::vec(1_i64..5_000, 0..6)) {
            let mut invoice = books(InvoiceBooks::new(usd(charged)).draw(usd(held)));
            for payment in &payments {
                invoice = books(invoice.pay(usd(*payment)));
            }
            let paid: i64 = payments.iter().sum();
            let balance = invoice.balance().expect("small amounts");
            prop_assert!(balance.minor >= 0);
            prop_assert_eq!(invoice.paid, usd(paid));
            prop_assert_eq!(charged * 100 + invoice.to_balance.minor, paid * 100 + invoice.from_balance.minor + balance.minor);
        }
    }
}
