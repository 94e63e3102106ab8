//! For which organisation a page was drawn. A session works in one at a time, and another tab may switch it: what a page
//! sends says whose page it is, and the server refuses it where the session works elsewhere by now.

use crate::viewer::{Viewer, use_viewer};
use i18n::tr;
use kernel::TenantId;
use leptos::prelude::*;

/// The name under which forms say it.
pub const FIELD: &str = "__organisation";
/// The header under which calls say it; public/js/organisation.js sets it.
pub const HEADER: &str = "hub-organisation";
/// Code of the refusal.
pub const OTHER: &str = "session.other_organisation";

impl Viewer {
    /// The organisation that their pages are drawn for. The provider's pages have but one.
    pub fn drawn_for(&self) -> Option<TenantId> {
        if self.staff { None } else { self.organisation.as_ref().map(|organisation| organisation.id) }
    }
}

/// Stands in every form that acts for the organisation; `Form` has it.
#[component]
pub fn DrawnFor() -> impl IntoView {
    let drawn_for = use_viewer().and_then(|viewer| viewer.drawn_for());
    drawn_for.map(|organisation| view! { <input type="hidden" name=FIELD value=organisation.to_string()/> })
}

/// The way on for a page that was drawn for another organisation.
#[component]
pub fn LoadAgain() -> impl IntoView {
    // Refused only while the page is being left already.
    let reload = |_| drop(window().location().reload());
    view! { <button type="button" class="btn btn-plain" on:click=reload>{tr!(kit.errors.load_again)}</button> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_say_it_under_the_name_that_the_server_reads() {
        let script = include_str!("../../../public/js/organisation.js");
        assert!(script.contains(&format!("\"{HEADER}\"")), "{script}");
    }
}
