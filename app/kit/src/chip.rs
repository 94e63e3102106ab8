//! A chip says in one word how a thing is.

use crate::callout::Tone;
use i18n::tr;
use leptos::prelude::*;

#[component]
pub fn Chip(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <span class=format!("chip {}", tone.class())><span class="chip-dot" aria-hidden="true"></span>{children()}</span> }
}

/// The chip of a state by its stable code, as areas and `kernel::live::Live` carry it; reacts to a signal.
#[component]
pub fn StatusChip(#[prop(into)] state: Signal<String>) -> impl IntoView {
    view! {
        <span class=move || format!("chip {}", state.with(|state| tone(state)).class()) data-state=move || state.get()>
            <span class="chip-dot" aria-hidden="true"></span>
            {move || state.with(|state| label(state))}
        </span>
    }
}

/// The colour of a state.
pub fn tone(state: &str) -> Tone {
    match state {
        "running" | "up" | "paid" | "active" | "published" | "succeeded" | "accepted" => Tone::Good,
        "creating" | "updating" | "suspending" | "resuming" | "deleting" | "in_progress" | "pending" => Tone::Busy,
        "suspended" | "degraded" | "maintenance" | "paused" | "partly_paid" | "expired" => Tone::Warn,
        "failed" | "down" | "overdue" => Tone::Bad,
        "issued" | "open" | "planned" | "trialing" | "sent" | "invited" => Tone::Info,
        _ => Tone::Neutral,
    }
}

/// The word for a state in the reader's language; an unknown code is shown as it is.
pub fn label(state: &str) -> String {
    let word = match state {
        "pending" => tr!(kit.states.pending),
        "creating" => tr!(kit.states.creating),
        "running" => tr!(kit.states.running),
        "updating" => tr!(kit.states.updating),
        "suspending" => tr!(kit.states.suspending),
        "suspended" => tr!(kit.states.suspended),
        "resuming" => tr!(kit.states.resuming),
        "deleting" => tr!(kit.states.deleting),
        "deleted" => tr!(kit.states.deleted),
        "failed" => tr!(kit.states.failed),
        "up" => tr!(kit.states.up),
        "down" => tr!(kit.states.down),
        "degraded" => tr!(kit.states.degraded),
        "paused" => tr!(kit.states.paused),
        "maintenance" => tr!(kit.states.maintenance),
        "planned" => tr!(kit.states.planned),
        "unknown" => tr!(kit.states.unknown),
        "draft" => tr!(kit.states.draft),
        "published" => tr!(kit.states.published),
        "retired" => tr!(kit.states.retired),
        "issued" => tr!(kit.states.issued),
        "open" => tr!(kit.states.open),
        "paid" => tr!(kit.states.paid),
        "overdue" => tr!(kit.states.overdue),
        "void" => tr!(kit.states.void),
        "partly_paid" => tr!(kit.states.partly_paid),
        "active" => tr!(kit.states.active),
        "trialing" => tr!(kit.states.trialing),
        "cancelled" => tr!(kit.states.cancelled),
        "ended" => tr!(kit.states.ended),
        "succeeded" => tr!(kit.states.succeeded),
        "in_progress" => tr!(kit.states.in_progress),
        "waiting" => tr!(kit.states.waiting),
        "sent" => tr!(kit.states.sent),
        "accepted" => tr!(kit.states.accepted),
        "expired" => tr!(kit.states.expired),
        "revoked" => tr!(kit.states.revoked),
        "invited" => tr!(kit.states.invited),
        other => return other.replace('_', " "),
    };
    word.to_string()
}
