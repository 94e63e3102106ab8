//! What the pages of services ask the server.

use crate::sheets::{ActivitySheet, ChangePlanForm, ConfigurationForm, ConfigurationSheet, LiveSheet, Span};
use billing::view::UsageView;
use kernel::Page;
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;
use provisioning::view::{Credentials, InstanceRow, InstanceView};

#[cfg(feature = "ssr")]
use crate::{charting, once, plan_fields::carried, refused, service::TabName, sheets::{PlanCost, WatchedSheet}};
#[cfg(feature = "ssr")]
use kernel::{InstanceId, PageSize, PlanId};
#[cfg(feature = "ssr")]
use platform::Cx;
#[cfg(feature = "ssr")]
use provisioning::{
    commands::{ChangePlan, InstanceSort, ListInstances, ListOperations, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    server as services,
};

/// An id from an address; one that is none answers like an unknown one.
#[cfg(feature = "ssr")]
fn id_of(text: &str) -> Result<InstanceId, PageError> {
    text.parse().map_err(|_| refused::read(services::ReadError::NotFound))
}

#[server]
pub async fn list_services(query: ListQuery) -> Result<Page<InstanceRow>, PageError> {
    let cx = kit::request::cx().await?;
    sought(&cx, &query, PageSize::default()).await
}

/// What the address of the list asks for.
#[cfg(feature = "ssr")]
pub async fn sought(cx: &Cx, query: &ListQuery, size: PageSize) -> Result<Page<InstanceRow>, PageError> {
    let sort = match query.sort.as_ref().map(|sort| (sort.column.as_str(), sort.descending)) {
        Some(("name", _)) => InstanceSort::Name,
        Some(("created", false)) => InstanceSort::Oldest,
        Some(_) | None => InstanceSort::Newest,
    };
    let filter = |name: &str| query.filter(name).map(str::to_owned);
    let list = ListInstances { search: Some(query.q.clone()), state: filter("state"), driver: filter("kind"), sort, size, cursor: query.after.clone() };
    services::list_instances(cx, list).await.map_err(refused::read)
}

#[server]
pub async fn service(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    services::get_instance(&cx, id_of(&id)?).await.map_err(refused::read)
}

/// What was measured or seen over a span, as charts.
#[server]
pub async fn live_now(id: String, span: Span) -> Result<LiveSheet, PageError> {
    let cx = kit::request::cx().await?;
    let service = services::get_instance(&cx, id_of(&id)?).await.map_err(refused::read)?;
    if service.driver == monitoring::server::NAME {
        return watched(&cx, service.id, span).await.map(LiveSheet::Watched);
    }
    let points = services::measurements(&cx, service.id, span.length()).await.map_err(refused::read)?;
    refused::speak();
    Ok(LiveSheet::Measured(charting::measured(span, points)))
}

#[cfg(feature = "ssr")]
async fn watched(cx: &platform::Cx, id: InstanceId, span: Span) -> Result<WatchedSheet, PageError> {
    /// Checks with a chart; the others are under Monitoring.
    const DRAWN: usize = 6;
    let mut checks = monitoring::server::checks_of_instance(cx, id).await.map_err(|refusal| kit::page_error!(refusal))?;
    // What is worst stands first; names keep their order.
    checks.sort_by_key(|check| (check.paused, std::cmp::Reverse(check.status)));
    let more = checks.len().saturating_sub(DRAWN);
    checks.truncate(DRAWN);
    let mut drawn = Vec::with_capacity(checks.len());
    for check in checks {
        let points = monitoring::server::response_times(cx, check.id, span.length()).await.map_err(|refusal| kit::page_error!(refusal))?;
        refused::speak();
        drawn.push((check.clone(), charting::response(span, &check, &points)));
    }
    Ok(WatchedSheet { span, drawn, more })
}

/// The plan that the service has, and those that it could have; `plan`: the one that is looked at.
#[server]
pub async fn settings(id: String, plan: Option<String>) -> Result<ConfigurationSheet, PageError> {
    let cx = kit::request::cx().await?;
    let instance = services::get_instance(&cx, id_of(&id)?).await.map_err(refused::read)?;
    let current = plan_in_force(&cx, instance.plan).await?;
    let offering = catalog::server::offering_by_slug(&cx, &current.offering_slug).await?;
    let plans = offering.map(|offering| offering.plans).unwrap_or_default();
    let other = plans.iter().find(|card| card.plan.id != current.id && Some(card.plan.id.to_string()) == plan).cloned();
    let change = match &other {
        Some(card) => cost_of_change(&cx, instance.id, card).await?,
        None => None,
    };
    Ok(ConfigurationSheet { current, plans, configuration: instance.configuration, name: instance.name, other, change })
}

/// The service's operations with their logs, newest first.
#[server]
pub async fn history(id: String) -> Result<ActivitySheet, PageError> {
    /// Operations that the page shows.
    const NEWEST: u16 = 20;
    let cx = kit::request::cx().await?;
    let list = ListOperations { instance: Some(id_of(&id)?), size: kernel::PageSize::new(NEWEST), ..Default::default() };
    let page = services::list_operations(&cx, list).await.map_err(refused::read)?;
    let mut operations = Vec::new();
    for operation in page.rows {
        operations.push(services::get_operation(&cx, operation.id).await.map_err(refused::read)?);
    }
    Ok(ActivitySheet { operations })
}

/// What the service used in its running term, and what that comes to so far.
#[server]
pub async fn usage(id: String) -> Result<Option<UsageView>, PageError> {
    let cx = kit::request::cx().await?;
    let report = billing::server::usage_report(&cx, Some(id_of(&id)?)).await.map_err(|refusal| kit::page_error!(refusal))?;
    Ok(report.into_iter().next())
}

/// Stops the service for its users until it is resumed.
#[server]
pub async fn suspend_service(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    let command = SuspendInstance { id: id_of(&id)?, by: SuspendedBy::Customer };
    services::suspend_instance(&cx, command).await.map(|accepted| accepted.instance).map_err(refused::change)
}

#[server]
pub async fn resume_service(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    let command = SuspendInstance { id: id_of(&id)?, by: SuspendedBy::Customer };
    services::resume_instance(&cx, command).await.map(|accepted| accepted.instance).map_err(refused::change)
}

#[server]
pub async fn delete_service(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    services::delete_instance(&cx, id_of(&id)?, None).await.map(|accepted| accepted.instance).map_err(refused::change)
}

#[server]
pub async fn restore_service(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    services::restore_instance(&cx, id_of(&id)?).await.map(|accepted| accepted.instance).map_err(refused::change)
}

/// Tries the newest operation again, which gave up.
#[server]
pub async fn retry_operation(operation: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let id = operation.parse().map_err(|_| refused::read(services::ReadError::NotFound))?;
    services::retry_operation(&cx, id).await.map(drop).map_err(refused::change)
}

#[server]
pub async fn rotate_credentials(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    services::rotate_credentials(&cx, id_of(&id)?).await.map(|accepted| accepted.instance).map_err(refused::change)
}

/// Shows the password for the only time. Without scripting the answer is the page that follows.
#[server]
pub async fn reveal_credentials(id: String) -> Result<Credentials, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&id)?;
    let credentials = services::reveal_credentials(&cx, id).await.map_err(refused::reveal)?;
    once::hand_to_next_page(&cx, id, &credentials);
    Ok(credentials)
}

/// What the page before revealed, for readers without scripting; gone after it was asked for.
#[server]
pub async fn revealed_before(id: String) -> Result<Option<Credentials>, PageError> {
    let cx = kit::request::cx().await?;
    Ok(once::take(&cx, id_of(&id)?))
}

#[server]
pub async fn configure(form: ConfigurationForm) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&form.id)?;
    let instance = services::get_instance(&cx, id).await.map_err(refused::read)?;
    let schema = plan_in_force(&cx, instance.plan).await?.terms.config_schema;
    let configuration = form.configuration.to_json(&schema);
    let command = UpdateConfiguration { id, name: Some(form.name.clone()), configuration, if_version: None };
    let accepted = services::update_configuration(&cx, command).await;
    accepted.map(|accepted| accepted.instance).map_err(|refusal| refused::change(refusal).keeping(&Kept { form: &form }))
}

#[server]
pub async fn switch_plan(form: ChangePlanForm) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&form.id)?;
    let unknown = || refused::change(services::ChangeError::NoSuchPlan);
    let plan: PlanId = form.plan.parse().map_err(|_| unknown())?;
    let schema = catalog::server::plan_on_sale(&cx, plan).await?.ok_or_else(unknown)?.terms.config_schema;
    let instance = services::get_instance(&cx, id).await.map_err(refused::read)?;
    let present = plan_in_force(&cx, instance.plan).await?.terms.config_schema;
    let configuration = Some(carried(&present, &schema, &instance.configuration, &form.configuration.to_json(&schema)));
    let command = ChangePlan { id, plan, name: None, configuration, if_version: None };
    let accepted = services::change_plan(&cx, command).await.map_err(|refusal| refused::change(refusal).keeping(&Kept { form: &form }))?;
    leptos_axum::redirect(&settings_of(id));
    Ok(accepted.instance)
}

/// Takes a smaller plan back that waits for the next term.
#[server]
pub async fn keep_plan(id: String) -> Result<InstanceView, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&id)?;
    let accepted = services::keep_plan(&cx, id).await.map_err(refused::change)?;
    leptos_axum::redirect(&settings_of(id));
    Ok(accepted.instance)
}

/// Where a plan that was chosen is not asked about any longer.
#[cfg(feature = "ssr")]
fn settings_of(id: InstanceId) -> String {
    TabName::Configuration.address(id)
}

/// Gives what was typed the names that the fields have.
#[cfg(feature = "ssr")]
#[derive(serde::Serialize)]
struct Kept<'a, T> {
    form: &'a T,
}

/// The terms of a plan that a service has, sold or not.
#[cfg(feature = "ssr")]
async fn plan_in_force(cx: &platform::Cx, plan: PlanId) -> Result<catalog::Plan, PageError> {
    let mut tx = cx.tenant_tx(kernel::Need::SERVICES_READ).await?;
    catalog::server::plan(&mut tx, plan).await?.ok_or_else(|| refused::change(services::ChangeError::NoSuchPlan))
}

/// What another plan would put on an invoice now; none for a service that is not billed yet, and for readers whose role
/// has no bills.
#[cfg(feature = "ssr")]
async fn cost_of_change(cx: &platform::Cx, id: InstanceId, card: &catalog::PlanCard) -> Result<Option<PlanCost>, PageError> {
    use billing::{
        server::{preview_change, subscriptions},
        subscription::{Choice, Subject},
    };
    if cx.allow(kernel::Need::BILLING_READ).is_err() {
        return Ok(None);
    }
    let mine = |subject: &Subject| matches!(subject, Subject::Instance { instance } if *instance == id);
    let known = subscriptions(cx).await.map_err(|refusal| kit::page_error!(refusal))?;
    let Some(subscription) = known.into_iter().find(|subscription| mine(&subscription.subject)) else { return Ok(None) };
    // A change that billing would refuse is refused in words when it is asked for.
    let interval = subscription.choice.interval;
    let preview = preview_change(cx, subscription.id, Choice { plan: card.plan.id, interval }).await.ok();
    Ok(preview.map(|preview| PlanCost { preview, fee: card.fee(subscription.currency, interval).map(|fee| (fee, interval)) }))
}
