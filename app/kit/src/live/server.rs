//! The server's end of a live connection: follows the organisation's numbers until the page leaves, the session ends
//! or the server stops.

use super::{Caught, LiveAck};
use crate::{PageError, viewer::source};
use futures::{SinkExt, StreamExt, channel::mpsc};
use kernel::live::{ByeReason, LiveMessage};
use leptos::server_fn::BoxedStream;
use platform::{
    Cx,
    live::{Missed, changes_after, head},
};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// Messages that may wait for a slow page; then it waits too, and catches up by number.
const WAITING: usize = 64;
/// How long a fresh connection may take to say where it stands.
const FIRST_WORD: Duration = Duration::from_secs(5);
/// How often the session is looked at, in case its ending was not heard.
const SESSION_CHECK: Duration = Duration::from_secs(3);

pub async fn stream(cx: Cx, mut input: BoxedStream<LiveAck, PageError>) -> Result<BoxedStream<LiveMessage, PageError>, PageError> {
    cx.tenant()?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let Ok(Some(Ok(first))) = tokio::time::timeout(FIRST_WORD, input.next()).await else { return };
        follow(cx, first, input, sender).await;
    });
    Ok(receiver.into())
}

type Sender = mpsc::Sender<Result<LiveMessage, PageError>>;

async fn follow(cx: Cx, first: LiveAck, mut input: BoxedStream<LiveAck, PageError>, mut sender: Sender) {
    let Ok(tenant) = cx.tenant() else { return };
    let hub = &cx.platform().live;
    // Listening begins before the first look, so that nothing falls between.
    let (mut news, mut endings, stopping) = (hub.watch(tenant), hub.endings(), hub.stopping());
    let session = cx.actor().session();
    let mut check = tokio::time::interval(SESSION_CHECK);
    let mut after = match first.seq {
        Some(seq) => seq,
        None => match head(&cx).await {
            Ok(seq) => seq,
            Err(_) => return,
        },
    };
    if sender.send(Ok(LiveMessage::Hello { seq: after })).await.is_err() {
        return;
    }
    loop {
        match catch_up(&cx, after, &mut sender).await {
            Some(reached) => after = reached,
            None => return,
        }
        let bye = loop {
            tokio::select! {
                changed = news.changed() => match changed {
                    Ok(()) => break None,
                    Err(_) => return,
                },
                ended = endings.recv() => match ended {
                    Ok(ended) if Some(ended) == session => break Some(ByeReason::SignedOut),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => check.reset_immediately(),
                    Err(RecvError::Closed) => return,
                },
                () = stopping.cancelled() => break Some(ByeReason::ServerStops),
                _ = check.tick() => {
                    if !source::is_alive(cx.clone()).await {
                        break Some(ByeReason::SignedOut);
                    }
                    // A notification may be lost with its connection; the numbers are not.
                    break None;
                }
                word = input.next() => match word {
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return,
                },
            }
        };
        if let Some(reason) = bye {
            // The page may have left already.
            let _ = sender.send(Ok(LiveMessage::Bye { reason })).await;
            return;
        }
    }
}

/// Sends everything after a number; the number reached, or none when the page has left or the database is away.
async fn catch_up(cx: &Cx, mut after: i64, sender: &mut Sender) -> Option<i64> {
    loop {
        let missed = changes_after(cx, after).await.ok()?;
        match missed {
            Missed::TooOld(seq) => {
                sender.send(Ok(LiveMessage::Reset { seq })).await.ok()?;
                return Some(seq);
            }
            Missed::Changes(changes) if changes.is_empty() => return Some(after),
            Missed::Changes(changes) => {
                for change in changes {
                    after = change.seq;
                    sender.send(Ok(LiveMessage::Change(change))).await.ok()?;
                }
            }
        }
    }
}

pub async fn since(cx: &Cx, seq: Option<i64>) -> Result<Caught, PageError> {
    let Some(after) = seq else {
        return Ok(Caught { seq: head(cx).await?, changes: Vec::new(), reset: false });
    };
    Ok(match changes_after(cx, after).await? {
        Missed::TooOld(seq) => Caught { seq, changes: Vec::new(), reset: true },
        Missed::Changes(changes) => Caught { seq: changes.last().map_or(after, |change| change.seq), changes, reset: false },
    })
}
