//! What a page knows of the live connection, and who on the page wants to hear of which change.

use crate::PageError;
use kernel::live::{Live, LiveChange};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Changes that follow one another faster than this cause one fetch.
const TOGETHER: Duration = Duration::from_millis(120);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveStatus {
    Connecting,
    Live,
    Reconnecting,
    /// Asks every three seconds.
    Polling,
    /// Signed out.
    Ended,
}

type Listener = Arc<dyn Fn(Option<&LiveChange>) + Send + Sync>;

/// One per page, in the tenant's shell.
#[derive(Clone, Copy)]
pub struct LiveStore {
    pub status: RwSignal<LiveStatus>,
    /// The newest change; several at once show only the last here, so react with `on_change`.
    pub latest: RwSignal<Option<LiveChange>>,
    listeners: StoredValue<Listeners>,
}

#[derive(Clone, Default)]
struct Listeners(Arc<Mutex<(u64, Vec<(u64, Listener)>)>>);

/// Makes the store known below and, in the browser, opens the connection once the viewer is known to be signed in.
pub fn provide_live(signed_in: Signal<bool>) -> LiveStore {
    let store = LiveStore { status: RwSignal::new(LiveStatus::Connecting), latest: RwSignal::new(None), listeners: StoredValue::new(Listeners::default()) };
    provide_context(store);
    #[cfg(not(feature = "ssr"))]
    super::client::start(store, signed_in);
    #[cfg(feature = "ssr")]
    let _ = signed_in;
    store
}

/// The page's live store; none outside of the tenant's shell.
pub fn use_live() -> Option<LiveStore> {
    use_context()
}

/// Calls `act` for each change that `wanted` takes, in order, once; with none when everything may have changed. Ends
/// with the component that calls this.
pub fn on_change(wanted: impl Fn(&Live) -> bool + Send + Sync + 'static, act: impl Fn(Option<&LiveChange>) + Send + Sync + 'static) {
    let Some(store) = use_live() else { return };
    let listener: Listener = Arc::new(move |change| match change {
        Some(change) if !wanted(&change.what) => {}
        change => act(change),
    });
    let listeners = store.listeners.get_value();
    let number = {
        let mut inner = listeners.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0 += 1;
        let number = inner.0;
        inner.1.push((number, listener));
        number
    };
    on_cleanup(move || listeners.0.lock().unwrap_or_else(PoisonError::into_inner).1.retain(|(known, _)| *known != number));
}

/// Fetches a resource again after changes that `wanted` takes; several close together fetch once.
pub fn refetch_on<T>(resource: Resource<Result<T, PageError>>, wanted: impl Fn(&Live) -> bool + Send + Sync + 'static)
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let waiting = StoredValue::new(false);
    on_change(wanted, move |_| {
        if waiting.try_get_value().unwrap_or(true) {
            return;
        }
        waiting.set_value(true);
        set_timeout(
            move || {
                if waiting.try_set_value(false).is_none() {
                    resource.refetch();
                }
            },
            TOGETHER,
        );
    });
}

impl LiveStore {
    /// Hands a change to everyone who wants it; none for "everything may have changed".
    #[cfg_attr(feature = "ssr", expect(dead_code, reason = "only the browser hears of changes"))]
    pub(super) fn hand_on(self, change: Option<LiveChange>) {
        let Some(listeners) = self.listeners.try_get_value() else { return };
        // Called without the lock: a listener may add or remove listeners.
        let all: Vec<Listener> = listeners.0.lock().unwrap_or_else(PoisonError::into_inner).1.iter().map(|(_, listener)| listener.clone()).collect();
        for listener in all {
            listener(change.as_ref());
        }
        if change.is_some() {
            self.latest.try_set(change);
        }
    }
}
