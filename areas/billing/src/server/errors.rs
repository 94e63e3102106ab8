//! Why use cases of billing refuse, each with its stable code.

use crate::{charges::CannotCharge, subscription::Refused};
use kernel::{Denied, Fault, FieldError, money::MoneyError};

/// What a tier promises in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// People who may belong to the organisation.
    Seats,
    Instances,
}

impl Promise {
    /// As the catalog names the limit.
    pub const fn limit(self) -> &'static str {
        match self {
            Self::Seats => identity::limits::SEATS,
            Self::Instances => "instances",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    #[error("there is no such subscription")]
    SubscriptionNotFound,
    #[error("there is no such invoice")]
    InvoiceNotFound,
    #[error("there is no such line on this invoice")]
    LineNotFound,
    #[error("there is no such plan on sale")]
    PlanNotFound,
    #[error("the organisation's billing account is not open yet: complete its profile first")]
    NoAccount,
    #[error("this plan is not sold for this term in this currency")]
    NotSold,
    #[error("the numbers are too large to calculate with")]
    TooLarge,
    #[error("{0}")]
    Subscription(Refused),
    #[error("the plan belongs to another service than the subscription")]
    OtherOffering,
    /// Whether another plan fits is for the service's backend to say.
    #[error("a service's plan is changed at the service")]
    AtService,
    /// The tier that is changed to allows less than there is now.
    #[error("{used} {} are in use, the tier allows {limit}", what.limit())]
    BelowUse { what: Promise, used: i64, limit: i64 },
    #[error("unpaid invoices must be paid before anything new can be ordered")]
    Restricted,
    #[error("a payment with this reference was recorded before")]
    PaymentRecorded,
    /// Not what was shown to whoever records a payment.
    #[error("something else is open on the invoice by now: nothing was recorded")]
    OpenChanged,
    #[error("the payment is in another currency than the account")]
    OtherCurrency,
    #[error("a payment for this invoice is under way")]
    PaymentUnderWay,
    #[error("this invoice is paid already")]
    InvoicePaid,
    #[error("this payment method is not known here")]
    NoSuchGateway,
    #[error("some fields are not right")]
    Fields(Vec<FieldError>),
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(BillingError);

impl From<CannotCharge> for BillingError {
    fn from(error: CannotCharge) -> Self {
        match error {
            CannotCharge::NotSold => Self::NotSold,
            CannotCharge::TooLarge(_) => Self::TooLarge,
        }
    }
}

impl From<Refused> for BillingError {
    fn from(refused: Refused) -> Self {
        Self::Subscription(refused)
    }
}

impl From<MoneyError> for BillingError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Currencies(..) => Self::OtherCurrency,
            MoneyError::Overflow => Self::TooLarge,
        }
    }
}

impl BillingError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::SubscriptionNotFound => "billing.subscription_not_found",
            Self::InvoiceNotFound => "billing.invoice_not_found",
            Self::LineNotFound => "billing.line_not_found",
            Self::PlanNotFound => "billing.plan_not_found",
            Self::NoAccount => "billing.no_account",
            Self::NotSold => "billing.not_sold",
            Self::TooLarge => "billing.too_large",
            Self::Subscription(Refused::Ended) => "billing.subscription_ended",
            Self::Subscription(Refused::Cancelling) => "billing.subscription_cancelled",
            Self::Subscription(Refused::NotDue) => "billing.term_not_over",
            Self::OtherOffering => "billing.other_offering",
            Self::AtService => "billing.at_service",
            Self::BelowUse { .. } => "billing.below_use",
            Self::Restricted => "billing.restricted",
            Self::PaymentRecorded => "billing.payment_recorded",
            Self::OpenChanged => "billing.open_changed",
            Self::OtherCurrency => "billing.other_currency",
            Self::PaymentUnderWay => "billing.payment_under_way",
            Self::InvoicePaid => "billing.invoice_paid",
            Self::NoSuchGateway => "billing.no_such_gateway",
            Self::Fields(_) => "billing.fields",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Fields(fields) => fields,
            _ => &[],
        }
    }

    /// For jobs and handlers, whose caller cannot act on a refusal.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            other => Fault::new(format!("{}: {other}", other.code())),
        }
    }
}
