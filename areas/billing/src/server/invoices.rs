//! Reading invoices: lists, one with everything on it, how a line came to be, the PDF.

use super::{errors::BillingError, pdf, store::{accounts, invoices as store, payments}};
use crate::{
    view::{DerivationView, InvoiceRow, InvoiceView},
    zone::Zone,
};
use kernel::{Date, InvoiceId, LineId, Need, Page, PageSize, TenantId, Timestamp};
use platform::{Cx, TenantTx};
use serde::{Deserialize, Serialize};

pub use super::store::invoices::Wanted;

/// One file to hand out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The organisation's invoices, newest first. A cursor of another list is taken as none.
pub async fn list_invoices(cx: &Cx, wanted: Wanted, after: Option<&str>, size: PageSize) -> Result<Page<InvoiceRow>, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let (tenant, today) = (tx.tenant(), today(&mut tx, cx).await?);
    let rows = store::page(&mut tx, Some(tenant), wanted, today, after.and_then(cursor), size.rows() + 1).await?;
    Ok(page_of(rows, size))
}

/// Everybody's invoices or one organisation's, for staff.
pub async fn list_invoices_for_staff(cx: &Cx, tenant: Option<TenantId>, wanted: Wanted, after: Option<&str>, size: PageSize) -> Result<Page<InvoiceRow>, BillingError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let rows = store::page(&mut tx, tenant, wanted, cx.now().date_utc(), after.and_then(cursor), size.rows() + 1).await?;
    Ok(page_of(rows, size))
}

pub async fn get_invoice(cx: &Cx, id: InvoiceId) -> Result<InvoiceView, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let today = today(&mut tx, cx).await?;
    read(&mut tx, id, today).await
}

/// Any organisation's invoice, for staff.
pub async fn get_invoice_for_staff(cx: &Cx, id: InvoiceId) -> Result<InvoiceView, BillingError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let tenant = store::tenant_of(&mut tx, id).await?.ok_or(BillingError::InvoiceNotFound)?;
    let mut view = store::find(&mut tx, tenant, id, cx.now().date_utc()).await?.ok_or(BillingError::InvoiceNotFound)?;
    view.payments = payments::list(&mut tx, tenant, Some(id)).await?;
    Ok(view)
}

/// How a line came to be, calculated again while it is shown.
pub async fn derivation(cx: &Cx, invoice: InvoiceId, line: LineId) -> Result<DerivationView, BillingError> {
    let view = get_invoice(cx, invoice).await?;
    let found = view.lines.into_iter().find(|known| known.id == line).ok_or(BillingError::LineNotFound)?;
    let draft = found.line.draft;
    Ok(DerivationView {
        invoice,
        line,
        kind: draft.kind,
        title: draft.title,
        part: draft.part,
        unit: draft.unit,
        period: draft.period,
        amount: draft.amount,
        follows: draft.derivation.replay() == Ok(draft.amount),
        derivation: draft.derivation,
    })
}

/// The invoice as a document, in the language it was issued in.
pub async fn invoice_pdf(cx: &Cx, id: InvoiceId) -> Result<PdfFile, BillingError> {
    let view = get_invoice(cx, id).await?;
    Ok(PdfFile { name: format!("{}.pdf", view.row.number), bytes: pdf::render(&view)? })
}

/// The same for staff, of any organisation.
pub async fn invoice_pdf_for_staff(cx: &Cx, id: InvoiceId) -> Result<PdfFile, BillingError> {
    let view = get_invoice_for_staff(cx, id).await?;
    Ok(PdfFile { name: format!("{}.pdf", view.row.number), bytes: pdf::render(&view)? })
}

pub(super) async fn read(tx: &mut TenantTx, id: InvoiceId, today: Date) -> Result<InvoiceView, BillingError> {
    let tenant = tx.tenant();
    let mut view = store::find(tx, tenant, id, today).await?.ok_or(BillingError::InvoiceNotFound)?;
    view.payments = payments::list(tx, tenant, Some(id)).await?;
    Ok(view)
}

async fn today(tx: &mut TenantTx, cx: &Cx) -> Result<Date, BillingError> {
    let zone = accounts::find(tx).await?.map_or_else(Zone::utc, |account| account.zone);
    Ok(zone.date(cx.now()))
}

/// Where the next page begins: after this time and id.
fn cursor(text: &str) -> Option<(Timestamp, InvoiceId)> {
    let (at, id) = text.split_once('~')?;
    Some((Timestamp::try_from_micros(at.parse().ok()?)?, id.parse().ok()?))
}

fn page_of(mut rows: Vec<(InvoiceRow, Timestamp)>, size: PageSize) -> Page<InvoiceRow> {
    let most = usize::try_from(size.rows()).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|(row, at)| format!("{}~{}", at.micros(), row.id));
    Page { rows: rows.into_iter().map(|(row, _)| row).collect(), next }
}
