//! Work that billing does later, and when it is due. Shallow: each job calls one use case of one tenant.

use super::{
    account,
    close_terms::close_terms,
    dun::dun,
    errors::BillingError,
    gateway::{PaymentGateway, reconcile_attempt},
    invoices::{PdfFile, invoice_pdf, read},
    letters,
    store::{accounts, attempts, subscriptions},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Fault, InvoiceId, MailId, Need, PaymentId, TenantId, Timestamp};
use platform::{
    Cx, Job, Opened, fault,
    mail::{File, Mail},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long after its end a term is closed: usage of its last minutes is still on its way through the queue. The
/// invoice is dated at the term's end all the same.
const COLLECTION: Duration = Duration::from_secs(600);

/// Closes all terms of one organisation that are over.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseTerms {
    pub tenant: TenantId,
}

impl Job for CloseTerms {
    const NAME: &'static str = "billing.close_terms";
}

/// Does what dunning has in store for one organisation.
#[derive(Debug, Serialize, Deserialize)]
pub struct Dun {
    pub tenant: TenantId,
}

impl Job for Dun {
    const NAME: &'static str = "billing.dun";
}

/// Mails an invoice with its PDF to everybody who looks after billing.
#[derive(Debug, Serialize, Deserialize)]
pub struct MailInvoice {
    pub tenant: TenantId,
    pub invoice: InvoiceId,
}

impl Job for MailInvoice {
    const NAME: &'static str = "billing.mail_invoice";
}

/// Asks a gateway what became of an attempt.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReconcileAttempt {
    pub tenant: TenantId,
    pub attempt: PaymentId,
}

impl Job for ReconcileAttempt {
    const NAME: &'static str = "billing.reconcile_attempt";
}

fn for_tenant(cx: &Cx, tenant: TenantId) -> Cx {
    Cx::system(cx.platform().clone(), "billing", Some(tenant))
}

pub async fn handle_close_terms(cx: &Cx, job: CloseTerms) -> Result<(), Fault> {
    close_terms(&for_tenant(cx, job.tenant)).await.map(drop).map_err(BillingError::into_fault)
}

pub async fn handle_dun(cx: &Cx, job: Dun) -> Result<(), Fault> {
    dun(&for_tenant(cx, job.tenant)).await.map(drop).map_err(BillingError::into_fault)
}

pub async fn handle_reconcile_attempt(cx: &Cx, gateway: &dyn PaymentGateway, job: ReconcileAttempt) -> Result<(), Fault> {
    reconcile_attempt(&for_tenant(cx, job.tenant), gateway, job.attempt).await.map(drop).map_err(BillingError::into_fault)
}

/// A worker that is killed between sending and saying so sends again: for mail, twice is better than never.
pub async fn handle_mail_invoice(cx: &Cx, job: MailInvoice) -> Result<(), Fault> {
    let cx = for_tenant(cx, job.tenant);
    mail_invoice(&cx, job.invoice).await.map_err(BillingError::into_fault)
}

async fn mail_invoice(cx: &Cx, invoice: InvoiceId) -> Result<(), BillingError> {
    let PdfFile { name, bytes } = invoice_pdf(cx, invoice).await?;
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let view = read(&mut tx, invoice, cx.now().date_utc()).await?;
    let file = File { name, content_type: "application/pdf".to_owned(), body: STANDARD.encode(bytes) };
    let mail = letters::invoice(&view, file, &cx.config().public_url);
    // Who looks after billing by now; whom the invoice names may be gone.
    for recipient in account::recipients(&mut tx, &view.buyer.email).await? {
        tx.send_mail(MailId::from_uuid(cx.new_uuid()), &Mail { recipient, ..mail.clone() }).await?;
    }
    Ok(tx.commit_unaudited("that a mail was sent is kept with the mails").await?)
}

/// Tenants with terms that are over, and whose last usage has been collected, by `now`, earliest first: one
/// `CloseTerms` each.
pub async fn due_terms(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(subscriptions::due(&mut tx, now.minus(COLLECTION), limit).await.map_err(fault)?)
}

/// How many terms are over by `now` whose last usage is still being collected: their invoices come with `COLLECTION`'s end.
pub async fn collecting(cx: &Cx, now: Timestamp) -> Result<i64, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(subscriptions::over_since(&mut tx, now.minus(COLLECTION), now).await.map_err(fault)?)
}

/// Tenants for whom dunning has something in store by `now`: one `Dun` each, after their terms are closed.
pub async fn due_dunning(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(accounts::due(&mut tx, now, limit).await.map_err(fault)?)
}

/// Payment attempts to be looked up by `now`: one `ReconcileAttempt` each.
pub async fn due_attempts(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, PaymentId)>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(attempts::due(&mut tx, now, limit).await.map_err(fault)?)
}

/// The earliest instant at which any of billing's work is due; a simulated clock steps from one to the next.
pub async fn next_due(cx: &Cx) -> Result<Option<Timestamp>, Opened> {
    let mut tx = cx.system_tx().await?;
    let times = [
        subscriptions::next_due(&mut tx).await.map_err(fault)?.map(|end| end.plus(COLLECTION)),
        accounts::next_due(&mut tx).await.map_err(fault)?,
        attempts::next_due(&mut tx).await.map_err(fault)?,
    ];
    Ok(times.into_iter().flatten().min())
}
