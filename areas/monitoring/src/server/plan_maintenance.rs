//! Maintenance is planned, shown, and taken back or ended early.

use super::{
    calendar::Calendar,
    errors::MaintenanceError,
    record,
    store::{
        checks,
        maintenance::{self, MaintenanceRecord},
    },
};
use crate::{
    maintenance::{LocalMinute, MOST_PLANNED, PlanMaintenance, Stage},
    view::MaintenanceView,
};
use kernel::{CheckId, MaintenanceId, Need, Timestamp, live::Live};
use platform::{Cx, TenantTx};
use serde_json::json;
use std::time::Duration;

/// How long maintenance that is over stays in the list.
const SHOWN: Duration = Duration::from_secs(30 * 24 * 3600);

/// Refuses what is over already, too long, or of checks that are not there.
pub async fn plan_maintenance(cx: &Cx, wish: PlanMaintenance) -> Result<MaintenanceId, MaintenanceError> {
    let mut tx = cx.tenant_tx(Need::MONITORING_WRITE).await?;
    let now = cx.now();
    let calendar = Calendar::of(&mut tx).await?;
    let watched = checks::watched(&mut tx, None).await?;
    let known: Vec<CheckId> = watched.iter().map(|check| check.id).collect();
    let planned = wish.check(now, &known, |local| calendar.instant(local)).map_err(MaintenanceError::Fields)?;
    if maintenance::count_open(&mut tx, now).await? >= i64::try_from(MOST_PLANNED).unwrap_or(i64::MAX) {
        return Err(MaintenanceError::TooMany);
    }
    let id = MaintenanceId::from_uuid(cx.new_uuid());
    maintenance::insert(&mut tx, id, &planned, &cx.actor().id()).await?;
    let details = json!({"from": planned.window.from, "to": planned.window.to, "checks": planned.checks, "words": planned.words});
    tx.audit("monitoring.maintenance.planned", id, details);
    show(&mut tx, id, &planned.checks).await?;
    tx.commit().await?;
    tracing::info!(maintenance.id = %id, "Planned maintenance {id}");
    Ok(id)
}

/// Takes planned maintenance back; what runs already ends now, and what it kept quiet stays so.
pub async fn cancel_maintenance(cx: &Cx, id: MaintenanceId) -> Result<(), MaintenanceError> {
    let mut tx = cx.tenant_tx(Need::MONITORING_WRITE).await?;
    let found = maintenance::for_update(&mut tx, id).await?.ok_or(MaintenanceError::NotFound)?;
    let now = cx.now();
    match Stage::of(found.window(), found.cancelled_at.is_some(), now) {
        Stage::Planned => {
            maintenance::end(&mut tx, id, found.ends_at, Some(now)).await?;
            tx.audit("monitoring.maintenance.cancelled", id, json!({}));
        }
        Stage::Running => {
            maintenance::end(&mut tx, id, now, None).await?;
            tx.audit("monitoring.maintenance.ended", id, json!({"planned_to": found.ends_at}));
        }
        Stage::Ended | Stage::Cancelled => return Err(MaintenanceError::Over),
    }
    let checks = maintenance::checks_of(&mut tx, id).await?;
    show(&mut tx, id, &checks).await?;
    tx.commit().await?;
    Ok(())
}

/// Open pages of the list, and of the checks that it is of.
async fn show(tx: &mut TenantTx, id: MaintenanceId, of: &[CheckId]) -> Result<(), MaintenanceError> {
    tx.show(Live::Maintenance { id });
    for check in checks::watched(tx, None).await?.into_iter().filter(|check| of.contains(&check.id)) {
        record::show(tx, &check);
    }
    Ok(())
}

/// What is planned, runs, or ended within a month; what comes or runs stands first, the next of it on top.
pub async fn list_maintenance(cx: &Cx) -> Result<Vec<MaintenanceView>, MaintenanceError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let now = cx.now();
    let list = maintenance::list(&mut tx, now.minus(SHOWN)).await?;
    let (mut open, over): (Vec<_>, Vec<_>) = list.into_iter().map(|record| view(record, now)).partition(|view| matches!(view.stage, Stage::Planned | Stage::Running));
    open.reverse();
    open.extend(over);
    Ok(open)
}

/// What the form begins with: the next whole hour by the organisation's clocks, and two hours later.
pub async fn maintenance_to_begin_with(cx: &Cx) -> Result<(LocalMinute, LocalMinute), MaintenanceError> {
    const HOUR: u64 = 3_600;
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let calendar = Calendar::of(&mut tx).await?;
    let next = cx.now().plus(Duration::from_secs(HOUR));
    let hour = |at: Timestamp| LocalMinute { minute: 0, ..calendar.local(at) };
    Ok((hour(next), hour(next.plus(Duration::from_secs(2 * HOUR)))))
}

fn view(record: MaintenanceRecord, now: Timestamp) -> MaintenanceView {
    MaintenanceView {
        id: record.id,
        starts_at: record.starts_at,
        ends_at: record.ends_at,
        stage: Stage::of(record.window(), record.cancelled_at.is_some(), now),
        words: record.words,
        checks: record.checks,
    }
}
