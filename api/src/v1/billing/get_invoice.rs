//! GET /invoices/{id}: as JSON, or as the PDF that was sent.

use super::shape::Invoice;
use crate::{body::quality, caller::Caller, problem::Problem};
use axum::{
    Json,
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use billing::server::{BillingError, get_invoice as read_invoice, invoice_pdf};

/// Shows one invoice, as JSON or PDF
///
/// The PDF with `Accept: application/pdf`, or with `.pdf` after the id.
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}",
    operation_id = "getInvoice",
    tag = "Billing",
    params(("id" = String, Path, description = "The invoice's id, with `.pdf` for the PDF", example = "inv_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The invoice", content((Invoice = "application/json"), (Vec<u8> = "application/pdf")))),
    security(("key" = ["billing:read"])),
)]
pub async fn get_invoice(Caller(cx): Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let (id, named_pdf) = id.strip_suffix(".pdf").map_or((id.as_str(), false), |id| (id, true));
    let id = id.parse().map_err(|_| BillingError::InvoiceNotFound)?;
    let preferred = quality(&headers, "application/pdf") > quality(&headers, "application/json");
    let mut response = if named_pdf || preferred {
        let file = invoice_pdf(&cx, id).await?;
        // Numbers are letters, digits and dashes.
        let disposition = format!("inline; filename=\"{}\"", file.name);
        ([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)], file.bytes).into_response()
    } else {
        Json(Invoice::from(read_invoice(&cx, id).await?)).into_response()
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}
