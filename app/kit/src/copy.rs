//! A button that copies a text and says so.

use crate::icon::Icon;
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use std::time::Duration;

/// How long the button says that it copied.
const SAID_FOR: Duration = Duration::from_secs(2);

/// Without scripting it does nothing; the text itself stands beside it, selectable.
#[component]
pub fn CopyButton(
    #[prop(into)] text: String,
    /// What is copied, for the button's name: "Password".
    #[prop(into)] what: String,
) -> impl IntoView {
    let (copied, set_copied) = signal(false);
    let copy = move |_| {
        // The promise needs no answer: a browser that refuses the clipboard has the text selectable.
        let _ = window().navigator().clipboard().write_text(&text);
        set_copied.set(true);
        set_timeout(move || set_copied.set(false), SAID_FOR);
    };
    let name = move || if copied.get() { tr!(common.copied) } else { tr!(common.copy) };
    view! {
        <button type="button" class="btn btn-ghost btn-sm" on:click=copy aria-label=move || format!("{}: {what}", name())>
            {move || if copied.get() { view! { <Icon icon=icons::LuCheck/> } } else { view! { <Icon icon=icons::LuCopy/> } }}
            <span aria-live="polite">{name}</span>
        </button>
    }
}
