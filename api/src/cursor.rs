//! Cursors as REST hands them out: the area's own cursor sealed with the installation's key, for one tenant, one list
//! and one filter. A changed letter, another tenant's or another filter's cursor is answered 400.

use crate::problem::Problem;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::Cx;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Longest cursor that is looked at, in characters.
const LONGEST: usize = 2_000;

/// One list with its filter, for which cursors are good.
pub struct Cursors<'a> {
    cx: &'a Cx,
    context: String,
}

impl<'a> Cursors<'a> {
    /// `filter` is everything that decides which rows the list has, in which order.
    pub fn new(cx: &'a Cx, list: &str, filter: &impl Serialize) -> Result<Self, Problem> {
        let filter = Sha256::digest(serde_json::to_vec(filter).expect("filters serialise"));
        Ok(Self { cx, context: format!("api/cursor/{}/{list}/{}", cx.tenant()?, hex::encode(filter)) })
    }

    pub fn open(&self, cursor: Option<String>) -> Result<Option<String>, Problem> {
        cursor.map(|text| self.open_one(&text).ok_or_else(bad)).transpose()
    }

    fn open_one(&self, text: &str) -> Option<String> {
        if text.len() > LONGEST {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let inner = self.cx.platform().secrets.open(&sealed, &self.context).ok()?;
        String::from_utf8(inner).ok()
    }

    pub fn seal(&self, inner: Option<String>) -> Option<String> {
        inner.map(|inner| URL_SAFE_NO_PAD.encode(self.cx.platform().secrets.seal(inner.as_bytes(), &self.context)))
    }
}

fn bad() -> Problem {
    Problem::new("cursor.invalid", "The cursor was changed, or belongs to another list or filter.").parameter("cursor", "invalid", "Not a cursor of this list")
}
