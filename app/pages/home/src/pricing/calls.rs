//! The price list's server function.

use catalog::OfferingView;
use kit::PageError;
use leptos::prelude::*;

#[server]
pub async fn price_list() -> Result<Vec<OfferingView>, PageError> {
    Ok(catalog::server::public_offerings(&kit::request::cx().await?).await?)
}
