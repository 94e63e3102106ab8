//! What the provider's pages of operations ask the server. The module's name in their addresses makes the staff's session
//! count.

use kernel::Page;
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;
use provisioning::view::{InstanceCounts, InstanceView, OperationDetail, OperationView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use crate::refused;
#[cfg(feature = "ssr")]
use kernel::{Need, OperationId, PageSize, TenantId};
#[cfg(feature = "ssr")]
use provisioning::{
    commands::{ListOperations, RepairChoice},
    server as services,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrdersSheet {
    pub page: Page<OperationView>,
    /// Names of the organisations by their printed ids.
    pub names: BTreeMap<String, String>,
    pub counts: InstanceCounts,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationSheet {
    pub detail: OperationDetail,
    pub service: InstanceView,
    pub organisation: String,
}

#[server]
pub async fn orders(query: ListQuery) -> Result<OrdersSheet, PageError> {
    let cx = kit::request::cx().await?;
    let page = sought(&cx, &query, PageSize::default()).await?;
    let counts = services::staff_counts(&cx).await.map_err(refused::read)?;
    let mut tenants: Vec<TenantId> = page.rows.iter().map(|operation| operation.tenant).collect();
    tenants.sort_unstable();
    tenants.dedup();
    let names = names(&cx, &tenants).await?;
    Ok(OrdersSheet { page, names, counts })
}

/// What the address of the list asks for.
#[cfg(feature = "ssr")]
pub async fn sought(cx: &platform::Cx, query: &ListQuery, size: PageSize) -> Result<Page<OperationView>, PageError> {
    let list = ListOperations { instance: None, state: query.filter("state").map(str::to_owned), size, cursor: query.after.clone() };
    services::list_all_operations(cx, None, list).await.map_err(refused::read)
}

#[server]
pub async fn operation(id: String) -> Result<OperationSheet, PageError> {
    let cx = kit::request::cx().await?;
    let (tenant, id) = found(&cx, &id).await?;
    let detail = services::staff_operation(&cx, tenant, id).await.map_err(refused::read)?;
    let service = services::staff_instance(&cx, tenant, detail.operation.instance).await.map_err(refused::read)?;
    let organisation = names(&cx, &[tenant]).await?.into_values().next().unwrap_or_default();
    Ok(OperationSheet { detail, service, organisation })
}

/// Tries an operation that gave up again.
#[server]
pub async fn retry(id: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (tenant, id) = found(&cx, &id).await?;
    services::retry_operation(&cx.for_tenant(tenant, Need::PROVIDER_OPERATE)?, id).await.map(drop).map_err(refused::change)
}

/// Brings the backend of the operation's service in line; `choice` says what happens where data is gone.
#[server]
pub async fn repair(id: String, choice: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (tenant, id) = found(&cx, &id).await?;
    let instance = services::staff_operation(&cx, tenant, id).await.map_err(refused::read)?.operation.instance;
    let choice = if choice == "recreate_empty" { RepairChoice::RecreateEmpty } else { RepairChoice::KeepLoss };
    let began = services::repair_instance(&cx, tenant, instance, choice).await.map_err(refused::change)?;
    if let Some(operation) = began {
        leptos_axum::redirect(&format!("/provider/operations/{operation}"));
    }
    Ok(())
}

/// Whose operation it is.
#[cfg(feature = "ssr")]
async fn found(cx: &platform::Cx, id: &str) -> Result<(TenantId, OperationId), PageError> {
    let id: OperationId = id.parse().map_err(|_| refused::read(services::ReadError::NotFound))?;
    let tenant = services::whose_operation(cx, id).await.map_err(refused::read)?;
    Ok((tenant, id))
}

#[cfg(feature = "ssr")]
async fn names(cx: &platform::Cx, tenants: &[TenantId]) -> Result<BTreeMap<String, String>, PageError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let names = identity::server::organisation_names_for_staff(&mut tx, tenants).await?;
    Ok(names.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}
