//! What the pages of monitoring ask the server.

use crate::sheets::{Board, CheckSheet, Span, Summary};
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{board, charting, refused::refused};
#[cfg(feature = "ssr")]
use kernel::{CheckId, PageSize};
#[cfg(feature = "ssr")]
use monitoring::server::{self as watching, MonitoringError};

/// Results on one page.
#[cfg(feature = "ssr")]
const RESULTS: u16 = 20;

/// An id from an address; one that is none answers like an unknown one.
#[cfg(feature = "ssr")]
fn id_of(text: &str) -> Result<CheckId, PageError> {
    text.parse().map_err(|_| refused(MonitoringError::NotFound))
}

/// The organisation's checks as sought, each with its 90 days.
#[server]
pub async fn watched(query: ListQuery) -> Result<Board, PageError> {
    let cx = kit::request::cx().await?;
    let overview = watching::overview(&cx).await.map_err(refused)?;
    board::board(&cx, overview, &query).await.map_err(refused)
}

/// Counts and open incidents alone.
#[server]
pub async fn counts() -> Result<Summary, PageError> {
    let cx = kit::request::cx().await?;
    let overview = watching::overview(&cx).await.map_err(refused)?;
    Ok(Summary::from(&overview))
}

/// One check; `after`: the cursor after which its results begin.
#[server]
pub async fn check(id: String, span: Span, after: Option<String>) -> Result<CheckSheet, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&id)?;
    let detail = watching::check_detail(&cx, id).await.map_err(refused)?;
    let points = watching::response_times(&cx, id, span.length()).await.map_err(refused)?;
    let samples = watching::samples(&cx, detail.check.instance, Some(id), PageSize::new(RESULTS), after.as_deref()).await.map_err(refused)?;
    i18n::read_in(kit::request::language());
    let response = charting::response(span, detail.check.interval_seconds, &points);
    Ok(CheckSheet { detail, span, response, samples, newest: after.is_none() })
}
