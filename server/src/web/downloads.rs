//! Files that pages link to: an invoice as PDF, for its organisation and for the provider's staff, and lists as CSV.

use super::WebState;
use app::{EXPORTS, Export};
use axum::{
    Extension, Router,
    extract::{Path, Query},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use billing::server::{BillingError, PdfFile, invoice_pdf, invoice_pdf_for_staff};
use kernel::InvoiceId;
use kit::table::ListQuery;
use platform::Cx;

pub fn routes() -> Router<WebState> {
    let router = Router::new()
        .route("/billing/invoices/{id}/invoice.pdf", get(invoice))
        .route("/provider/invoices/{id}/invoice.pdf", get(invoice_for_staff));
    EXPORTS.into_iter().fold(router, |router, (address, page, export)| router.route(address, get(move |cx, uri, query| list(page, export, cx, uri, query))))
}

/// A list as CSV, as the address asks for it. What stands in the way of that is told by the page of the list.
async fn list(page: &str, export: Export, cx: Option<Extension<Cx>>, uri: Uri, Query(query): Query<Vec<(String, String)>>) -> Response {
    let told_there = || Redirect::to(&uri.query().map_or_else(|| page.to_owned(), |query| format!("{page}?{query}"))).into_response();
    let Some(Extension(cx)) = cx else { return told_there() };
    let day = cx.now().date_utc();
    let Ok(sheet) = export(cx, ListQuery::from_pairs(query)).await else { return told_there() };
    match sheet.bytes() {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{day}.csv\"", plain(&sheet.name))),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "The file {} could not be written", sheet.name);
            told_there()
        }
    }
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
