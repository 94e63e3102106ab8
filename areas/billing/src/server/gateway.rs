//! Payment gateways: what each must be able to do, attempts that are written before anything leaves, and outcomes that
//! are looked up instead of guessed. The bank transfer is the gateway that answers "awaiting": money arrives by itself.

use super::{
    account,
    errors::BillingError,
    payments::take,
    store::{
        attempts::{self, Attempt},
        invoices,
        payments::NewPayment,
    },
};
use crate::dunning::Decline;
use async_trait::async_trait;
use kernel::{InvoiceId, Money, Need, PaymentId};
use platform::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// After this an attempt without an answer is looked up.
const LOOK_AFTER: Duration = Duration::from_secs(120);

/// What leaves for a gateway.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The gateway charges once per key, however often it is asked.
    pub key: String,
    pub amount: Money,
    pub invoice: InvoiceId,
    /// What the payer sees.
    pub number: String,
}

/// What a gateway knows of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayAnswer {
    Succeeded { reference: String },
    Declined { decline: Decline },
    /// The payer has still to act: a transfer, a confirmation.
    Awaiting { reference: String },
}

/// The gateway did not answer, so nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the gateway did not answer: {0}")]
pub struct GatewayAway(pub String);

/// A way to be paid.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Stable name, kept with each attempt: `bank_transfer`.
    fn name(&self) -> &'static str;

    /// Charges once per key.
    async fn charge(&self, charge: &Charge) -> Result<GatewayAnswer, GatewayAway>;

    /// What became of a key; `None` where the gateway never saw it.
    async fn status(&self, key: &str) -> Result<Option<GatewayAnswer>, GatewayAway>;
}

/// Transfers to the provider's bank account, recorded by finance when they arrive.
#[derive(Debug, Clone, Copy, Default)]
pub struct BankTransfer;

#[async_trait]
impl PaymentGateway for BankTransfer {
    fn name(&self) -> &'static str {
        super::payments::BANK_TRANSFER
    }

    async fn charge(&self, charge: &Charge) -> Result<GatewayAnswer, GatewayAway> {
        Ok(GatewayAnswer::Awaiting { reference: charge.number.clone() })
    }

    async fn status(&self, _key: &str) -> Result<Option<GatewayAnswer>, GatewayAway> {
        Ok(None)
    }
}

/// How far an attempt has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AttemptState {
    Succeeded,
    Declined { may_be_retried: bool },
    Awaiting { reference: String },
    /// Nobody knows yet; it is looked up, never charged again under another key.
    Unknown,
}

/// Tries to collect an open invoice. The same key again answers what became of it.
pub async fn attempt_payment(cx: &Cx, gateway: &dyn PaymentGateway, invoice: InvoiceId, key: &str) -> Result<AttemptState, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    account::locked(&mut tx).await?;
    if let Some(known) = attempts::by_key(&mut tx, key).await? {
        return Ok(state_of(&known));
    }
    let (open, is_open) = invoices::lock(&mut tx, invoice).await?.ok_or(BillingError::InvoiceNotFound)?;
    if !is_open || open.owed() <= 0 {
        return Err(BillingError::InvoicePaid);
    }
    let attempt = Attempt {
        id: PaymentId::from_uuid(cx.new_uuid()),
        invoice_id: invoice,
        key: key.to_owned(),
        gateway: gateway.name().to_owned(),
        currency: open.currency,
        amount: open.owed(),
        state: "sending".to_owned(),
        gateway_reference: None,
    };
    if !attempts::insert(&mut tx, &attempt, cx.now().plus(LOOK_AFTER)).await? {
        return Err(BillingError::PaymentUnderWay);
    }
    tx.audit("billing.payment.attempted", attempt.id, json!({"invoice": invoice, "gateway": attempt.gateway, "amount": attempt.amount}));
    tx.commit().await?;
    let answer = gateway.charge(&charge_of(cx, &attempt).await?).await;
    settle(cx, attempt.id, answer.map(Some)).await
}

/// Looks up an attempt that has no answer yet. One that the gateway never saw is sent again under its own key.
pub async fn reconcile_attempt(cx: &Cx, gateway: &dyn PaymentGateway, id: PaymentId) -> Result<AttemptState, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let attempt = attempts::lock(&mut tx, id).await?.ok_or(BillingError::InvoiceNotFound)?;
    drop(tx);
    if !matches!(attempt.state.as_str(), "sending" | "unknown") {
        return Ok(state_of(&attempt));
    }
    if attempt.gateway != gateway.name() {
        return Err(BillingError::NoSuchGateway);
    }
    let answer = match gateway.status(&attempt.key).await {
        Ok(None) => gateway.charge(&charge_of(cx, &attempt).await?).await.map(Some),
        known => known,
    };
    settle(cx, id, answer).await
}

async fn charge_of(cx: &Cx, attempt: &Attempt) -> Result<Charge, BillingError> {
    let number = super::invoices::get_invoice(cx, attempt.invoice_id).await?.row.number;
    Ok(Charge { key: attempt.key.clone(), amount: attempt.money(), invoice: attempt.invoice_id, number })
}

/// Keeps what the gateway said; money is taken once, whoever asks first.
async fn settle(cx: &Cx, id: PaymentId, answer: Result<Option<GatewayAnswer>, GatewayAway>) -> Result<AttemptState, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    let attempt = attempts::lock(&mut tx, id).await?.ok_or(BillingError::InvoiceNotFound)?;
    if !matches!(attempt.state.as_str(), "sending" | "unknown") {
        return Ok(state_of(&attempt));
    }
    let state = match answer {
        Ok(Some(GatewayAnswer::Succeeded { reference })) => {
            attempts::save_outcome(&mut tx, id, "succeeded", Some(&reference), None, None).await?;
            let today = account.zone.date(cx.now());
            let payment = NewPayment {
                id,
                invoice: Some(attempt.invoice_id),
                method: &attempt.gateway,
                reference: &reference,
                amount: attempt.money(),
                received_on: today,
                recorded_by: &attempt.gateway,
            };
            take(cx, &mut tx, &mut account, &payment).await?;
            AttemptState::Succeeded
        }
        Ok(Some(GatewayAnswer::Declined { decline })) => {
            let word = if decline.may_be_retried() { "soft" } else { "hard" };
            attempts::save_outcome(&mut tx, id, "declined", None, Some(word), None).await?;
            AttemptState::Declined { may_be_retried: decline.may_be_retried() }
        }
        Ok(Some(GatewayAnswer::Awaiting { reference })) => {
            attempts::save_outcome(&mut tx, id, "awaiting", Some(&reference), None, None).await?;
            AttemptState::Awaiting { reference }
        }
        Ok(None) | Err(GatewayAway(_)) => {
            attempts::save_outcome(&mut tx, id, "unknown", None, None, Some(cx.now().plus(LOOK_AFTER))).await?;
            AttemptState::Unknown
        }
    };
    tx.audit("billing.payment.answered", id, json!({"outcome": state}));
    tx.commit().await?;
    Ok(state)
}

fn state_of(attempt: &Attempt) -> AttemptState {
    match attempt.state.as_str() {
        "succeeded" => AttemptState::Succeeded,
        "declined" => AttemptState::Declined { may_be_retried: false },
        "awaiting" => AttemptState::Awaiting { reference: attempt.gateway_reference.clone().unwrap_or_default() },
        _ => AttemptState::Unknown,
    }
}
