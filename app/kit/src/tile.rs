//! A number that answers a question at a glance.

use leptos::prelude::*;

/// From so many characters on a number gets smaller where its tile is narrow.
const LONG: usize = 9;

#[component]
pub fn StatTiles(children: Children) -> impl IntoView {
    view! { <dl class="tiles">{children()}</dl> }
}

#[component]
pub fn StatTile(
    #[prop(into)] label: String,
    /// The number with its unit, ready to read.
    #[prop(into)] value: Signal<String>,
    /// What it means or how it moved.
    #[prop(optional, into)] note: String,
    /// Where the number comes from.
    #[prop(optional, into)] href: Option<String>,
) -> impl IntoView {
    let label = match href {
        Some(href) => view! { <a href=href class="tile-link">{label}</a> }.into_any(),
        None => label.into_any(),
    };
    let long = move || value.with(|value| value.chars().count() >= LONG);
    view! {
        <div class="tile">
            <dt class="tile-label">{label}</dt>
            <dd class="tile-value" class:tile-value-long=long>{move || value.get()}</dd>
            {(!note.is_empty()).then(|| view! { <dd class="tile-note">{note}</dd> })}
        </div>
    }
}
