//! What the provider's pages of compliance ask of the server. The module's name in their addresses makes the staff's
//! session count.

use super::overview::Overview;
use crate::trail::TrailSheet;
use compliance::view::Verified;
use kit::{PageError, prelude::ListQuery};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::overview::Count;
#[cfg(feature = "ssr")]
use crate::trail::{keys_of, name_keys};
#[cfg(feature = "ssr")]
use billing::view::InvoiceRow;
#[cfg(feature = "ssr")]
use kernel::{Currency, Money, Need, PageSize};
#[cfg(feature = "ssr")]
use platform::Cx;
#[cfg(feature = "ssr")]
use std::collections::{BTreeMap, BTreeSet};

/// Rows of the short lists on the first page.
#[cfg(feature = "ssr")]
const SHORT: usize = 5;

#[server]
pub async fn everybodys_activity(query: ListQuery) -> Result<TrailSheet, PageError> {
    let cx = kit::request::cx().await?;
    let tenants = identity::server::list_tenants(&cx, "", None, PageSize::new(PageSize::MAX)).await.map_err(|refusal| kit::page_error!(refusal))?;
    let tenants = tenants.rows.into_iter().map(|tenant| (tenant.id.to_string(), tenant.name)).collect();
    let filter = TrailSheet::filter(&query);
    let mut sheet = TrailSheet::of(compliance::server::entries_for_staff(&cx, &filter, query.after.as_deref(), PageSize::default()).await, tenants)?;
    let names = integrations::server::key_names_for_staff(&cx, &keys_of(&sheet.page.rows)).await?;
    name_keys(&mut sheet.page.rows, &names);
    Ok(sheet)
}

/// Goes through one organisation's whole chain, where that was asked for: `check` is 0 otherwise.
#[server]
pub async fn check_chain_of(tenant: String, check: u32) -> Result<Option<Verified>, PageError> {
    let (true, Ok(tenant)) = (check > 0, tenant.parse()) else { return Ok(None) };
    let cx = kit::request::cx().await?;
    compliance::server::verify_for_staff(&cx, tenant).await.map(Some).map_err(|refusal| kit::page_error!(refusal))
}

#[server]
pub async fn look_over() -> Result<Overview, PageError> {
    let cx = kit::request::cx().await?;
    let tenants = identity::server::list_tenants(&cx, "", None, PageSize::new(PageSize::MAX)).await.map_err(|refusal| kit::page_error!(refusal))?;
    let with_tier = tenants.rows.iter().filter(|tenant| tenant.tier.is_some()).count();
    let (open, overdue) = (invoices(&cx, billing::server::Wanted::Open).await?, invoices(&cx, billing::server::Wanted::Overdue).await?);
    let latest = operations(&cx, None, SHORT).await?.rows;
    let under_way = Count::of(&operations(&cx, Some("running"), 100).await?).and(Count::of(&operations(&cx, Some("waiting"), 100).await?));
    let names = names(&cx, &latest).await?;
    Ok(Overview {
        tenants: Count::of(&tenants),
        with_tier,
        services: provisioning::server::staff_counts(&cx).await.map_err(|refusal| kit::page_error!(refusal))?,
        failed_operations: Count::of(&operations(&cx, Some("failed"), 100).await?),
        running_operations: under_way,
        latest,
        names,
        to_come: to_come(&open.rows),
        open_invoices: Count::of(&open),
        overdue_invoices: Count::of(&overdue),
        newest: tenants.rows.into_iter().take(SHORT).collect(),
        processes: compliance::server::processes(&cx).await.map_err(|refusal| kit::page_error!(refusal))?,
    })
}

#[cfg(feature = "ssr")]
async fn operations(cx: &Cx, state: Option<&str>, most: usize) -> Result<kernel::Page<provisioning::view::OperationView>, PageError> {
    let size = PageSize::new(u16::try_from(most).unwrap_or(PageSize::MAX));
    let list = provisioning::commands::ListOperations { state: state.map(str::to_owned), size, ..Default::default() };
    provisioning::server::list_all_operations(cx, None, list).await.map_err(|refusal| kit::page_error!(refusal))
}

#[cfg(feature = "ssr")]
async fn names(cx: &Cx, operations: &[provisioning::view::OperationView]) -> Result<BTreeMap<String, String>, PageError> {
    let tenants: BTreeSet<_> = operations.iter().map(|operation| operation.tenant).collect();
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let names = identity::server::organisation_names_for_staff(&mut tx, &Vec::from_iter(tenants)).await?;
    Ok(names.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

#[cfg(feature = "ssr")]
async fn invoices(cx: &Cx, wanted: billing::server::Wanted) -> Result<kernel::Page<InvoiceRow>, PageError> {
    billing::server::list_invoices_for_staff(cx, None, wanted, None, PageSize::new(PageSize::MAX)).await.map_err(|refusal| kit::page_error!(refusal))
}

/// Open amounts by currency, without currencies that have none.
#[cfg(feature = "ssr")]
fn to_come(invoices: &[InvoiceRow]) -> Vec<Money> {
    Currency::ALL
        .into_iter()
        .filter_map(|currency| Money::sum(currency, invoices.iter().map(|invoice| invoice.open).filter(|open| open.currency == currency)).ok())
        .filter(|sum| !sum.is_zero())
        .collect()
}
