//! What pages and the REST interface show of billing.

use crate::{
    derivation::Derivation,
    dunning::{DunningPolicy, Standing},
    invoice::{Draft, Line, LineKind, TaxTotal},
    periods::Period,
    subscription::{Choice, State, Subject},
    tax::TaxRegime,
};
use catalog::{Interval, Text};
use kernel::{Currency, Date, FieldError, InstanceId, InvoiceId, Language, LineId, Money, PaymentId, PlanId, SubscriptionId, TenantId, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where transfers go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    pub bank: String,
    pub account: String,
    pub holder: String,
    /// Only for this currency; for all when empty.
    #[serde(default)]
    pub currency: Option<Currency>,
}

/// The legal entity that invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Short code that numbers begin with: `SH`.
    pub entity: String,
    pub name: String,
    pub address: Vec<String>,
    /// NPWP, VAT number.
    pub tax_id: String,
    pub email: String,
    pub bank: Vec<BankAccount>,
}

impl Seller {
    /// Where that currency is transferred to.
    pub fn accounts_for(&self, currency: Currency) -> Vec<&BankAccount> {
        self.bank.iter().filter(|account| account.currency.is_none_or(|only| only == currency)).collect()
    }
}

/// To whom an invoice is addressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    pub name: String,
    pub address: Vec<String>,
    pub tax_id: String,
    pub email: String,
}

/// The provider's settings of billing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingSettings {
    pub seller: Seller,
    /// Calendar days from the invoice's date to its due date.
    pub net_days: i64,
    pub dunning: DunningPolicy,
    /// Closed terms for which late usage is still taken.
    pub grace_terms: i64,
}

/// What staff settle of invoices: numbers, days to pay, and what happens when nobody does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// Numbers begin with it; another one begins another series.
    pub entity: String,
    /// Calendar days from the invoice's date to its due date.
    pub net_days: i64,
    /// Closed terms for which late usage is still taken.
    pub grace_terms: i64,
    pub dunning: DunningPolicy,
}

impl PaymentTerms {
    pub const MOST_NET_DAYS: i64 = 120;
    pub const MOST_GRACE_TERMS: i64 = 12;
    /// Characters of `entity`.
    pub const LONGEST_ENTITY: usize = 8;

    /// A complaint for each field that cannot be: `entity`, `net_days`, `grace_terms`, `dunning`.
    pub fn check(&self) -> Vec<FieldError> {
        let mut fields = Vec::new();
        let code = self.entity.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !code || !(1..=Self::LONGEST_ENTITY).contains(&self.entity.len()) {
            fields.push(FieldError::new("entity", "code", format!("1 to {} capital letters and digits; numbers begin with it.", Self::LONGEST_ENTITY)));
        }
        if !(0..=Self::MOST_NET_DAYS).contains(&self.net_days) {
            fields.push(FieldError::new("net_days", "range", format!("0 to {} days.", Self::MOST_NET_DAYS)));
        }
        if !(0..=Self::MOST_GRACE_TERMS).contains(&self.grace_terms) {
            fields.push(FieldError::new("grace_terms", "range", format!("0 to {} terms.", Self::MOST_GRACE_TERMS)));
        }
        if let Err(bad) = self.dunning.check() {
            fields.push(FieldError::new("dunning", "policy", bad.to_string()));
        }
        fields
    }
}

/// How an organisation is invoiced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDetails {
    pub currency: Currency,
    pub time_zone: String,
    pub buyer: Buyer,
    pub tax: TaxRegime,
    pub language: Language,
}

/// An organisation's account at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    pub tenant: TenantId,
    pub details: AccountDetails,
    pub anchor_day: Option<u8>,
    /// Held for the next invoices.
    pub balance: Money,
    /// Open invoices together.
    pub owed: Money,
    pub standing: Standing,
    /// When the oldest open invoice is due.
    pub due_on: Option<Date>,
    /// What happens next if nothing is paid, and on which day.
    pub next_standing: Option<(Date, Standing)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    pub id: SubscriptionId,
    pub subject: Subject,
    /// Offering and plan.
    pub title: Text,
    pub plan_name: Text,
    pub plan_code: String,
    pub choice: Choice,
    pub currency: Currency,
    /// The recurring fee of a whole term, before tax.
    pub fee: Option<Money>,
    pub term: Period,
    pub state: State,
    pub started_at: Timestamp,
    /// When the next invoice for it is made.
    pub next_invoice_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Invoice,
    CreditNote,
}

impl DocumentKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invoice, Self::CreditNote].into_iter().find(|kind| kind.code() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    Open,
    /// Open after its due date.
    Overdue,
    Paid,
}

impl InvoiceState {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Paid => "paid",
        }
    }
}

/// One invoice in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRow {
    pub tenant: TenantId,
    pub id: InvoiceId,
    pub kind: DocumentKind,
    pub number: String,
    pub buyer_name: String,
    pub issued_on: Date,
    pub due_on: Date,
    pub total: Money,
    /// What is still to be paid.
    pub open: Money,
    pub state: InvoiceState,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineView {
    pub id: LineId,
    #[serde(flatten)]
    pub line: Line,
}

/// One invoice with everything on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceView {
    #[serde(flatten)]
    pub row: InvoiceRow,
    pub issued_at: Timestamp,
    pub language: Language,
    pub seller: Seller,
    pub buyer: Buyer,
    pub lines: Vec<LineView>,
    pub subtotal: Money,
    pub discount: Money,
    pub taxes: Vec<TaxTotal>,
    pub tax: Money,
    pub from_balance: Money,
    pub paid: Money,
    pub paid_at: Option<Timestamp>,
    pub payments: Vec<PaymentView>,
}

/// How one line came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DerivationView {
    pub invoice: InvoiceId,
    pub line: LineId,
    pub kind: LineKind,
    pub title: Text,
    pub part: Text,
    pub unit: Text,
    pub period: Period,
    pub amount: Money,
    pub derivation: Derivation,
    /// Whether calculating again from the steps leads to the amount.
    pub follows: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    pub id: PaymentId,
    pub invoice: Option<InvoiceId>,
    pub method: String,
    pub reference: String,
    pub amount: Money,
    pub received_on: Date,
    pub recorded_at: Timestamp,
}

/// One movement of the balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceEntry {
    pub at: Timestamp,
    /// `overpaid`, `credit_note`, `granted`, `used`.
    pub kind: String,
    pub amount: Money,
    pub reason: String,
}

/// One meter of one instance in the running term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeterUsage {
    pub meter: String,
    pub name: Text,
    pub unit: Text,
    pub quantity: Decimal,
    /// What costs nothing beside the fee of this term, or of the part of it that is charged for.
    pub included: Decimal,
    pub events: u64,
    /// What it comes to if the term ended now, before tax.
    pub cost: Money,
    pub derivation: Derivation,
}

/// What an instance used in its running term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageView {
    pub subscription: SubscriptionId,
    pub instance: InstanceId,
    pub title: Text,
    pub term: Period,
    pub from: Timestamp,
    pub meters: Vec<MeterUsage>,
    /// All meters together.
    pub cost: Money,
}

/// Sources of usage that customers report begin so; those of the platform's own measurements never do.
pub const REPORTED: &str = "api:";

/// Why a usage event is kept and not charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedBecause {
    /// The term that it was used in was closed longer ago than the grace window reaches.
    TooLate,
    /// Nothing was subscribed to when it was used: before the beginning, or after the end.
    NotSubscribed,
    /// The plan in force had no such meter.
    UnknownMeter,
    /// With what was counted before it is more than an invoice can bear.
    TooLarge,
}

impl RefusedBecause {
    pub const ALL: [Self; 4] = [Self::TooLate, Self::NotSubscribed, Self::UnknownMeter, Self::TooLarge];

    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLate => "too_late",
            Self::NotSubscribed => "not_subscribed",
            Self::UnknownMeter => "unknown_meter",
            Self::TooLarge => "too_large",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|because| because.code() == text)
    }
}

/// A usage event that is kept and not charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedUsage {
    pub because: RefusedBecause,
    pub source: String,
    pub id: String,
    pub instance: InstanceId,
    pub meter: String,
    pub value: Decimal,
    pub at: Timestamp,
    pub received_at: Timestamp,
}

/// What a meter counted and nobody was charged for, since no invoice could bear it: for staff to settle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageSetAside {
    pub tenant: TenantId,
    /// As the account has it.
    pub organisation: String,
    pub instance: Option<InstanceId>,
    /// Of the subscription now.
    pub plan: PlanId,
    pub meter: String,
    pub quantity: Decimal,
    /// Since when it was counted.
    pub from: Timestamp,
    pub at: Timestamp,
}

/// The newest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    pub rows: Vec<UsageSetAside>,
    /// There is older than these.
    pub more: bool,
}

/// What is to be priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteRequest {
    pub plan: PlanId,
    pub interval: Interval,
    /// The organisation's own when it is known.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Expected quantity of each meter in a whole term.
    #[serde(default)]
    pub usage: BTreeMap<String, Decimal>,
    /// In how many events of one size it is expected, where each of them is charged for; in one without it.
    #[serde(default)]
    pub events: BTreeMap<String, u64>,
}

/// The exact price, by the calculator that charges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuoteView {
    pub plan: PlanId,
    pub title: Text,
    pub interval: Interval,
    pub currency: Currency,
    /// What beginning today costs: the fee up to the anchor day, fees for beginning.
    pub today: Draft,
    pub today_period: Period,
    /// The trial that comes first, in days.
    pub trial_days: u16,
    /// What every whole term costs with the expected usage.
    pub each_term: Draft,
}

/// What a change of plan would put on an invoice now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePreview {
    /// `false`: at the end of the term, and nothing is charged before.
    pub now: bool,
    pub takes_effect_on: Date,
    pub today: Option<Draft>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_goes_to_its_own_accounts_and_to_those_for_all() {
        let account = |bank: &str, currency| BankAccount { bank: bank.to_owned(), account: "0".to_owned(), holder: "Hub".to_owned(), currency };
        let bank = vec![account("Rupiah", Some(Currency::Idr)), account("Dollars", Some(Currency::Usd))];
        let mut seller = Seller { entity: "SH".to_owned(), name: "Hub".to_owned(), address: Vec::new(), tax_id: String::new(), email: String::new(), bank };
        let names = |seller: &Seller, currency| seller.accounts_for(currency).into_iter().map(|account| account.bank.clone()).collect::<Vec<_>>();
        assert_eq!(names(&seller, Currency::Idr), ["Rupiah"]);
        assert!(names(&seller, Currency::Eur).is_empty(), "nothing is promised");
        seller.bank.push(account("All", None));
        assert_eq!(names(&seller, Currency::Eur), ["All"]);
    }
}
