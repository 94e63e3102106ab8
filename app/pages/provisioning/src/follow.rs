//! Keeps what a page shows in step with the server without making the page anew: forms that are being filled in, open
//! dialogs and the focus stay as they are.

use kernel::live::Live;
use kit::{
    PageError,
    live::{Asked, on_change},
};
use leptos::{prelude::*, task::spawn_local};
use std::{future::Future, time::Duration};

/// Changes that follow one another faster than this cause one fetch.
const TOGETHER: Duration = Duration::from_millis(80);

/// Fetches again after changes that `wanted` takes, from when the page `asked`, and shows the answer. Trouble leaves what was shown: the next
/// change, or the live connection coming back, asks again.
pub fn follow<T, F>(shown: RwSignal<T>, asked: Asked, wanted: impl Fn(&Live) -> bool + Send + Sync + 'static, fetch: impl Fn() -> F + Clone + Send + Sync + 'static)
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, PageError>> + 'static,
{
    let waiting = StoredValue::new(false);
    on_change(asked, wanted, move |_| {
        // Already waiting, or the page was left.
        if waiting.try_get_value().unwrap_or(true) {
            return;
        }
        waiting.set_value(true);
        let fetch = fetch.clone();
        set_timeout(
            move || {
                if waiting.try_set_value(false).is_some() {
                    return;
                }
                spawn_local(async move {
                    if let Ok(fresh) = fetch().await {
                        shown.try_set(fresh);
                    }
                });
            },
            TOGETHER,
        );
    });
}
