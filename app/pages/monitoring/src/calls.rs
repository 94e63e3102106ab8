//! What the pages of monitoring ask the server.

use crate::sheets::{Board, CheckSheet, MaintenanceForm, MaintenanceSheet, Span, Summary};
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{board, refused::{maintenance_refused, refused}};
#[cfg(feature = "ssr")]
use charts::{Probes, ResponseSheet};
#[cfg(feature = "ssr")]
use kernel::{CheckId, FieldError, PageSize};
#[cfg(feature = "ssr")]
use monitoring::{
    maintenance::Chosen,
    server::{self as watching, MaintenanceError, MonitoringError},
    view::ResponsePoint,
};
#[cfg(feature = "ssr")]
use std::time::Duration;

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
    let interval = Duration::from_secs(u64::from(detail.check.interval_seconds));
    let response = ResponseSheet::draw(span.length(), interval, &points.iter().map(probes).collect::<Vec<_>>());
    Ok(CheckSheet { detail, span, response, samples, newest: after.is_none() })
}

#[cfg(feature = "ssr")]
const fn probes(point: &ResponsePoint) -> Probes {
    Probes { at: point.at, average_ms: point.average_ms, slowest_ms: point.slowest_ms, probes: point.probes, failures: point.failures }
}

/// What is planned, and what the form that plans more begins with.
#[server]
pub async fn planned_maintenance() -> Result<MaintenanceSheet, PageError> {
    let cx = kit::request::cx().await?;
    let list = watching::list_maintenance(&cx).await.map_err(maintenance_refused)?;
    let (starts_at, ends_at) = watching::maintenance_to_begin_with(&cx).await.map_err(maintenance_refused)?;
    let checks = watching::check_names(&cx).await.map_err(refused)?;
    Ok(MaintenanceSheet { list, checks, starts_at: starts_at.to_string(), ends_at: ends_at.to_string() })
}

#[server]
pub async fn plan_maintenance(form: MaintenanceForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let wish = monitoring::maintenance::PlanMaintenance {
        starts_at: form.starts_at.clone(),
        ends_at: form.ends_at.clone(),
        checks: chosen(&form).map_err(|refusal| maintenance_refused(refusal).keeping(&form))?,
        words: form.words.clone(),
    };
    watching::plan_maintenance(&cx, wish).await.map(drop).map_err(|refusal| maintenance_refused(refusal).keeping(&form))
}

/// An id that is none is a check that is not there.
#[cfg(feature = "ssr")]
fn chosen(form: &MaintenanceForm) -> Result<Chosen, MaintenanceError> {
    if form.checks.contains_key("all") {
        return Ok(Chosen::All);
    }
    let ids: Result<Vec<CheckId>, _> = form.checks.keys().map(|id| id.parse()).collect();
    ids.map(Chosen::These).map_err(|_| MaintenanceError::Fields(vec![FieldError::new("checks", "unknown", "One of these checks is not there any more.")]))
}

#[server]
pub async fn cancel_maintenance(id: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let id = id.parse().map_err(|_| maintenance_refused(MaintenanceError::NotFound))?;
    watching::cancel_maintenance(&cx, id).await.map_err(maintenance_refused)
}
