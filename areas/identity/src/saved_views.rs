//! Lists as a person likes to see them: search, filters, order and columns, under a name.

use crate::text;
use kernel::FieldError;
use serde::{Deserialize, Serialize};

/// Views that one person keeps.
pub const VIEWS_LIMIT: usize = 30;
/// Characters of a view's name.
pub const NAME_LIMIT: usize = 40;
/// Bytes of what an address carries.
const ADDRESS_LIMIT: usize = 1_000;

/// One list's address under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// `/services`.
    pub path: String,
    pub name: String,
    /// What stands behind the question mark; empty for the list as it is at first.
    pub query: String,
}

impl SavedView {
    /// What may be kept: a path of ours, a name on one line, an address of a sane length.
    pub fn check(path: &str, name: &str, query: &str) -> Result<Self, FieldError> {
        let name = text::line(name, "name", 1, NAME_LIMIT)?;
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\']) && !path.chars().any(char::is_control);
        if !ours || path.len() + query.len() > ADDRESS_LIMIT || query.contains('#') || query.chars().any(char::is_control) {
            return Err(FieldError::new("path", "unknown", "Save the view from the list itself."));
        }
        Ok(Self { path: path.to_owned(), name, query: query.to_owned() })
    }
}

/// Keeps a view; one of the same list with the same name is replaced.
pub fn keep(views: &mut Vec<SavedView>, view: SavedView) -> Result<(), FieldError> {
    if let Some(known) = views.iter_mut().find(|known| known.path == view.path && known.name == view.name) {
        *known = view;
        return Ok(());
    }
    if views.len() >= VIEWS_LIMIT {
        return Err(FieldError::new("name", "too_many", format!("{VIEWS_LIMIT} views are kept already. Delete one first.")));
    }
    views.push(view);
    Ok(())
}

/// Forgets a view; one that is not there is forgotten already.
pub fn forget(views: &mut Vec<SavedView>, path: &str, name: &str) {
    views.retain(|known| known.path != path || known.name != name);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, query: &str) -> SavedView {
        SavedView::check("/services", name, query).expect("may be kept")
    }

    #[test]
    fn the_same_name_is_replaced_and_too_many_are_refused() {
        let mut views = vec![view("Failed", "state=failed")];
        keep(&mut views, view(" Failed ", "state=failed&sort=name")).expect("replaces");
        assert_eq!(views, [view("Failed", "state=failed&sort=name")]);
        for number in 1..VIEWS_LIMIT {
            keep(&mut views, view(&format!("View {number}"), "")).expect("has room");
        }
        assert_eq!(keep(&mut views, view("One more", "")).expect_err("is full").code, "too_many");
        forget(&mut views, "/billing", "Failed");
        assert_eq!(views.len(), VIEWS_LIMIT);
        forget(&mut views, "/services", "Failed");
        keep(&mut views, view("One more", "")).expect("has room again");
    }

    #[test]
    fn only_paths_of_ours_are_kept() {
        for path in ["", "services", "//evil.test", "/a?b", "/a#b", "/\\evil.test", "/a\nb"] {
            assert_eq!(SavedView::check(path, "Name", "").map_err(|error| error.field), Err("path".into()), "{path}");
        }
        assert!(SavedView::check("/services", "Name", &"x".repeat(ADDRESS_LIMIT)).is_err());
        assert!(SavedView::check("/services", "", "").is_err());
    }
}
