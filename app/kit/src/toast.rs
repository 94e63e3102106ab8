//! Short messages that say what happened, and offer to undo it.

use crate::{callout::Tone, icon::Icon};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast stays; one with an offer to undo stays twice as long.
const STAYS: Duration = Duration::from_secs(6);
/// Toasts shown at once; an older one gives way.
const AT_ONCE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Failed,
    Note,
}

#[derive(Clone)]
struct Toast {
    number: u32,
    kind: ToastKind,
    text: String,
    undo: Option<Callback<()>>,
}

/// The toasts of the page.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    pub fn show(self, kind: ToastKind, text: impl Into<String>) {
        self.push(kind, text.into(), None);
    }

    /// Offers to undo while it stays; `undo` runs at most once.
    pub fn show_with_undo(self, text: impl Into<String>, undo: Callback<()>) {
        self.push(ToastKind::Done, text.into(), Some(undo));
    }

    fn push(self, kind: ToastKind, text: String, undo: Option<Callback<()>>) {
        let number = self.next.get_value();
        self.next.set_value(number.wrapping_add(1));
        let stays = if undo.is_some() { STAYS * 2 } else { STAYS };
        self.shown.update(|shown| {
            shown.push(Toast { number, kind, text, undo });
            let surplus = shown.len().saturating_sub(AT_ONCE);
            shown.drain(..surplus);
        });
        set_timeout(move || self.dismiss(number), stays);
    }

    fn dismiss(self, number: u32) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.number != number));
    }
}

pub fn provide_toasts() {
    provide_context(Toasts { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
}

pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(|| {
        provide_toasts();
        expect_context()
    })
}

/// Where toasts appear; once a page, in the shell.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="region" aria-label=tr!(kit.toast.region) aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.number let:toast>
                <div class=format!("toast-note {}", tone(toast.kind).class())>
                    <Icon icon=tone(toast.kind).icon() class="callout-icon"/>
                    <span>{toast.text}</span>
                    {toast.undo.map(|undo| view! {
                        <button type="button" class="btn btn-sm btn-plain" on:click=move |_| { undo.run(()); toasts.dismiss(toast.number) }>{tr!(common.undo)}</button>
                    })}
                    <button type="button" class="btn btn-ghost btn-sm btn-square" aria-label=tr!(kit.toast.dismiss) on:click=move |_| toasts.dismiss(toast.number)>
                        <Icon icon=icons::LuX/>
                    </button>
                </div>
            </For>
        </div>
    }
}

const fn tone(kind: ToastKind) -> Tone {
    match kind {
        ToastKind::Done => Tone::Good,
        ToastKind::Failed => Tone::Bad,
        ToastKind::Note => Tone::Info,
    }
}
