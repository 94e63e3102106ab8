//! Freezes the uptime of months that are over: written once, so that a number that was shown never drifts.

use super::{
    errors::opened,
    store::{changes, checks, months},
};
use crate::uptime::{self, Window};
use kernel::{CheckId, Date, Fault, Need};
use platform::Cx;

/// Checks frozen by one call.
const BATCH: i64 = 200;
/// Months of one check frozen by one call.
const MONTHS: usize = 36;

/// Freezes what is over; answers how many checks had something to freeze. Call it until it answers zero.
pub async fn freeze_due(cx: &Cx) -> Result<usize, Fault> {
    let running = first_of_month(cx.now().date_utc());
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let due = checks::to_freeze(&mut tx, running, BATCH).await.map_err(platform::fault)?;
    tx.commit().await?;
    for (tenant, check) in &due {
        freeze(&Cx::system(cx.platform().clone(), "monitoring", Some(*tenant)), *check, running).await?;
    }
    Ok(due.len())
}

async fn freeze(cx: &Cx, id: CheckId, running: Date) -> Result<(), Fault> {
    let mut tx = cx.tenant_tx(Need::MONITORING_WRITE).await.map_err(opened)?;
    let Some(mut check) = checks::for_update(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
    for _ in 0..MONTHS {
        if check.open_month >= running {
            break;
        }
        let month = check.open_month;
        let Some(window) = Window::month(month.year(), month.month()) else { break };
        let list = changes::since(&mut tx, &[id], window.from).await.map_err(platform::fault)?.remove(&id).unwrap_or_default();
        let tally = uptime::tally(&list, check.known_until(), window, &[]);
        months::freeze(&mut tx, id, month, &tally).await.map_err(platform::fault)?;
        check.open_month = next_month(month);
    }
    checks::save(&mut tx, &check).await.map_err(platform::fault)?;
    tx.commit_unaudited("what was seen is its own record").await
}

pub(super) fn first_of_month(day: Date) -> Date {
    day.plus_days(1 - i64::from(day.day()))
}

fn next_month(first: Date) -> Date {
    first.plus_days(i64::from(Date::days_in_month(first.year(), first.month())))
}
