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
    SubscriptionEnded { tenant: TenantId, subscription: SubscriptionId, at: Timestamp },
}
