//! Files that pages link to: an invoice as PDF, for its organisation and for the provider's staff.

use super::WebState;
use axum::{
    Extension, Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use billing::server::{BillingError, PdfFile, invoice_pdf, invoice_pdf_for_staff};
use kernel::InvoiceId;
use platform::Cx;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/billing/invoices/{id}/invoice.pdf", get(invoice))
        .route("/provider/invoices/{id}/invoice.pdf", get(invoice_for_staff))
}

async fn invoice(cx: Option<Extension<Cx>>, Path(id): Path<String>) -> Response {
    let Some((Extension(cx), id)) = cx.zip(id.parse::<InvoiceId>().ok()) else { return missing(&id) };
    answer(invoice_pdf(&cx, id).await)
}

async fn invoice_for_staff(cx: Option<Extension<Cx>>, Path(id): Path<String>) -> Response {
    let Some((Extension(cx), id)) = cx.zip(id.parse::<InvoiceId>().ok()) else { return missing(&id) };
    answer(invoice_pdf_for_staff(&cx, id).await)
}

/// No invoice under that name; or, where the name is right, nobody could be looked up as the database does not answer.
fn missing(id: &str) -> Response {
    if id.parse::<InvoiceId>().is_ok() { away() } else { not_found() }
}

/// Whether an invoice exists is told to nobody but those who may see it.
fn answer(file: Result<PdfFile, BillingError>) -> Response {
    match file {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "application/pdf".to_owned()),
                (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", plain(&file.name))),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        Err(BillingError::Fault(fault)) => {
            tracing::error!(error = %fault, "An invoice's PDF could not be made");
            away()
        }
        Err(_) => not_found(),
    }
}

/// Letters, digits, `-`, `_` and `.`: nothing that could end the header's quotes.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "There is no such invoice.").into_response()
}

fn away() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "The invoice cannot be shown just now. Try again in a moment.").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_cannot_leave_their_quotes() {
        assert_eq!(plain("SH/2026-0001\".pdf\r\n"), "SH-2026-0001-.pdf--");
    }
}
