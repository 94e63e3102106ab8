//! The invoice as a document.

use crate::view::InvoiceView;
use kernel::Fault;

pub fn render(_view: &InvoiceView) -> Result<Vec<u8>, Fault> {
    Ok(Vec::new())
}
