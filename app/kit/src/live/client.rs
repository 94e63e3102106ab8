//! The browser's end: connects, keeps its place by number, comes back with growing pauses, and asks when it cannot
//! listen.

use super::{LiveAck, LiveStatus, LiveStore, live, live_since, store::age_ms};
use crate::{PageError, organisation::OTHER};
use futures::{
    SinkExt, StreamExt,
    channel::{mpsc, oneshot},
    future::{AbortHandle, Either, abortable, select},
};
use kernel::{TenantId, live::{ByeReason, LiveChange, LiveMessage, ToldChange}};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// Connections that failed in a row before the page asks instead.
const FAILURES_BEFORE_ASKING: u32 = 2;
const ASKS_EVERY: Duration = Duration::from_secs(3);
/// Questions before a socket is tried again: a minute.
const ASKS_BEFORE_SOCKET: u32 = 20;
/// A server that said nothing for so long is gone without having said so; it says `Still` every twenty seconds.
const SILENT: Duration = Duration::from_secs(50);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Runs until the shell is left or the session ends.
pub fn start(store: LiveStore, signed_in: Signal<bool>) {
    let (running, set_running) = signal(None::<AbortHandle>);
    Effect::new(move |_| {
        if !signed_in.get() || running.with_untracked(Option::is_some) {
            return;
        }
        let (work, handle) = abortable(async move {
            let mut place = Place { store, tenant: None, seq: None };
            place.run().await;
        });
        set_running.set(Some(handle));
        spawn_local(async move {
            // Aborted when the shell is left, which closes the socket.
            let _ = work.await;
        });
    });
    on_cleanup(move || {
        if let Some(handle) = running.try_get_untracked().flatten() {
            handle.abort();
        }
    });
}

struct Place {
    store: LiveStore,
    /// Whose changes the page shows.
    tenant: Option<TenantId>,
    /// The last change seen.
    seq: Option<i64>,
}

/// How a stretch of listening or asking ended.
enum End {
    /// The session is over or elsewhere, or the shell was left.
    Over,
    /// It worked for a while and was cut.
    Cut,
    /// It did not come to work.
    Failed,
}

impl Place {
    async fn run(&mut self) {
        let mut failures = 0;
        loop {
            match self.listen().await {
                End::Over => return,
                End::Cut => failures = 0,
                End::Failed => failures += 1,
            }
            if failures >= FAILURES_BEFORE_ASKING {
                if matches!(self.ask().await, End::Over) {
                    return;
                }
                continue;
            }
            if !self.say(LiveStatus::Reconnecting) {
                return;
            }
            sleep((FIRST_PAUSE * 2_u32.pow(failures)).min(LONGEST_PAUSE)).await;
        }
    }

    fn ack(&self) -> LiveAck {
        LiveAck { seq: self.seq, age_ms: age_ms() as u32 }
    }

    /// False once the shell is gone.
    fn say(&self, status: LiveStatus) -> bool {
        self.store.status.try_update(|known| if *known != status { *known = status }).is_some()
    }

    async fn listen(&mut self) -> End {
        // The sender stays alive as long as we listen: dropping it tells the server that we left.
        let (mut words, receiver) = mpsc::channel::<Result<LiveAck, PageError>>(4);
        if words.send(Ok(self.ack())).await.is_err() {
            return End::Failed;
        }
        let Ok(mut messages) = live(receiver.into()).await else { return End::Failed };
        let mut worked = false;
        while let Either::Left((Some(Ok(message)), _)) = select(messages.next(), Box::pin(sleep(SILENT))).await {
            match message {
                LiveMessage::Hello { tenant, seq } => {
                    if !self.is_ours(tenant) {
                        return moved();
                    }
                    worked = true;
                    self.seq.get_or_insert(seq);
                    if !self.say(LiveStatus::Live) {
                        return End::Over;
                    }
                }
                LiveMessage::Change(change) => self.take(change),
                LiveMessage::Reset { seq } => self.start_over(seq),
                // A full queue holds an answer already.
                LiveMessage::Still => drop(words.try_send(Ok(self.ack()))),
                LiveMessage::Bye { reason: ByeReason::SignedOut } => return self.end(),
                LiveMessage::Bye { reason: ByeReason::Moved } => return moved(),
                LiveMessage::Bye { reason: ByeReason::ServerStops } => break,
            }
        }
        if worked { End::Cut } else { End::Failed }
    }

    async fn ask(&mut self) -> End {
        for _ in 0..ASKS_BEFORE_SOCKET {
            let ack = self.ack();
            match live_since(ack.seq, ack.age_ms).await {
                Ok(since) => {
                    if !self.is_ours(since.tenant) {
                        return moved();
                    }
                    if !self.say(LiveStatus::Polling) {
                        return End::Over;
                    }
                    if since.reset {
                        self.start_over(since.seq);
                    }
                    since.changes.into_iter().for_each(|change| self.take(change));
                    self.seq.get_or_insert(since.seq);
                }
                Err(PageError::SignedOut) => return self.end(),
                Err(error) if error.code() == Some(OTHER) => return moved(),
                Err(_) => {
                    if !self.say(LiveStatus::Reconnecting) {
                        return End::Over;
                    }
                }
            }
            sleep(ASKS_EVERY).await;
        }
        End::Cut
    }

    /// Hands on what is new. A gap cannot come from our server; should one come, everything is fetched again.
    fn take(&mut self, ToldChange { seq, at, what }: ToldChange) {
        let seen = self.seq.unwrap_or(seq - 1);
        if seq <= seen {
            return;
        }
        self.seq = Some(seq);
        match what {
            _ if seq > seen + 1 => self.store.hand_on(None),
            Some(what) => self.store.hand_on(Some(LiveChange { seq, at, what })),
            // Not for this viewer.
            None => {}
        }
    }

    /// Whether changes are of the organisation that the page shows; the first to come says which that is.
    fn is_ours(&mut self, tenant: TenantId) -> bool {
        *self.tenant.get_or_insert(tenant) == tenant
    }

    fn start_over(&mut self, seq: i64) {
        self.seq = Some(seq);
        self.store.hand_on(None);
    }

    fn end(&self) -> End {
        self.say(LiveStatus::Ended);
        // The session is gone: the page says so instead of showing what it may no longer see.
        let _ = window().location().assign("/sign-in");
        End::Over
    }
}

/// The session works elsewhere now, by another tab: the whole page is another one.
fn moved() -> End {
    let _ = window().location().reload();
    End::Over
}

async fn sleep(duration: Duration) {
    let (wake, woken) = oneshot::channel::<()>();
    set_timeout(move || wake.send(()).unwrap_or_default(), duration);
    let _ = woken.await;
}
