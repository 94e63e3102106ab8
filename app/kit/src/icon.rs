//! One icon of the Lucide set, always beside words or in a button that has a name.

use leptos::prelude::*;

/// Decoration for the eye: hidden from assistive technology, sized by its text or by `class`.
#[component]
pub fn Icon(icon: icondata_core::Icon, #[prop(optional, into)] class: String) -> impl IntoView {
    view! {
        <svg
            class=format!("icon {class}")
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
            inner_html=icon.data
        ></svg>
    }
}
