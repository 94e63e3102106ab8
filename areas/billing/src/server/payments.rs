//! Payments: bank transfers that staff record, and the account's payments as its owner sees them.

use super::{
    account,
    dun,
    errors::BillingError,
    issue::{books_of, draw_open, keep_books},
    store::{
        accounts::{self, Account, Movement},
        invoices::{self, OpenInvoice},
        payments::{self as store, NewPayment},
        settings,
    },
};
use crate::view::PaymentView;
use kernel::{Date, FieldError, InvoiceId, Money, Need, PaymentId, TenantId};
use platform::{Cx, TenantTx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The method of payments that arrive at the bank.
pub const BANK_TRANSFER: &str = "bank_transfer";
const REFERENCE_LIMIT: usize = 140;

/// What finance says of a transfer that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTransfer {
    pub tenant: TenantId,
    /// Which invoice it names; without one, open invoices are paid oldest first.
    pub invoice: Option<InvoiceId>,
    /// The same by number, as the customer wrote it.
    #[serde(default)]
    pub invoice_number: Option<String>,
    pub amount: Money,
    /// The bank's own reference: the same is recorded once.
    pub reference: String,
    pub received_on: Date,
}

/// Records a transfer and pays with it: the named invoice first, then the balance, from which other open invoices draw. Whoever
/// was shown what is open on the invoice says so: where it is something else by now, nothing is recorded.
pub async fn record_bank_transfer(cx: &Cx, command: RecordTransfer, shown: Option<Money>) -> Result<PaymentView, BillingError> {
    let mut fields = Vec::new();
    if command.amount.minor <= 0 {
        fields.push(FieldError::new("amount", "not_positive", "More than nothing."));
    }
    let reference = command.reference.trim();
    if reference.is_empty() || reference.chars().count() > REFERENCE_LIMIT {
        fields.push(FieldError::new("reference", "length", format!("1 to {REFERENCE_LIMIT} characters.")));
    }
    if !fields.is_empty() {
        return Err(BillingError::Fields(fields));
    }
    let cx = cx.for_tenant(command.tenant, Need::FINANCE_WRITE)?;
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    if command.amount.currency != account.currency() {
        return Err(BillingError::OtherCurrency);
    }
    let invoice = match (command.invoice, &command.invoice_number) {
        (Some(id), _) => Some(id),
        (None, Some(number)) => Some(invoices::id_by_number(&mut tx, command.tenant, number.trim()).await?.ok_or(BillingError::InvoiceNotFound)?),
        (None, None) => None,
    };
    let has_changed = match (shown, invoice) {
        (Some(shown), Some(id)) => open_on(&mut tx, &account, id).await? != shown,
        (Some(_), None) | (None, _) => false,
    };
    let id = PaymentId::from_uuid(cx.new_uuid());
    let by = cx.actor().id();
    let payment = NewPayment { id, invoice, method: BANK_TRANSFER, reference, amount: command.amount, received_on: command.received_on, recorded_by: &by };
    take(&cx, &mut tx, &mut account, &payment).await?;
    // Only now: of what was sent twice the second is told that it is known.
    if has_changed {
        return Err(BillingError::OpenChanged);
    }
    tx.audit("billing.payment.recorded", id, json!({"amount": command.amount, "reference": reference, "invoice": invoice}));
    tx.commit().await?;
    tracing::info!(payment.id = %id, tenant.id = %command.tenant, "Recorded payment {id}");
    Ok(PaymentView {
        id,
        invoice,
        method: BANK_TRANSFER.to_owned(),
        reference: reference.to_owned(),
        amount: command.amount,
        received_on: command.received_on,
        recorded_at: cx.now(),
    })
}

async fn open_on(tx: &mut TenantTx, account: &Account, id: InvoiceId) -> Result<Money, BillingError> {
    let (invoice, is_open) = invoices::lock(tx, id).await?.ok_or(BillingError::InvoiceNotFound)?;
    Ok(account.money(if is_open { invoice.owed() } else { 0 }))
}

/// Money off future invoices, given by finance: service credits, goodwill.
pub async fn grant_credit(cx: &Cx, tenant: TenantId, amount: Money, reason: &str) -> Result<(), BillingError> {
    let reason = reason.trim();
    if amount.minor <= 0 || reason.is_empty() || reason.chars().count() > REFERENCE_LIMIT {
        return Err(BillingError::Fields(vec![FieldError::new("amount", "not_positive", "An amount above zero and a reason.")]));
    }
    let cx = cx.for_tenant(tenant, Need::FINANCE_WRITE)?;
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    if amount.currency != account.currency() {
        return Err(BillingError::OtherCurrency);
    }
    let movement = Movement { id: cx.new_uuid(), kind: "granted", amount: amount.minor, invoice: None, payment: None, reason };
    accounts::move_balance(&mut tx, &mut account, movement).await?;
    settle(&cx, &mut tx, &mut account).await?;
    tx.audit("billing.credit.granted", tenant, json!({"amount": amount, "reason": reason}));
    Ok(tx.commit().await?)
}

/// The account's payments, newest first.
pub async fn payments(cx: &Cx) -> Result<Vec<PaymentView>, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let tenant = tx.tenant();
    Ok(store::list(&mut tx, tenant, None).await?)
}

/// Writes a payment and pays with it; refuses a reference that is known.
pub(super) async fn take(cx: &Cx, tx: &mut TenantTx, account: &mut Account, payment: &NewPayment<'_>) -> Result<(), BillingError> {
    if !store::insert(tx, payment).await? {
        return Err(BillingError::PaymentRecorded);
    }
    let mut rest = payment.amount.minor;
    for open in targets(tx, payment.invoice).await? {
        if rest == 0 {
            break;
        }
        let part = if payment.invoice == Some(open.id) { rest } else { rest.min(open.owed().max(0)) };
        let before = books_of(&open);
        let books = before.pay(account.money(part))?;
        keep_books(cx, tx, &open, books).await?;
        rest -= part;
        let over = books.to_balance.minor - before.to_balance.minor;
        overpaid(cx, tx, account, over, Some(open.id), payment).await?;
    }
    overpaid(cx, tx, account, rest, None, payment).await?;
    settle(cx, tx, account).await
}

/// The named invoice; without one, all that are open, oldest first.
async fn targets(tx: &mut TenantTx, named: Option<InvoiceId>) -> Result<Vec<OpenInvoice>, BillingError> {
    match named {
        Some(id) => Ok(vec![invoices::lock(tx, id).await?.ok_or(BillingError::InvoiceNotFound)?.0]),
        None => Ok(invoices::open(tx).await?),
    }
}

async fn overpaid(cx: &Cx, tx: &mut TenantTx, account: &mut Account, amount: i64, invoice: Option<InvoiceId>, payment: &NewPayment<'_>) -> Result<(), BillingError> {
    if amount > 0 {
        let movement = Movement { id: cx.new_uuid(), kind: "overpaid", amount, invoice, payment: Some(payment.id), reason: payment.reference };
        accounts::move_balance(tx, account, movement).await?;
    }
    Ok(())
}

/// After money came: other open invoices draw from the balance, and the standing follows.
async fn settle(cx: &Cx, tx: &mut TenantTx, account: &mut Account) -> Result<(), BillingError> {
    draw_open(cx, tx, account).await?;
    let policy = settings::load(tx).await?.dunning;
    dun::reassess(cx, tx, account, &policy).await?;
    Ok(accounts::save(tx, account).await?)
}
