//! What the next invoice comes to as things are now: known fees, and what was used so far.

use kernel::{Money, Timestamp};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use billing::{
    subscription::State,
    view::{AccountView, SubscriptionView, UsageView},
};
#[cfg(feature = "ssr")]
use kernel::SubscriptionId;
#[cfg(feature = "ssr")]
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    pub at: Timestamp,
    /// Of the terms that begin then.
    pub fees: Money,
    /// Of the terms that end then, so far.
    pub usage: Money,
    pub tax: Money,
    pub total: Money,
}

/// The first invoice that comes. `planned` holds the fee of each subscription whose choice changes at its term's end.
/// None where nothing comes, or the numbers are beyond what can be kept.
#[cfg(feature = "ssr")]
pub fn estimate(account: &AccountView, subscriptions: &[SubscriptionView], usage: &[UsageView], planned: &BTreeMap<SubscriptionId, Money>) -> Option<Estimate> {
    let at = subscriptions.iter().filter_map(|subscription| subscription.next_invoice_at).min()?;
    let due: Vec<&SubscriptionView> = subscriptions.iter().filter(|subscription| subscription.next_invoice_at == Some(at)).collect();
    let currency = account.details.currency;
    let fees = due.iter().filter_map(|subscription| match subscription.state {
        State::Active { next: Some(_) } => planned.get(&subscription.id).copied(),
        State::Active { next: None } | State::Trialing { .. } => subscription.fee,
        State::Cancelling { .. } | State::Ended { .. } => None,
    });
    let fees = Money::sum(currency, fees).ok()?;
    let used = usage.iter().filter(|used| due.iter().any(|subscription| subscription.id == used.subscription));
    let usage = Money::sum(currency, used.map(|used| used.cost)).ok()?;
    let price = fees.checked_add(usage).ok()?;
    let tax = match account.details.tax.rule() {
        Some(rule) => Money::round_half_up(rule.of(price.to_decimal())?, currency).ok()?,
        None => Money::zero(currency),
    };
    Some(Estimate { at, fees, usage, tax, total: price.checked_add(tax).ok()? })
}
