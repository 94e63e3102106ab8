//! Tabs that are links: each has an address, works without scripting, and the browser's back button leaves it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    pub label: String,
    /// The whole address, query included: `/services/ins_1?tab=usage`.
    pub href: String,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A row of tabs. The current one is the one whose address is shown; the first when none is.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    let location = use_location();
    let hrefs: Vec<String> = tabs.iter().map(|tab| tab.href.clone()).collect();
    let current = Memo::new(move |_| {
        let tab = location.query.with(|query| query.get("tab"));
        let shown = match tab {
            Some(tab) => format!("{}?tab={tab}", location.pathname.get()),
            None => location.pathname.get(),
        };
        hrefs.iter().position(|href| *href == shown).unwrap_or(0)
    });
    view! {
        <nav class="tabs-row" aria-label=label>
            {tabs.into_iter().enumerate().map(|(index, tab)| view! {
                <a href=tab.href class="tab-link" aria-current=move || (current.get() == index).then_some("page")>{tab.label}</a>
            }).collect_view()}
        </nav>
    }
}
