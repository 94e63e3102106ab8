//! Work that billing does later.

use super::{
    account,
    errors::BillingError,
    invoices::{PdfFile, invoice_pdf, read},
    letters,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Fault, InvoiceId, MailId, Need, TenantId};
use platform::{
    Cx, Job,
    mail::{File, Mail},
};
use serde::{Deserialize, Serialize};

/// Mails an invoice with its PDF to everybody who looks after billing.
#[derive(Debug, Serialize, Deserialize)]
pub struct MailInvoice {
    pub tenant: TenantId,
    pub invoice: InvoiceId,
}

impl Job for MailInvoice {
    const NAME: &'static str = "billing.mail_invoice";
}

/// A worker that is killed between sending and saying so sends again: for mail, twice is better than never.
pub async fn handle_mail_invoice(cx: &Cx, job: MailInvoice) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "billing", Some(job.tenant));
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
