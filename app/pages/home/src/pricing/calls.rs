//! The price list's server functions.

use catalog::{Interval, OfferingView};
use kernel::{Currency, Money, PlanId};
use kit::PageError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

#[server]
pub async fn price_list() -> Result<Vec<OfferingView>, PageError> {
    Ok(catalog::server::public_offerings(&kit::request::cx().await?).await?)
}

/// What somebody would like to know the price of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub currency: Currency,
    pub interval: Interval,
    pub plans: Vec<WantedPlan>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedPlan {
    pub plan: PlanId,
    pub count: i64,
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
