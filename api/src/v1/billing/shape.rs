//! Usage, subscriptions and invoices as REST shows them.

use super::{
    bill_shape::{Bill, BillLine, Period, Tax, steps},
    event::SOURCE_PREFIX,
};
use crate::v1::shape::{Amount, Localized};
use billing::{
    subscription::{State, Subject},
    view::{self, InvoiceRow, InvoiceView, MeterUsage, PaymentView, RefusedUsage, SubscriptionView, UsageView},
};
use kernel::{Date, InstanceId, InvoiceId, PaymentId, PlanId, SubscriptionId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct UsageList {
    pub data: Vec<InstanceUsage>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// What an instance used in its running term.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceUsage {
    #[schema(value_type = String, pattern = "^sub_[0-9a-z]{26}$")]
    pub subscription: SubscriptionId,
    #[schema(value_type = String, pattern = "^ins_[0-9a-z]{26}$")]
    pub instance: InstanceId,
    pub title: Localized,
    pub term: Period,
    /// Since when it is counted: the term's start, or the last change of plan.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    pub meters: Vec<Meter>,
    /// All meters together if the term ended now, before tax.
    pub cost: Amount,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MeterUsage)]
pub struct Meter {
    #[schema(example = "storage_gb_hours")]
    pub meter: String,
    pub name: Localized,
    pub unit: Localized,
    /// So far, as a decimal.
    pub quantity: String,
    /// Covered by the fee; in a part of a term, the same part of what a whole one covers.
    pub included: String,
    pub events: u64,
    /// If the term ended now, before tax.
    pub cost: Amount,
    /// How the amount came to be, step by step, exact until the last step rounds. Every step names itself in `step`.
    #[schema(value_type = Vec<Object>)]
    pub derivation: Vec<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedEventList {
    pub data: Vec<RefusedEvent>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// Why a usage event is kept and not charged.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedBecause {
    /// Its term was closed longer ago than the grace window reaches.
    TooLate,
    /// Nothing was subscribed to at its time.
    NotSubscribed,
    /// The plan in force had no such meter.
    UnknownMeter,
    /// With what was counted before it is more than an invoice can bear.
    TooLarge,
}

impl From<view::RefusedBecause> for RefusedBecause {
    fn from(because: view::RefusedBecause) -> Self {
        match because {
            view::RefusedBecause::TooLate => Self::TooLate,
            view::RefusedBecause::NotSubscribed => Self::NotSubscribed,
            view::RefusedBecause::UnknownMeter => Self::UnknownMeter,
            view::RefusedBecause::TooLarge => Self::TooLarge,
        }
    }
}

/// A usage event that is kept and not charged.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedEvent {
    pub because: RefusedBecause,
    /// As the sender gave it; of what the platform measures itself, the driver.
    pub source: String,
    pub id: String,
    #[schema(value_type = String, pattern = "^ins_[0-9a-z]{26}$")]
    pub instance: InstanceId,
    #[schema(example = "storage_gb_hours")]
    pub meter: String,
    /// As a decimal.
    pub value: String,
    /// When it was used.
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionList {
    pub data: Vec<Subscription>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// An agreement to pay by term: for the tier, or for an instance.
#[derive(Debug, Serialize, ToSchema)]
pub struct Subscription {
    #[schema(value_type = String, pattern = "^sub_[0-9a-z]{26}$")]
    pub id: SubscriptionId,
    /// The instance that it is for; null for the organisation's tier.
    #[schema(value_type = Option<String>, pattern = "^ins_[0-9a-z]{26}$")]
    pub instance: Option<InstanceId>,
    pub title: Localized,
    #[schema(value_type = String, pattern = "^pln_[0-9a-z]{26}$")]
    pub plan: PlanId,
    #[schema(example = "standard")]
    pub plan_code: String,
    #[schema(example = "monthly")]
    pub interval: String,
    /// `trialing`, `active`, `cancelling` or `ended`.
    #[schema(example = "active")]
    pub state: String,
    /// The recurring fee of a whole term, before tax.
    pub fee: Option<Amount>,
    pub term: Period,
    /// Of a trial: nothing is charged before this day.
    #[schema(value_type = Option<String>, format = Date)]
    pub trial_until: Option<Date>,
    /// The plan from the next term on, where a change was planned.
    #[schema(value_type = Option<String>, pattern = "^pln_[0-9a-z]{26}$")]
    pub next_plan: Option<PlanId>,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Why it ended: `cancelled`, `instance_deleted` or `unpaid`.
    pub end_reason: Option<String>,
    /// When the next invoice for it is made.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_invoice_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceList {
    pub data: Vec<InvoiceSummary>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// One invoice in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceSummary {
    #[schema(value_type = String, pattern = "^inv_[0-9a-z]{26}$", example = "inv_01h455vb4pex5vsknk084sn02q")]
    pub id: InvoiceId,
    /// `invoice` or `credit_note`.
    #[schema(example = "invoice")]
    pub kind: String,
    #[schema(example = "SH-2026-00001")]
    pub number: String,
    #[schema(value_type = String, format = Date)]
    pub issued_on: Date,
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    pub total: Amount,
    /// What is still to be paid.
    pub open: Amount,
    /// `open`, `overdue` or `paid`.
    #[schema(example = "open")]
    pub state: String,
}

/// One invoice with everything on it. It never changes; what is still open does.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invoice {
    #[serde(flatten)]
    pub summary: InvoiceSummary,
    #[schema(value_type = String, format = DateTime)]
    pub issued_at: Timestamp,
    pub seller: Party,
    pub buyer: Party,
    pub bill: Bill,
    /// Taken from the account's balance.
    pub from_balance: Amount,
    pub paid: Amount,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub paid_at: Option<Timestamp>,
    pub payments: Vec<Payment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Party {
    pub name: String,
    pub address: Vec<String>,
    pub tax_id: String,
    pub email: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Payment {
    #[schema(value_type = String, pattern = "^pay_[0-9a-z]{26}$")]
    pub id: PaymentId,
    #[schema(example = "bank_transfer")]
    pub method: String,
    pub reference: String,
    pub amount: Amount,
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
}

impl From<UsageView> for InstanceUsage {
    fn from(view: UsageView) -> Self {
        Self {
            subscription: view.subscription,
            instance: view.instance,
            title: view.title.into(),
            term: view.term.into(),
            from: view.from,
            meters: view.meters.into_iter().map(Meter::from).collect(),
            cost: view.cost.into(),
        }
    }
}

impl From<MeterUsage> for Meter {
    fn from(usage: MeterUsage) -> Self {
        Self {
            meter: usage.meter,
            name: usage.name.into(),
            unit: usage.unit.into(),
            quantity: usage.quantity.normalize().to_string(),
            included: usage.included.normalize().to_string(),
            events: usage.events,
            cost: usage.cost.into(),
            derivation: steps(&usage.derivation),
        }
    }
}

impl From<RefusedUsage> for RefusedEvent {
    fn from(view: RefusedUsage) -> Self {
        Self {
            because: view.because.into(),
            source: view.source.strip_prefix(SOURCE_PREFIX).unwrap_or(&view.source).to_owned(),
            id: view.id,
            instance: view.instance,
            meter: view.meter,
            value: view.value.normalize().to_string(),
            time: view.at,
            received_at: view.received_at,
        }
    }
}

impl From<SubscriptionView> for Subscription {
    fn from(view: SubscriptionView) -> Self {
        let (trial_until, next_plan, ended) = match view.state {
            State::Trialing { until } => (Some(until), None, None),
            State::Active { next } => (None, next.map(|next| next.plan), None),
            State::Cancelling { trial } => (trial, None, None),
            State::Ended { at, reason } => (None, None, Some((at, reason))),
        };
        Self {
            id: view.id,
            instance: match view.subject {
                Subject::Tier => None,
                Subject::Instance { instance } => Some(instance),
            },
            title: view.title.into(),
            plan: view.choice.plan,
            plan_code: view.plan_code,
            interval: view.choice.interval.code().to_owned(),
            state: view.state.code().to_owned(),
            fee: view.fee.map(Amount::from),
            term: view.term.into(),
            trial_until,
            next_plan,
            started_at: view.started_at,
            ended_at: ended.map(|(at, _)| at),
            end_reason: ended.map(|(_, reason)| reason.code().to_owned()),
            next_invoice_at: view.next_invoice_at,
        }
    }
}

impl From<InvoiceRow> for InvoiceSummary {
    fn from(row: InvoiceRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind.code().to_owned(),
            number: row.number,
            issued_on: row.issued_on,
            due_on: row.due_on,
            total: row.total.into(),
            open: row.open.into(),
            state: row.state.code().to_owned(),
        }
    }
}

impl From<InvoiceView> for Invoice {
    fn from(view: InvoiceView) -> Self {
        let total = view.row.total;
        Self {
            summary: view.row.into(),
            issued_at: view.issued_at,
            seller: Party { name: view.seller.name, address: view.seller.address, tax_id: view.seller.tax_id, email: view.seller.email },
            buyer: view.buyer.into(),
            bill: Bill {
                lines: view.lines.into_iter().map(|line| BillLine::new(Some(line.id), line.line)).collect(),
                subtotal: view.subtotal.into(),
                discount: view.discount.into(),
                taxes: view.taxes.into_iter().map(Tax::from).collect(),
                tax: view.tax.into(),
                total: total.into(),
            },
            from_balance: view.from_balance.into(),
            paid: view.paid.into(),
            paid_at: view.paid_at,
            payments: view.payments.into_iter().map(Payment::from).collect(),
        }
    }
}

impl From<view::Buyer> for Party {
    fn from(buyer: view::Buyer) -> Self {
        let view::Buyer { name, address, tax_id, email } = buyer;
        Self { name, address, tax_id, email }
    }
}

impl From<PaymentView> for Payment {
    fn from(view: PaymentView) -> Self {
        Self { id: view.id, method: view.method, reference: view.reference, amount: view.amount.into(), received_on: view.received_on }
    }
}
