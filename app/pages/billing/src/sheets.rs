//! What the pages of billing show and send.

use crate::estimate::Estimate;
use billing::view::{AccountView, BalanceEntry, ChangePreview, InvoiceRow, RefusedUsage, SubscriptionView, UsageView};
use catalog::{Interval, Text};
#[cfg(feature = "ssr")]
use kernel::PlanId;
use kernel::{InvoiceId, Money, Page, SubscriptionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything on an organisation's billing page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillingSheet {
    pub account: AccountView,
    pub subscriptions: Vec<SubscriptionView>,
    /// Names of services by their printed ids.
    pub services: BTreeMap<String, String>,
    /// Names of the plans that take over with the next term, by subscriptions' printed ids.
    pub planned: BTreeMap<String, Text>,
    pub usage: Vec<UsageView>,
    /// Usage events that are kept and not charged; sources as their senders named them.
    pub refused: Page<RefusedUsage>,
    pub estimate: Option<Estimate>,
    pub balance: Vec<BalanceEntry>,
    pub invoices: Page<InvoiceRow>,
    /// Whether there ever was an invoice.
    pub ever_billed: bool,
    /// The open invoice that is due first.
    pub oldest_open: Option<OldestOpen>,
    /// When the address asks for another tier.
    pub change: Option<ChangeSheet>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldestOpen {
    pub id: InvoiceId,
    /// Whether it says where to transfer to.
    pub payable: bool,
}

/// Another tier, or another term of the same, for one subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSheet {
    pub subscription: SubscriptionId,
    pub current: String,
    pub options: Vec<TierOption>,
    /// The option that the address names.
    pub chosen: Option<Chosen>,
    /// The same form sent twice changes once.
    pub key: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierOption {
    /// Plan and term, as the form sends them.
    pub to: String,
    pub name: Text,
    pub tagline: Text,
    pub interval: Interval,
    pub fee: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    pub to: String,
    /// What it would do, or why it cannot be, in the reader's words.
    pub preview: Result<ChangePreview, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeForm {
    pub subscription: String,
    #[serde(default)]
    pub to: String,
    pub key: String,
}

/// A plan and its term in one value of a form.
#[cfg(feature = "ssr")]
pub fn option_name(plan: PlanId, interval: Interval) -> String {
    format!("{plan}:{interval}")
}

/// The reverse; none for what is no such name.
#[cfg(feature = "ssr")]
pub fn option_of(name: &str) -> Option<(PlanId, Interval)> {
    let (plan, interval) = name.split_once(':')?;
    Some((plan.parse().ok()?, Interval::parse(interval)?))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_option() {
        for wrong in ["", ":", "plan", "x:monthly"] {
            assert_eq!(option_of(wrong), None, "{wrong}");
        }
    }
}
