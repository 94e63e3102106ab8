//! One page of a list and where the next begins.

use serde::{Deserialize, Serialize};

/// Rows on one page, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSize(u16);

impl PageSize {
    pub const MAX: u16 = 100;

    /// Brought into the range.
    pub fn new(rows: u16) -> Self {
        Self(rows.clamp(1, Self::MAX))
    }

    pub const fn rows(self) -> i64 {
        self.0 as i64
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(50)
    }
}

/// Rows and, where there are more, the opaque cursor of the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(change).collect(), next: self.next }
    }
}
