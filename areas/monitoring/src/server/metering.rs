//! Counts probes and announces them by the five minutes, each exactly once: the count, its announcement and its reset are
//! one transaction. Five minutes, because every time zone's midnight falls between two such windows, so none straddles
//! the end of a billing period.

use super::{
    errors::opened,
    store::checks::{self, CheckRecord},
};
use kernel::{
    CheckId, Fault, Need, Timestamp,
    events::{Event, Metered},
};
use platform::{Cx, TenantTx};
use std::time::Duration;

const WINDOW_MICROS: i64 = 5 * 60 * 1_000_000;
/// Checks whose runs are announced by one call.
const BATCH: i64 = 500;
/// A check whose runs could not be announced is tried again after this: well before its term closes, ten minutes after its end.
const AGAIN: Duration = Duration::from_secs(60);
const SOURCE: &str = "monitoring/prober";

fn window_end(at: Timestamp) -> Timestamp {
    Timestamp::from_micros((at.micros().div_euclid(WINDOW_MICROS) + 1) * WINDOW_MICROS)
}

/// Counts one probe at `at`; the caller saves the check.
pub(super) async fn count(tx: &mut TenantTx, check: &mut CheckRecord, at: Timestamp) -> Result<(), Fault> {
    // By the first probe: when it is due was put off where announcing failed.
    if check.runs_from.is_some_and(|from| window_end(from) <= at) {
        flush(tx, check).await?;
    }
    if check.runs == 0 {
        check.runs_from = Some(at);
        check.runs_due = Some(window_end(at));
    }
    check.runs += 1;
    Ok(())
}

/// Announces what was counted. Named after its first probe, so that no two announcements share an id.
pub(super) async fn flush(tx: &mut TenantTx, check: &mut CheckRecord) -> Result<(), Fault> {
    if let (Some(from), true) = (check.runs_from, check.runs > 0) {
        let event = Metered {
            tenant: check.tenant_id,
            instance: check.instance_id,
            source: SOURCE.to_owned(),
            id: format!("{}/runs/{from}", check.id),
            meter: "checks_run".to_owned(),
            value: check.runs.to_string(),
            at: from,
        };
        tx.announce(&Event::Metered(event)).await?;
    }
    check.runs = 0;
    check.runs_from = None;
    check.runs_due = None;
    Ok(())
}

/// Announces what is due of checks that are not probed again soon; answers how many. Before periods close. One that fails
/// is tried again in a minute and holds up no other.
pub async fn meter_due(cx: &Cx) -> Result<usize, Fault> {
    let now = cx.now();
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let due = checks::to_meter(&mut tx, now, BATCH).await.map_err(platform::fault)?;
    tx.commit().await?;
    let mut count = 0;
    for (tenant, id) in due {
        match meter(&Cx::system(cx.platform().clone(), "metering", Some(tenant)), id, now).await {
            Ok(()) => count += 1,
            Err(fault) => {
                tracing::warn!(%tenant, check.id = %id, "The probes of check {id} could not be announced: {fault}");
                let mut tx = cx.system_tx().await.map_err(opened)?;
                checks::meter_later(&mut tx, tenant, id, now, now.plus(AGAIN)).await.map_err(platform::fault)?;
                tx.commit().await?;
            }
        }
    }
    Ok(count)
}

async fn meter(cx: &Cx, id: CheckId, now: Timestamp) -> Result<(), Fault> {
    let mut tx = cx.tenant_tx(Need::USAGE_WRITE).await.map_err(opened)?;
    let Some(mut check) = checks::for_update(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
    if check.runs_due.is_none_or(|due| due > now) {
        return Ok(());
    }
    flush(&mut tx, &mut check).await?;
    checks::save(&mut tx, &check).await.map_err(platform::fault)?;
    tx.commit_unaudited("counted probes are their own record").await
}
