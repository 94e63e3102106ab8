//! Freezes the uptime of months that are over: written once, so that a number that was shown never drifts. Months are
//! those of the organisation's time zone; one that changes its zone keeps what is frozen, and the open month ends as the
//! new zone has it.

use super::{
    calendar::{self, Calendar},
    errors::opened,
    store::{changes, checks, maintenance, months},
};
use crate::uptime;
use kernel::{CheckId, Fault, Need};
use platform::Cx;
use std::time::Duration;

/// Checks frozen by one call.
const BATCH: i64 = 200;
/// Months of one check frozen by one call.
const MONTHS: usize = 36;
/// A check that could not be frozen is tried again after this.
const AGAIN: Duration = Duration::from_secs(3600);

/// Freezes what is over; answers for how many checks. Call it until it answers zero. One that fails is tried again in an
/// hour and holds up no other.
pub async fn freeze_due(cx: &Cx) -> Result<usize, Fault> {
    let now = cx.now();
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let due = checks::to_freeze(&mut tx, now, BATCH).await.map_err(platform::fault)?;
    tx.commit().await?;
    let mut count = 0;
    for (tenant, check) in due {
        match freeze(&Cx::system(cx.platform().clone(), "monitoring", Some(tenant)), check).await {
            Ok(()) => count += 1,
            Err(fault) => {
                tracing::warn!(%tenant, check.id = %check, "A month of check {check} could not be frozen: {fault}");
                let mut tx = cx.system_tx().await.map_err(opened)?;
                checks::freeze_later(&mut tx, tenant, check, now, now.plus(AGAIN)).await.map_err(platform::fault)?;
                tx.commit().await?;
            }
        }
    }
    Ok(count)
}

async fn freeze(cx: &Cx, id: CheckId) -> Result<(), Fault> {
    let mut tx = cx.tenant_tx(Need::MONITORING_WRITE).await.map_err(opened)?;
    let Some(mut check) = checks::for_update(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
    let calendar = Calendar::of(&mut tx).await?;
    let now = cx.now();
    for _ in 0..MONTHS {
        let month = check.open_month;
        let window = calendar.month(month);
        check.freeze_at = window.to;
        if window.to > now {
            break;
        }
        let list = changes::since(&mut tx, &[id], window.from).await.map_err(platform::fault)?.remove(&id).unwrap_or_default();
        let planned = maintenance::windows(&mut tx, &[id], window.from).await.map_err(platform::fault)?.remove(&id).unwrap_or_default();
        let tally = uptime::tally(&list, check.known_until(), window, &planned);
        months::freeze(&mut tx, id, month, &tally).await.map_err(platform::fault)?;
        check.open_month = calendar::next_month(month);
    }
    checks::save(&mut tx, &check).await.map_err(platform::fault)?;
    tx.commit_unaudited("what was seen is its own record").await
}
