//! What an address says about a list: `?q=shop&state=running&sort=-created&after=..`.

use super::Column;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListQuery {
    /// What is searched for; empty for nothing.
    #[serde(default)]
    pub q: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// The cursor after which the page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Columns that were chosen to be seen; none for the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Every other name with its value.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    pub column: String,
    pub descending: bool,
}

/// Names in the address that belong to a form that came back, not to a list.
const NOT_OURS: [&str; 3] = ["__path", "__err", "tab"];

/// The list query of the page's address; changes with it.
pub fn use_list_query() -> Memo<ListQuery> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| ListQuery::from_pairs(query.clone().into_iter().map(|(name, value)| (name.into_owned(), value)))))
}

impl ListQuery {
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut list = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                _ if value.is_empty() || NOT_OURS.contains(&name.as_str()) => {}
                "q" => list.q = value,
                "after" => list.after = Some(value),
                "sort" => {
                    let descending = value.starts_with('-');
                    list.sort = Some(Sort { column: value.trim_start_matches('-').to_owned(), descending });
                }
                "col" => list.columns.get_or_insert_default().push(value),
                "columns" => list.columns.get_or_insert_default().extend(value.split(',').map(str::to_owned)),
                _ => {
                    list.filters.insert(name, value);
                }
            }
        }
        list
    }

    /// The value of a filter, if it is set.
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.get(name).map(String::as_str)
    }

    /// Whether something is left out by search, filter or cursor.
    pub fn narrows(&self) -> bool {
        !self.q.is_empty() || !self.filters.is_empty() || self.after.is_some()
    }

    pub fn shows(&self, column: &Column) -> bool {
        self.columns.as_ref().map_or(column.shown, |chosen| chosen.iter().any(|name| name == column.name))
    }

    pub(super) fn after(&self, cursor: String) -> Self {
        Self { after: Some(cursor), ..self.clone() }
    }

    pub(super) fn without_cursor(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// Sorted by a column; by the same one again the other way round. Begins at the first page.
    pub(super) fn sorted_by(&self, column: &str) -> Self {
        let descending = self.sort.as_ref().is_some_and(|sort| sort.column == column && !sort.descending);
        Self { sort: Some(Sort { column: column.to_owned(), descending }), after: None, ..self.clone() }
    }

    /// Name and value of everything that the address carries.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q".to_owned(), self.q.clone()));
        }
        pairs.extend(self.filters.clone());
        if let Some(sort) = &self.sort {
            pairs.push(("sort".to_owned(), format!("{}{}", if sort.descending { "-" } else { "" }, sort.column)));
        }
        if let Some(columns) = &self.columns {
            pairs.push(("columns".to_owned(), columns.join(",")));
        }
        pairs.extend(self.after.clone().map(|after| ("after".to_owned(), after)));
        pairs
    }

    pub fn address(&self, path: &str) -> String {
        let query: Vec<String> = self.pairs().into_iter().map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value))).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

/// Percent-encoding of everything but letters, digits and `-_.~`.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> ListQuery {
        ListQuery::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn an_address_comes_back_as_it_was() {
        let query = of(&[("q", "a b&c"), ("state", "running"), ("sort", "-created"), ("after", "x="), ("__err", "y"), ("empty", "")]);
        assert_eq!(query.filter("state"), Some("running"));
        assert_eq!(query.filter("empty"), None);
        assert_eq!(query.address("/services"), "/services?q=a%20b%26c&state=running&sort=-created&after=x%3D");
    }

    #[test]
    fn sorting_twice_turns_round_and_begins_anew() {
        let once = of(&[("after", "x")]).sorted_by("name");
        assert_eq!(once.address("/s"), "/s?sort=name");
        assert_eq!(once.sorted_by("name").address("/s"), "/s?sort=-name");
    }
}
