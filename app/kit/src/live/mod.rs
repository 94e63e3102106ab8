//! What changes in the organisation reaches every open page within a second of its commit.
//!
//! The server numbers the changes of each organisation without gaps. The page keeps the last number it has seen, asks
//! for what follows it whenever it connects, and hands each change on exactly once; where a socket cannot be had it
//! asks every three seconds instead. Of a change that its viewer may not see, a page is told the number only.

mod chip;
#[cfg(not(feature = "ssr"))]
mod client;
#[cfg(feature = "ssr")]
mod server;
mod store;

pub use chip::LiveChip;
pub use store::{Asked, LiveResource, LiveStatus, LiveStore, on_change, provide_live, refetch_on, use_live};

use crate::PageError;
use kernel::{TenantId, live::{LiveMessage, ToldChange}};
use leptos::{
    prelude::*,
    server_fn::{BoxedStream, Websocket, codec::JsonEncoding},
};
use serde::{Deserialize, Serialize};

/// What the page tells the server: the last change it has seen. The first opens the stream; later ones answer `Still`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveAck {
    /// None for a fresh page.
    pub seq: Option<i64>,
    /// Milliseconds since the page was asked for.
    pub age_ms: u32,
}

/// The answer to a page that asks instead of listening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Caught {
    /// Whose changes these are: the session may have moved on in another tab.
    pub tenant: TenantId,
    /// The number to ask with next.
    pub seq: i64,
    pub changes: Vec<ToldChange>,
    /// What was missed is no longer kept: fetch everything again.
    pub reset: bool,
}

/// The changes after the number that the page sends first.
#[server(protocol = Websocket<JsonEncoding, JsonEncoding>)]
pub async fn live(input: BoxedStream<LiveAck, PageError>) -> Result<BoxedStream<LiveMessage, PageError>, PageError> {
    let cx = crate::request::cx().await?;
    cx.allow(kernel::Need::MEMBER)?;
    server::stream(cx, input).await
}

/// The changes after a number, for pages without a socket.
#[server]
pub async fn live_since(seq: Option<i64>, age_ms: u32) -> Result<Caught, PageError> {
    server::since(&crate::request::cx().await?, LiveAck { seq, age_ms }).await
}
