//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::{change, errors::BillingError, payments, payments::RecordTransfer, settings, subscribe};
use crate::{
    subscription::Choice,
    view::{BankAccount, PaymentTerms, PaymentView, SubscriptionView},
};
use catalog::Interval;
use kernel::{Money, PlanId, SubscriptionId, TenantId};
use platform::{Attempt, Cx};

pub async fn subscribe_tier(cx: &Cx, plan: PlanId, interval: Interval) -> Result<SubscriptionView, BillingError> {
    let attempt = Attempt::new("billing.tier.subscribed", plan).with("interval", interval);
    attempt.run(cx, subscribe::subscribe_tier(cx, plan, interval)).await
}

pub async fn change_subscription(cx: &Cx, id: SubscriptionId, to: Choice, key: &str) -> Result<SubscriptionView, BillingError> {
    let attempt = Attempt::new("billing.subscription.changed", id).with("plan", to.plan).with("interval", to.interval);
    attempt.run(cx, change::change_subscription(cx, id, to, key)).await
}

pub async fn cancel_subscription(cx: &Cx, id: SubscriptionId) -> Result<SubscriptionView, BillingError> {
    Attempt::new("billing.subscription.cancelled", id).run(cx, change::cancel_subscription(cx, id)).await
}

pub async fn keep_subscription(cx: &Cx, id: SubscriptionId) -> Result<SubscriptionView, BillingError> {
    Attempt::new("billing.subscription.kept", id).run(cx, change::keep_subscription(cx, id)).await
}

pub async fn record_bank_transfer(cx: &Cx, command: RecordTransfer) -> Result<PaymentView, BillingError> {
    let attempt = Attempt::new("billing.payment.recorded", command.invoice.map(|id| id.to_string()).unwrap_or_default());
    attempt.with("amount", command.amount).on(command.tenant).run(cx, payments::record_bank_transfer(cx, command, None)).await
}

/// The same where it was looked at before: refused where the named invoice has something else open by now than was shown.
pub async fn record_reviewed_transfer(cx: &Cx, command: RecordTransfer, shown: Money) -> Result<PaymentView, BillingError> {
    let attempt = Attempt::new("billing.payment.recorded", command.invoice.map(|id| id.to_string()).unwrap_or_default());
    attempt.with("amount", command.amount).on(command.tenant).run(cx, payments::record_bank_transfer(cx, command, Some(shown))).await
}

pub async fn grant_credit(cx: &Cx, tenant: TenantId, amount: Money, reason: &str) -> Result<(), BillingError> {
    let attempt = Attempt::new("billing.credit.granted", tenant).with("amount", amount).on(tenant);
    attempt.run(cx, payments::grant_credit(cx, tenant, amount, reason)).await
}

pub async fn save_bank_accounts(cx: &Cx, email: String, bank: Vec<BankAccount>) -> Result<(), BillingError> {
    Attempt::new("billing.settings.changed", "billing").run(cx, settings::save_bank_accounts(cx, email, bank)).await
}

pub async fn save_payment_terms(cx: &Cx, terms: PaymentTerms) -> Result<(), BillingError> {
    Attempt::new("billing.settings.changed", "billing").run(cx, settings::save_payment_terms(cx, terms)).await
}
