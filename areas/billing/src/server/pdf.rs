//! The invoice as a document: one A4 page for a simple month, in the language it was issued in, with text that can be
//! searched and copied.

mod layout;
mod sheet;
mod words;

use crate::view::InvoiceView;
use kernel::Fault;

/// The same bytes for the same invoice, whenever it is asked for.
pub fn render(view: &InvoiceView) -> Result<Vec<u8>, Fault> {
    let words = words::Words::of(view.language);
    let mut sheet = sheet::Sheet::new()?;
    layout::lay_out(&mut sheet, view, &words);
    sheet.finish(&sheet::About {
        title: format!("{} {}", words.document(view.row.kind), view.row.number),
        author: view.seller.name.clone(),
        language: view.language.code().to_owned(),
        id: view.row.id.to_string(),
        made_on: view.row.issued_on,
    })
}
