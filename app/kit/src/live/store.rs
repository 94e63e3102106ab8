//! What a page knows of the live connection, and who on the page wants to hear of which change.

use crate::PageError;
use kernel::live::{Live, LiveChange};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Changes that follow one another faster than this cause one fetch.
const TOGETHER: Duration = Duration::from_millis(120);
/// Changes kept for views that are still on their way.
const KEPT: usize = 64;

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
struct Listeners(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    next: u64,
    all: Vec<(u64, Listener)>,
    recent: Recent,
}

impl Listeners {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The newest changes with the moment each came, in milliseconds of the page's life.
#[derive(Default)]
struct Recent {
    changes: VecDeque<(f64, Option<LiveChange>)>,
    /// When the newest of those came that are not kept any more.
    forgotten: Option<f64>,
}

impl Recent {
    fn keep(&mut self, at: f64, change: Option<LiveChange>) {
        self.changes.push_back((at, change));
        if self.changes.len() > KEPT {
            self.forgotten = self.changes.pop_front().map(|(at, _)| at);
        }
    }

    /// What came at a moment or later, in order; none stands for "everything may have changed".
    #[cfg(any(test, not(feature = "ssr")))]
    fn since(&self, moment: f64) -> Vec<Option<LiveChange>> {
        if self.forgotten.is_some_and(|at| at >= moment) {
            return vec![None];
        }
        self.changes.iter().filter(|(at, _)| *at >= moment).map(|(_, change)| change.clone()).collect()
    }
}

/// When a page last asked for what it shows, in milliseconds of the page's life; zero for what came with the page.
#[derive(Clone, Copy)]
pub struct Asked(StoredValue<f64>);

impl Default for Asked {
    fn default() -> Self {
        Self(StoredValue::new(0.0))
    }
}

/// What a page fetches and then keeps in step. A change that comes while the answer or the view is still on its way is
/// in neither: so it is known since when changes count.
pub struct LiveResource<T: Send + Sync + 'static> {
    pub resource: Resource<Result<T, PageError>>,
    pub asked: Asked,
}

impl<T: Send + Sync + 'static> Clone for LiveResource<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for LiveResource<T> {}

impl<T> LiveResource<T>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    pub fn new<S, F>(source: impl Fn() -> S + Send + Sync + 'static, fetch: impl Fn(S) -> F + Send + Sync + 'static) -> Self
    where
        S: PartialEq + Clone + Send + Sync + 'static,
        F: Future<Output = Result<T, PageError>> + Send + 'static,
    {
        let asked = Asked::default();
        let resource = Resource::new(source, move |source| {
            asked.0.try_set_value(age_ms());
            fetch(source)
        });
        Self { resource, asked }
    }
}

/// How long the page has been there. As in a browser without that clock: always since its beginning.
#[cfg(not(feature = "ssr"))]
pub(super) fn age_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

#[cfg(feature = "ssr")]
const fn age_ms() -> f64 {
    0.0
}

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

/// Calls `act` for each change that `wanted` takes, in order, from when the page `asked` for what it shows; with none
/// when everything may have changed. One that comes just as the view is made may be heard twice. Ends with the
/// component that calls this.
pub fn on_change(asked: Asked, wanted: impl Fn(&Live) -> bool + Send + Sync + 'static, act: impl Fn(Option<&LiveChange>) + Send + Sync + 'static) {
    let Some(store) = use_live() else { return };
    let listener: Listener = Arc::new(move |change| match change {
        Some(change) if !wanted(&change.what) => {}
        change => act(change),
    });
    let listeners = store.listeners.get_value();
    let number = {
        let mut heard = listeners.lock();
        heard.next += 1;
        let number = heard.next;
        heard.all.push((number, listener));
        number
    };
    // After the view is made, which a change may want to make anew.
    #[cfg(not(feature = "ssr"))]
    {
        let (listeners, since) = (listeners.clone(), asked.0.get_value());
        set_timeout(move || listeners.tell_since(number, since), Duration::ZERO);
    }
    #[cfg(feature = "ssr")]
    let _ = asked;
    on_cleanup(move || listeners.lock().all.retain(|(known, _)| *known != number));
}

/// Fetches again after changes that `wanted` takes; several close together fetch once.
pub fn refetch_on<T>(data: LiveResource<T>, wanted: impl Fn(&Live) -> bool + Send + Sync + 'static)
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let waiting = StoredValue::new(false);
    on_change(data.asked, wanted, move |_| {
        if waiting.try_get_value().unwrap_or(true) {
            return;
        }
        waiting.set_value(true);
        set_timeout(
            move || {
                if waiting.try_set_value(false).is_none() {
                    data.resource.refetch();
                }
            },
            TOGETHER,
        );
    });
}

#[cfg(not(feature = "ssr"))]
impl Listeners {
    /// Hands the changes since a moment to one listener, if it still listens.
    fn tell_since(&self, number: u64, moment: f64) {
        let (listener, changes) = {
            let heard = self.lock();
            let Some((_, listener)) = heard.all.iter().find(|(known, _)| *known == number) else { return };
            (listener.clone(), heard.recent.since(moment))
        };
        for change in changes {
            listener(change.as_ref());
        }
    }
}

impl LiveStore {
    /// Hands a change to everyone who wants it; none for "everything may have changed".
    #[cfg_attr(feature = "ssr", expect(dead_code, reason = "only the browser hears of changes"))]
    pub(super) fn hand_on(self, change: Option<LiveChange>) {
        let Some(listeners) = self.listeners.try_get_value() else { return };
        // Called without the lock: a listener may add or remove listeners.
        let all: Vec<Listener> = {
            let mut heard = listeners.lock();
            heard.recent.keep(age_ms(), change.clone());
            heard.all.iter().map(|(_, listener)| listener.clone()).collect()
        };
        for listener in all {
            listener(change.as_ref());
        }
        if change.is_some() {
            self.latest.try_set(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;

    fn change(seq: i64) -> Option<LiveChange> {
        let what = Live::Instance { id: "ins_00000000000000000000000000".parse().expect("an id"), state: "running".to_owned() };
        Some(LiveChange { seq, at: Timestamp::from_micros(0), what })
    }

    fn numbers(heard: &[Option<LiveChange>]) -> Vec<Option<i64>> {
        heard.iter().map(|change| change.as_ref().map(|change| change.seq)).collect()
    }

    #[test]
    fn a_view_hears_what_came_after_its_data_was_asked_for() {
        let mut recent = Recent::default();
        recent.keep(10.0, change(1));
        recent.keep(20.0, None);
        recent.keep(20.5, change(3));
        assert_eq!(numbers(&recent.since(0.0)), [Some(1), None, Some(3)]);
        assert_eq!(numbers(&recent.since(20.0)), [None, Some(3)]);
        assert_eq!(numbers(&recent.since(20.6)), []);
    }

    #[test]
    fn a_view_that_took_too_long_fetches_everything_again() {
        let mut recent = Recent::default();
        for seq in 0..=KEPT as i64 {
            recent.keep(seq as f64, change(seq));
        }
        assert_eq!(numbers(&recent.since(0.0)), [None], "the first is not kept any more");
        assert_eq!(recent.since(1.0).len(), KEPT);
    }
}
