//! Says whether what the page shows is live.

use super::{LiveStatus, use_live};
use i18n::tr;
use leptos::prelude::*;

#[component]
pub fn LiveChip() -> impl IntoView {
    let status = use_live().map(|store| store.status);
    let status = move || status.map_or(LiveStatus::Connecting, |status| status.get());
    let words = move || match status() {
        LiveStatus::Connecting => (tr!(kit.live.connecting), ""),
        LiveStatus::Live => (tr!(kit.live.live), tr!(kit.live.live_help)),
        LiveStatus::Reconnecting => (tr!(kit.live.reconnecting), tr!(kit.live.reconnecting_help)),
        LiveStatus::Polling => (tr!(kit.live.polling), tr!(kit.live.polling_help)),
        LiveStatus::Ended => (tr!(kit.live.ended), ""),
    };
    let tone = move || match status() {
        LiveStatus::Live => "live-chip tone-good",
        LiveStatus::Polling | LiveStatus::Reconnecting => "live-chip tone-warn",
        LiveStatus::Connecting | LiveStatus::Ended => "live-chip tone-neutral",
    };
    let code = move || match status() {
        LiveStatus::Connecting => "connecting",
        LiveStatus::Live => "live",
        LiveStatus::Reconnecting => "reconnecting",
        LiveStatus::Polling => "polling",
        LiveStatus::Ended => "ended",
    };
    view! {
        <span class=tone role="status" data-live=code title=move || words().1>
            <span class="chip-dot" aria-hidden="true"></span>
            <span class="live-word">{move || words().0}</span>
        </span>
    }
}
