//! Keys: `?` shows them all, `g` and a letter goes to a page, `/` searches the page's list, Ctrl-K opens the palette.

use super::{nav::NavSection, palette::open_palette};
use crate::dialog::{Dialog, open_dialog};
use i18n::tr;
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use std::time::Duration;
use wasm_bindgen::JsCast;

pub const SHORTCUTS: &str = "shortcuts";
/// How long `g` waits for its letter.
const WAITS: Duration = Duration::from_millis(1500);

#[component]
pub(super) fn Shortcuts(sections: Vec<NavSection>) -> impl IntoView {
    let pages: Vec<(char, &'static str)> = sections.iter().flat_map(|section| section.items.iter().map(|item| (item.key, item.href))).collect();
    listen(pages);
    let rows = sections.into_iter().flat_map(|section| section.items);
    view! {
        <Dialog id=SHORTCUTS title=tr!(kit.shortcuts.title)>
            <dl class="keys">
                <div><dt>{tr!(kit.shortcuts.palette)}</dt><dd><kbd class="kbd">"Ctrl"</kbd><kbd class="kbd">"K"</kbd></dd></div>
                <div><dt>{tr!(kit.shortcuts.this)}</dt><dd><kbd class="kbd">"?"</kbd></dd></div>
                <div><dt>{tr!(kit.shortcuts.search)}</dt><dd><kbd class="kbd">"/"</kbd></dd></div>
                <div><dt>{tr!(kit.shortcuts.close)}</dt><dd><kbd class="kbd">"Esc"</kbd></dd></div>
                {rows.map(|item| view! {
                    <div><dt>{tr!(kit.shortcuts.go, page = item.label)}</dt><dd><kbd class="kbd">"g"</kbd><span class="muted">{tr!(kit.shortcuts.then)}</span><kbd class="kbd">{item.key.to_string()}</kbd></dd></div>
                }).collect_view()}
            </dl>
            <p class="muted">{tr!(kit.shortcuts.note)}</p>
        </Dialog>
    }
}

fn listen(pages: Vec<(char, &'static str)>) {
    let navigate = use_navigate();
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        let (pages, navigate) = (pages.clone(), navigate.clone());
        let keys = window_event_listener(ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open_palette();
                return;
            }
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typed_into(event.target()) {
                return;
            }
            let key = event.key();
            if waiting.get_value() {
                waiting.set_value(false);
                if let Some((_, href)) = pages.iter().find(|(letter, _)| key.len() == 1 && key.starts_with(*letter)) {
                    navigate(href, Default::default());
                }
                return;
            }
            match key.as_str() {
                "?" => open_dialog(SHORTCUTS),
                "/" if focus_search() => event.prevent_default(),
                "g" => {
                    waiting.set_value(true);
                    let give_up = move || {
                        // Nothing to reset once the shell is gone.
                        let _ = waiting.try_set_value(false);
                    };
                    set_timeout(give_up, WAITS);
                }
                _ => {}
            }
        });
        on_cleanup(move || keys.remove());
    });
}

fn is_typed_into(target: Option<web_sys::EventTarget>) -> bool {
    let element: Option<web_sys::Element> = target.and_then(|target| target.dyn_into().ok());
    element.is_some_and(|element| element.matches("input, textarea, select, [contenteditable]").unwrap_or(false) || element.closest("dialog[open]").ok().flatten().is_some())
}

fn focus_search() -> bool {
    let field = document().query_selector("[data-search]").ok().flatten().and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}
