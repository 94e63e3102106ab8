//! What happened to subscriptions, invoices and payments.
use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    InvoiceIssued { tenant: TenantId, invoice: InvoiceId, at: Timestamp },
    InvoicePaid { tenant: TenantId, invoice: InvoiceId, at: Timestamp },
    /// The organisation's debts reached the state in which its instances stop.
    SuspensionDue { tenant: TenantId, at: Timestamp },
    /// Its debts are settled: instances that stopped for them come back.
    SuspensionLifted { tenant: TenantId, at: Timestamp },
    /// Nothing is charged any more; `instance` is what it was for, none for the tier.
    SubscriptionEnded { tenant: TenantId, subscription: SubscriptionId, instance: Option<InstanceId>, reason: EndReason, at: Timestamp },
    /// An instance is charged for another plan from now on: its backend is to follow.
    PlanDue { tenant: TenantId, instance: InstanceId, from: PlanId, to: PlanId, at: Timestamp },
}

/// Why a subscription is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The customer cancelled it.
    Cancelled,
    /// Its instance was deleted.
    InstanceDeleted,
    /// It was not paid for.
    Unpaid,
}

impl EndReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::InstanceDeleted => "instance_deleted",
            Self::Unpaid => "unpaid",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cancelled, Self::InstanceDeleted, Self::Unpaid].into_iter().find(|reason| reason.code() == text)
    }
}
