//! Refusals of the use cases, with their stable codes.

use crate::instance::{Refused, SuspendedBy, in_words};
use billing::{server::BillingError, subscription};
use kernel::{Denied, Fault, FieldError, OperationId};

const fn denied(denied: Denied) -> &'static str {
    match denied {
        Denied::SignedOut => "access.signed_out",
        Denied::TooLittle => "access.denied",
        Denied::NoTenant => "access.no_tenant",
    }
}

/// Billing's own codes: one refusal has one name, whoever says it.
const RESTRICTED: &str = "billing.restricted";
const NOT_SOLD: &str = "billing.not_sold";
const LIMIT_REACHED: &str = "provisioning.limit_reached";

/// Why something was not shown.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("there is no such service or operation")]
    NotFound,
    /// The cursor is not one of ours, or of another list.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

impl ReadError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "provisioning.not_found",
            Self::BadCursor => "provisioning.bad_cursor",
            Self::Denied(why) => denied(*why),
            Self::Fault(_) => "fault",
        }
    }
}

/// Why an order was not taken.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("some fields need another look")]
    Fields(Vec<FieldError>),
    #[error("there is no such plan for sale")]
    NoSuchPlan,
    /// The same id was used for a different order.
    #[error("this id already belongs to a different order")]
    Conflict,
    /// As many as the organisation's tier allows.
    #[error("the tier allows {limit} services")]
    LimitReached { limit: i64 },
    /// Unpaid invoices: nothing new until they are paid.
    #[error("unpaid invoices are overdue: pay them, then order again")]
    Restricted,
    /// It could not be charged for.
    #[error("this plan is not sold by the month in the organisation's currency")]
    NotSold,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

impl OrderError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fields(_) => "provisioning.invalid",
            Self::NoSuchPlan => "provisioning.no_such_plan",
            Self::Conflict => "provisioning.order_conflict",
            Self::LimitReached { .. } => LIMIT_REACHED,
            Self::Restricted => RESTRICTED,
            Self::NotSold => NOT_SOLD,
            Self::Denied(why) => denied(*why),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Fields(fields) => fields,
            Self::NoSuchPlan | Self::Conflict | Self::LimitReached { .. } | Self::Restricted | Self::NotSold | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

/// Why an instance was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("there is no such service")]
    NotFound,
    #[error("another change is under way: {operation}")]
    Busy { operation: OperationId },
    #[error("a service that {} does not take this change", in_words(.state))]
    WrongState { state: &'static str },
    #[error("the service is held {}", .by.in_words())]
    Held { by: SuspendedBy },
    /// Somebody else changed it since the caller looked.
    #[error("the service was changed meanwhile; it is at version {version}")]
    Stale { version: i64 },
    #[error("some fields need another look")]
    Fields(Vec<FieldError>),
    #[error("there is no such plan for sale")]
    NoSuchPlan,
    #[error("the plan belongs to another service")]
    OtherService,
    /// The new plan allows less than what is used now.
    #[error("{meter} is at {used}, the plan allows {limit}")]
    BelowUse { meter: String, used: i64, limit: i64 },
    /// It ends with its running term.
    #[error("its subscription is cancelled to the end of its term; keep it first")]
    Cancelled,
    /// Unpaid invoices: nothing comes back before they are paid.
    #[error("unpaid invoices are overdue: pay them, then restore it")]
    Restricted,
    /// It could not be charged for.
    #[error("this plan is not sold by the month in the organisation's currency")]
    NotSold,
    /// As many as the organisation's tier allows are there without it.
    #[error("the tier allows {limit} services")]
    LimitReached { limit: i64 },
    /// This kind of service has no credentials.
    #[error("this service has no credentials")]
    NoCredentials,
    /// Only a failed operation that is its instance's newest is tried again.
    #[error("this operation cannot be tried again")]
    NotRetryable,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

impl ChangeError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "provisioning.not_found",
            Self::Busy { .. } => "provisioning.busy",
            Self::WrongState { .. } => "provisioning.wrong_state",
            Self::Held { by: SuspendedBy::Customer } => "provisioning.held_by_customer",
            Self::Held { by: SuspendedBy::Debt } => "provisioning.held_for_debt",
            Self::Held { by: SuspendedBy::Staff } => "provisioning.held_by_staff",
            Self::Stale { .. } => "provisioning.stale",
            Self::Fields(_) => "provisioning.invalid",
            Self::NoSuchPlan => "provisioning.no_such_plan",
            Self::OtherService => "provisioning.other_service",
            Self::BelowUse { .. } => "provisioning.below_use",
            Self::Cancelled => "provisioning.cancelled",
            Self::Restricted => RESTRICTED,
            Self::NotSold => NOT_SOLD,
            Self::LimitReached { .. } => LIMIT_REACHED,
            Self::NoCredentials => "provisioning.no_credentials",
            Self::NotRetryable => "provisioning.not_retryable",
            Self::Denied(why) => denied(*why),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Fields(fields) => fields,
            Self::NotFound
            | Self::Busy { .. }
            | Self::WrongState { .. }
            | Self::Held { .. }
            | Self::Stale { .. }
            | Self::NoSuchPlan
            | Self::OtherService
            | Self::BelowUse { .. }
            | Self::Cancelled
            | Self::Restricted
            | Self::NotSold
            | Self::LimitReached { .. }
            | Self::NoCredentials
            | Self::NotRetryable
            | Self::Denied(_)
            | Self::Fault(_) => &[],
        }
    }
}

impl From<Refused> for ChangeError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Busy(operation) => Self::Busy { operation },
            Refused::Wrong(state) => Self::WrongState { state },
            Refused::Held(by) => Self::Held { by },
        }
    }
}

impl From<BillingError> for ChangeError {
    fn from(error: BillingError) -> Self {
        match error {
            BillingError::Denied(denied) => Self::Denied(denied),
            BillingError::Subscription(subscription::Refused::Cancelling) => Self::Cancelled,
            BillingError::NotSold => Self::NotSold,
            BillingError::PlanNotFound => Self::NoSuchPlan,
            other => Self::Fault(other.into_fault()),
        }
    }
}

impl ChangeError {
    /// For jobs and listeners, whose caller cannot act on a refusal.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Busy { operation } => Fault::passing(format!("operation {operation} is still at it; it is asked again")),
            other => Fault::new(format!("{}: {other}", other.code())),
        }
    }
}

/// Why credentials were not shown.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    #[error("there is no such service")]
    NotFound,
    /// Shown once already; rotate them for new ones.
    #[error("the credentials were shown already")]
    AlreadyShown,
    /// None made yet, or this kind of service has none.
    #[error("there are no credentials to show")]
    None,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

impl RevealError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "provisioning.not_found",
            Self::AlreadyShown => "provisioning.already_shown",
            Self::None => "provisioning.no_credentials",
            Self::Denied(why) => denied(*why),
            Self::Fault(_) => "fault",
        }
    }
}

platform::refusals!(ReadError, OrderError, ChangeError, RevealError);
