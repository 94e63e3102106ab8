//! Names and their values, one a line.

use leptos::prelude::*;

#[component]
pub fn KeyValues(children: Children) -> impl IntoView {
    view! { <dl class="key-values">{children()}</dl> }
}

#[component]
pub fn KeyValue(#[prop(into)] name: String, children: Children) -> impl IntoView {
    view! { <div class="key-value"><dt>{name}</dt><dd>{children()}</dd></div> }
}
