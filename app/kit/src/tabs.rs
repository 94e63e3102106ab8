//! Tabs that are links: each has an address, works without scripting, and the browser's back button leaves it.

use leptos::{html::Nav, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

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

/// A row of tabs. The current one is the one whose address is shown, and is scrolled to where the row is wider than the
/// page; the first where the address names no tab, and none where it names one that is not offered.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    let location = use_location();
    let hrefs: Vec<String> = tabs.iter().map(|tab| tab.href.clone()).collect();
    let current = Memo::new(move |_| {
        let tab = location.query.with(|query| query.get("tab"));
        let path = location.pathname.get();
        match tab {
            Some(tab) => hrefs.iter().position(|href| *href == format!("{path}?tab={tab}")),
            None => hrefs.iter().position(|href| *href == path).or(Some(0)),
        }
    });
    let row = NodeRef::<Nav>::new();
    Effect::new(move || {
        if let (Some(row), Some(current)) = (row.get(), current.get()) {
            show(&row, current);
        }
    });
    view! {
        <nav class="tabs-row" aria-label=label node_ref=row>
            {tabs.into_iter().enumerate().map(|(index, tab)| view! {
                <a href=tab.href class="tab-link" aria-current=move || (current.get() == Some(index)).then_some("page")>{tab.label}</a>
            }).collect_view()}
        </nav>
    }
}

/// Scrolls the row, and nothing else, so that the tab stands in its middle.
fn show(row: &web_sys::HtmlElement, index: usize) {
    let tab = row.query_selector_all("a").ok().zip(u32::try_from(index).ok()).and_then(|(tabs, index)| tabs.item(index));
    if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        row.set_scroll_left(tab.offset_left() - (row.client_width() - tab.offset_width()) / 2);
    }
}
