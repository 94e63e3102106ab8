//! Prices, usage, subscriptions and invoices.

pub mod bill_shape;
pub mod event;
pub mod get_instance_usage;
pub mod get_invoice;
pub mod get_usage;
pub mod list_invoices;
pub mod list_refused_events;
pub mod list_subscriptions;
pub mod quote;
pub mod report_events;
pub mod shape;

use crate::{Api, problem::{Problem, problems}};
use ::billing::server::BillingError;
use ::provisioning::server::ReadError;
use kernel::{InstanceId, Need};
use platform::Cx;
use std::collections::BTreeSet;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(quote::quote))
        .routes(routes!(report_events::report_events))
        .routes(routes!(list_refused_events::list_refused_events))
        .routes(routes!(get_usage::get_usage))
        .routes(routes!(get_instance_usage::get_instance_usage))
        .routes(routes!(list_subscriptions::list_subscriptions))
        .routes(routes!(list_invoices::list_invoices))
        .routes(routes!(get_invoice::get_invoice))
}

problems! {
    BillingError, fields;
}

/// Those of `ids` that are the caller's, looked up under the permission that the caller has for what follows.
pub(crate) async fn own_instances(cx: &Cx, need: Need, ids: &[InstanceId]) -> Result<BTreeSet<InstanceId>, Problem> {
    let mut tx = cx.tenant_tx(need).await?;
    Ok(::provisioning::server::names(&mut tx, ids).await?.into_keys().collect())
}

/// Refuses an instance that is not the caller's.
pub(crate) async fn own_instance(cx: &Cx, need: Need, id: InstanceId) -> Result<InstanceId, Problem> {
    own_instances(cx, need, &[id]).await?.pop_first().ok_or_else(|| ReadError::NotFound.into())
}
