//! How a service or an operation is, in one word, following a signal.

use crate::words;
use leptos::prelude::*;

/// `percent`: of the operation that runs, behind the word.
#[component]
pub fn StateChip(#[prop(into)] state: Signal<String>, #[prop(optional, into)] percent: Signal<Option<i16>>) -> impl IntoView {
    let shown = move || {
        let word = state.with(|state| words::state(state).0);
        match percent.get() {
            Some(percent) => format!("{word} {percent}\u{a0}%"),
            None => word,
        }
    };
    view! {
        <span class=move || format!("chip {}", state.with(|state| words::state(state).1).class()) data-state=move || state.get()>
            <span class="chip-dot" aria-hidden="true"></span>
            {shown}
        </span>
    }
}
