//! What of a check moves while it is looked at, in lists.

use kernel::{CheckId, Timestamp, live::Live};
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::view::CheckView;
use std::collections::HashMap;

/// The moving parts of one row.
#[derive(Clone, Copy)]
pub struct Moving {
    pub state: RwSignal<String>,
    response_ms: RwSignal<Option<i32>>,
    last_at: RwSignal<Option<Timestamp>>,
}

impl Moving {
    pub fn of(check: &CheckView) -> Self {
        Self {
            state: RwSignal::new(check.shown_state().to_owned()),
            response_ms: RwSignal::new(check.response_ms),
            last_at: RwSignal::new(check.last_at),
        }
    }
}

/// Moves the rows with each result. `turned` is called when a row's status changes; `fresh` when a check is not among
/// `known`, or anything may have changed.
pub fn follow(
    rows: HashMap<CheckId, Moving>,
    known: Vec<CheckId>,
    turned: Callback<()>,
    fresh: Callback<()>,
    asked: Asked,
    wanted: impl Fn(&Live) -> bool + Send + Sync + 'static,
) {
    on_change(asked, wanted, move |change| match change.map(|change| (&change.what, change.at)) {
        Some((Live::Check { id, status, response_ms, .. }, at)) => match rows.get(id) {
            Some(row) => {
                row.response_ms.try_set(*response_ms);
                row.last_at.try_set(Some(at));
                if row.state.try_with_untracked(|state| state != status).unwrap_or(false) {
                    row.state.try_set(status.clone());
                    turned.run(());
                }
            }
            None if known.contains(id) => {}
            None => fresh.run(()),
        },
        Some(_) => {}
        None => fresh.run(()),
    });
}

/// The newest answer: how long it took, and when it was.
#[component]
pub fn LastResponse(moving: Moving) -> impl IntoView {
    let took = move || moving.response_ms.get().map_or_else(|| "–".to_owned(), charts::milliseconds);
    view! {
        <span class="tabular nowrap" data-response>{took}</span>
        {move || moving.last_at.get().map(|at| view! { " "<span class="muted"><DateTime at=at relative=true/></span> })}
    }
}
