//! The price list's server functions.

use super::Terms;
use catalog::OfferingView;
use kernel::{Money, PlanId};
use kit::PageError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[server]
pub async fn price_list() -> Result<Vec<OfferingView>, PageError> {
    Ok(catalog::server::public_offerings(&kit::request::cx().await?).await?)
}

/// What somebody would like to know the price of: a tier by its code, the first where none is named, and how many of each
/// plan, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub terms: Terms,
    pub tier: Option<String>,
    pub plans: BTreeMap<PlanId, i64>,
}

/// What every whole term of it costs, without usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub fees: Money,
    pub tax: Money,
    pub total: Money,
}

/// By the calculator that makes the invoices.
#[server(input = Json)]
pub async fn price_of(wanted: Wanted) -> Result<Sum, PageError> {
    super::sum::sum(&kit::request::cx().await?, wanted).await
}
