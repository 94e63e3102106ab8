//! The server's end of a live connection: follows the organisation's numbers until the page leaves, the session ends
//! or moves, or the server stops.

use super::{Caught, LiveAck};
use crate::{PageError, viewer::source::{self, Standing}};
use futures::{SinkExt, StreamExt, channel::mpsc};
use kernel::live::{ByeReason, LiveMessage};
use leptos::server_fn::BoxedStream;
use platform::{
    Cx, Opened,
    live::{Missed, OLDEST_PAGE, changes_after, head},
};
use std::time::Duration;
use tokio::{sync::broadcast::error::RecvError, time::{Instant, timeout}};

/// Messages that may wait for a slow page; beyond them the server's own queue of the socket holds 2,048.
const WAITING: usize = 64;
/// A page that does not take a message, or one look's changes, within this time is cut off; it comes back by number.
/// Between looks its session is asked after, so that one which reads slowly does not read on after it was signed out.
const SLOWEST: Duration = Duration::from_secs(4);
/// How long a fresh connection may take to say where it stands.
const FIRST_WORD: Duration = Duration::from_secs(5);
/// How often the session is looked at, in case its ending was not heard.
const SESSION_CHECK: Duration = Duration::from_secs(3);
/// How often the page is asked for a sign of life; one that was silent for `SILENT` is gone without having said so.
const STILL_EVERY: Duration = Duration::from_secs(20);
const SILENT: Duration = Duration::from_secs(65);

pub async fn stream(cx: Cx, mut input: BoxedStream<LiveAck, PageError>) -> Result<BoxedStream<LiveMessage, PageError>, PageError> {
    cx.tenant()?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let Ok(Some(Ok(first))) = timeout(FIRST_WORD, input.next()).await else { return };
        Follower { cx, sender, input }.follow(first).await;
    });
    Ok(receiver.into())
}

/// The page has left, or takes nothing any more, or the database is away: it comes back by number.
struct Left;

struct Follower {
    cx: Cx,
    sender: mpsc::Sender<Result<LiveMessage, PageError>>,
    input: BoxedStream<LiveAck, PageError>,
}

impl Follower {
    async fn follow(mut self, first: LiveAck) {
        if let Ok(reason) = self.until_the_end(first).await {
            // The page may have left already.
            let _ = self.say(LiveMessage::Bye { reason }).await;
        }
    }

    async fn until_the_end(&mut self, first: LiveAck) -> Result<ByeReason, Left> {
        let cx = self.cx.clone();
        let standing = async || source::standing(cx.clone()).await;
        let (hub, session) = (&cx.platform().live, cx.actor().session());
        let tenant = cx.tenant().map_err(|_| Left)?;
        // Listening begins before the first look, so that nothing falls between.
        let (mut news, mut endings, stopping) = (hub.watch(tenant), hub.endings(), hub.stopping());
        let (mut check, mut still, mut heard) = (tokio::time::interval(SESSION_CHECK), tokio::time::interval(STILL_EVERY), Instant::now());
        still.reset();
        let (mut after, too_old) = begin(&cx, first).await.map_err(|_| Left)?;
        self.say(LiveMessage::Hello { tenant, seq: after }).await?;
        if too_old {
            self.say(LiveMessage::Reset { seq: after }).await?;
        }
        loop {
            while let Some(reached) = self.catch_up(after).await? {
                after = reached;
                if let Some(reason) = over(standing().await) {
                    return Ok(reason);
                }
            }
            // Until there may be something new.
            loop {
                tokio::select! {
                    changed = news.changed() => {
                        changed.map_err(|_| Left)?;
                        break;
                    }
                    ended = endings.recv() => match ended {
                        Ok(ended) if Some(ended) == session => return Ok(ByeReason::SignedOut),
                        Ok(_) => {}
                        Err(RecvError::Lagged(_)) => check.reset_immediately(),
                        Err(RecvError::Closed) => return Err(Left),
                    },
                    () = stopping.cancelled() => return Ok(ByeReason::ServerStops),
                    _ = check.tick() => match over(standing().await) {
                        Some(reason) => return Ok(reason),
                        // A notification may be lost with its connection; the numbers are not.
                        None => break,
                    },
                    _ = still.tick() => {
                        if heard.elapsed() > SILENT {
                            return Err(Left);
                        }
                        self.say(LiveMessage::Still).await?;
                    }
                    word = self.input.next() => match word {
                        Some(Ok(_)) => heard = Instant::now(),
                        Some(Err(_)) | None => return Err(Left),
                    },
                }
            }
        }
    }

    /// Sends what one look finds after a number; answers the number reached, or none when there was nothing.
    async fn catch_up(&mut self, after: i64) -> Result<Option<i64>, Left> {
        match changes_after(&self.cx, after).await.map_err(|_| Left)? {
            Missed::TooOld(seq) => {
                self.say(LiveMessage::Reset { seq }).await?;
                Ok(Some(seq))
            }
            Missed::Changes(changes) => {
                let reached = changes.last().map(|change| change.seq);
                let (sender, permissions) = (&mut self.sender, self.cx.permissions());
                let all = async move {
                    for change in changes {
                        sender.send(Ok(LiveMessage::Change(change.told_to(permissions)))).await?;
                    }
                    Ok(())
                };
                in_time(all).await?;
                Ok(reached)
            }
        }
    }

    async fn say(&mut self, message: LiveMessage) -> Result<(), Left> {
        in_time(self.sender.send(Ok(message))).await
    }
}

/// Waits for a slow page, but not for ever.
async fn in_time(sending: impl Future<Output = Result<(), mpsc::SendError>>) -> Result<(), Left> {
    match timeout(SLOWEST, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Left),
    }
}

/// Why the connection ends, if it does.
const fn over(standing: Standing) -> Option<ByeReason> {
    match standing {
        Standing::Here => None,
        Standing::Moved => Some(ByeReason::Moved),
        Standing::Gone => Some(ByeReason::SignedOut),
    }
}

/// The number after which a page has everything to hear, and whether it has to fetch everything anew.
async fn begin(cx: &Cx, ack: LiveAck) -> Result<(i64, bool), Opened> {
    /// The page was asked for a little before its browser began to count.
    const SPARE: Duration = Duration::from_secs(1);
    let age = Duration::from_millis(ack.age_ms.into()) + SPARE;
    match ack.seq {
        Some(seq) => Ok((seq, false)),
        None if age > OLDEST_PAGE => Ok((head(cx, Duration::ZERO).await?, true)),
        None => Ok((head(cx, age).await?, false)),
    }
}

pub async fn since(cx: &Cx, ack: LiveAck) -> Result<Caught, PageError> {
    let tenant = cx.tenant().map_err(Opened::from)?;
    let (after, too_old) = begin(cx, ack).await?;
    Ok(match changes_after(cx, after).await? {
        Missed::TooOld(seq) => Caught { tenant, seq, changes: Vec::new(), reset: true },
        Missed::Changes(changes) => {
            let seq = changes.last().map_or(after, |change| change.seq);
            let changes = changes.into_iter().map(|change| change.told_to(cx.permissions())).collect();
            Caught { tenant, seq, changes, reset: too_old }
        }
    })
}
