//! Where the page goes after an act, and what it says then.

use i18n::tr;
use kit::prelude::*;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

/// Leaves for where the answer says, as a whole new page: the shell shows name, currency and what is open too.
pub fn leave_on_success<F>(action: ServerAction<F>)
where
    F: ServerFn<Output = String, Error = PageError> + Send + Sync + Clone + 'static,
{
    let (version, value) = (action.version(), action.value());
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now)
            && let Some(Ok(path)) = value.get_untracked()
        {
            // A path of ours is always a possible address.
            let _ = window().location().set_href(&path);
        }
        now
    });
}

/// What was done, after the page came anew: `?done=<what>`.
#[component]
pub fn DoneNote() -> impl IntoView {
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get("done")).and_then(|done| words(&done)));
    move || done.get().map(|says| view! { <Callout tone=Tone::Good alert=true>{says}</Callout> })
}

fn words(done: &str) -> Option<&'static str> {
    match done {
        "profile" => Some(tr!(onboarding.done.profile)),
        "tier" => Some(tr!(onboarding.done.tier)),
        "invited" => Some(tr!(onboarding.done.invited)),
        "skipped" => Some(tr!(onboarding.done.skipped)),
        "taken_up" => Some(tr!(onboarding.done.taken_up)),
        _ => None,
    }
}
