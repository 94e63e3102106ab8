//! A list as a file of comma-separated values (RFC 4180): every row that the address asks for, not only those of one page.
//! Columns bear the names that REST has for them, and values are written for machines; only what has a name in each language,
//! an offering or a plan, comes in the reader's.

use super::ListQuery;
use crate::PageError;
use kernel::Page;
use std::{future::Future, pin::Pin};

/// Rows that one file holds; one that would hold more says so by its name.
pub const ROWS_LIMIT: usize = 10_000;

/// A file that is being made.
pub type Making = Pin<Box<dyn Future<Output = Result<Sheet, PageError>> + Send>>;

/// A file of rows, each with a value for every column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Without its ending.
    pub name: String,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn new(name: &str, columns: &'static [&'static str], mut rows: Vec<Vec<String>>) -> Self {
        let more = rows.len() > ROWS_LIMIT;
        rows.truncate(ROWS_LIMIT);
        Self { name: if more { format!("{name}-first-{ROWS_LIMIT}") } else { name.to_owned() }, columns, rows }
    }

    pub fn bytes(&self) -> Result<Vec<u8>, csv::Error> {
        let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        file.write_record(self.columns)?;
        for row in &self.rows {
            file.write_record(row.iter().map(|value| harmless(value)))?;
        }
        file.into_inner().map_err(|failed| csv::Error::from(failed.into_error()))
    }
}

/// A text that a spreadsheet would take for a formula is marked as one that it is not (OWASP, CSV injection).
fn harmless(value: &str) -> String {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']) && value.parse::<f64>().is_err();
    if formula { format!("'{value}") } else { value.to_owned() }
}

/// Every row that the query finds, page by page and at most one more than a file holds. `page` answers what follows the
/// query's cursor.
pub async fn every<T, F: Future<Output = Result<Page<T>, PageError>>>(query: ListQuery, page: impl Fn(ListQuery) -> F) -> Result<Vec<T>, PageError> {
    let mut rows = Vec::new();
    let mut query = query.without_cursor();
    loop {
        let found = page(query.clone()).await?;
        rows.extend(found.rows);
        match found.next {
            Some(cursor) if rows.len() <= ROWS_LIMIT => query = query.after(cursor),
            Some(_) | None => return Ok(rows),
        }
    }
}

/// What may be missing.
pub fn or_empty(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_travel_whole_and_are_no_formulas() {
        let row = ["a \"b\", c", "=1+1", "-12.50", "@x", "two\r\nlines", ""].map(str::to_owned).to_vec();
        let sheet = Sheet::new("x", &["a", "b", "c", "d", "e", "f"], vec![row]);
        let text = String::from_utf8(sheet.bytes().expect("writes")).expect("is text");
        assert_eq!(text, "a,b,c,d,e,f\r\n\"a \"\"b\"\", c\",'=1+1,-12.50,'@x,\"two\r\nlines\",\r\n");
    }

    #[test]
    fn a_file_that_is_too_short_says_so() {
        let rows = |number| vec![vec![String::new()]; number];
        assert_eq!(Sheet::new("x", &["a"], rows(ROWS_LIMIT)).name, "x");
        let cut = Sheet::new("x", &["a"], rows(ROWS_LIMIT + 1));
        assert_eq!((cut.name.as_str(), cut.rows.len()), ("x-first-10000", ROWS_LIMIT));
    }

    #[tokio::test]
    async fn every_page_is_asked_for_once() {
        let pages = |query: ListQuery| async move {
            let number: u32 = query.after.map_or(0, |after| after.parse().expect("a number"));
            Ok(Page { rows: vec![number], next: (number < 3).then(|| (number + 1).to_string()) })
        };
        let asked = ListQuery { after: Some("2".into()), ..ListQuery::default() };
        assert_eq!(every(asked, pages).await, Ok(vec![0, 1, 2, 3]), "from the first page on");
    }
}
