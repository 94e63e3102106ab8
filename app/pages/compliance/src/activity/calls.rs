//! What the activity page asks of the server.

use crate::trail::TrailSheet;
#[cfg(feature = "ssr")]
use crate::trail::{keys_of, name_keys};
use compliance::view::Verified;
use kit::{PageError, prelude::ListQuery};
use leptos::prelude::*;

#[server]
pub async fn activity(query: ListQuery) -> Result<TrailSheet, PageError> {
    let cx = kit::request::cx().await?;
    let filter = TrailSheet::filter(&query);
    let mut sheet = TrailSheet::of(compliance::server::entries(&cx, &filter, query.after.as_deref(), Default::default()).await, Vec::new())?;
    let names = integrations::server::key_names(&cx, &keys_of(&sheet.page.rows)).await?;
    name_keys(&mut sheet.page.rows, &names);
    Ok(sheet)
}

/// Goes through the organisation's whole chain, where the reader asked for it: `check` is 0 otherwise.
#[server]
pub async fn check_chain(check: u32) -> Result<Option<Verified>, PageError> {
    if check == 0 {
        return Ok(None);
    }
    let cx = kit::request::cx().await?;
    compliance::server::verify(&cx).await.map(Some).map_err(|refusal| kit::page_error!(refusal))
}
