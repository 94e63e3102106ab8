//! Measures instances and announces what they used: storage-hours without gap or overlap, the day's connection peak.

use super::{
    Drivers,
    change_plan::BYTES_PER_GB,
    driver::{DriverError, Measured},
    mails,
    runner::wanted_of,
    store::{
        due,
        instances::{self, InstanceRecord},
        measurements,
    },
};
use crate::{
    instance::InstanceState,
    metering,
    quota::{self, Telling},
    view::OverQuota,
};
use futures::StreamExt;
use jiff::tz::TimeZone;
use kernel::{
    Fault, InstanceId, Need, TenantId, Timestamp,
    events::{Event, Metered},
    live::Live,
};
use platform::{Cx, TenantTx};
use std::time::Duration;

/// Between two measures of one instance, by the clock.
pub const EVERY: Duration = Duration::from_secs(5 * 60);
/// Instances measured at one call.
pub const BATCH: usize = 50;
/// Backends that are measured at the same time.
const AT_ONCE: usize = 8;
/// A measure that takes longer counts as no answer.
const MEASURE_LIMIT: Duration = Duration::from_secs(30);

/// Measures what is due; answers how many. Call it until it answers less than `BATCH`, beside what must not wait for a
/// backend: one instance's trouble keeps few others waiting, and they it.
pub async fn measure_due(cx: &Cx, drivers: &Drivers) -> Result<usize, Fault> {
    let now = cx.now();
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let due = due::claim(&mut tx, due::Turn::Measure, now, now.plus(EVERY), i64::try_from(BATCH).unwrap_or(i64::MAX)).await.map_err(platform::fault)?;
    tx.commit().await?;
    let count = due.len();
    let measure = |(tenant, instance)| async move {
        if let Err(fault) = measure_instance(cx, drivers, tenant, instance).await {
            tracing::warn!(instance.id = %instance, "Instance {instance} could not be measured: {fault}");
        }
    };
    futures::stream::iter(due).for_each_concurrent(AT_ONCE, measure).await;
    Ok(count)
}

pub(super) fn opened(opened: platform::Opened) -> Fault {
    match opened {
        platform::Opened::Fault(fault) => fault,
        platform::Opened::Denied(denied) => Fault::new(format!("the platform itself was denied: {denied}")),
    }
}

/// Measures one instance now. A backend that does not answer costs nothing: the next measure covers the time since the
/// last, at what was kept then.
pub async fn measure_instance(cx: &Cx, drivers: &Drivers, tenant: TenantId, id: InstanceId) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "metering", Some(tenant));
    let Some((wanted, driver)) = ({
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
        match instances::find(&mut tx, id).await.map_err(platform::fault)? {
            Some(instance) if measurable(&instance) => Some((wanted_of(&mut tx, &instance, None).await?, instance.driver)),
            Some(_) | None => None,
        }
    }) else {
        return Ok(());
    };
    let Some(driver) = drivers.find(&driver) else { return Ok(()) };
    let measured = match tokio::time::timeout(MEASURE_LIMIT, driver.measure(&wanted)).await {
        Ok(Ok(Some(measured))) => measured,
        Ok(Ok(None)) => return stop_measuring(&cx, id).await,
        Ok(Err(DriverError::Stopped)) => return Ok(()),
        Ok(Err(DriverError::Transient(_, detail) | DriverError::Permanent(_, detail))) => return Err(Fault::passing(detail)),
        Err(_) => return Err(Fault::passing("the backend took too long")),
    };
    record(&cx, id, measured).await
}

const fn measurable(instance: &InstanceRecord) -> bool {
    instance.ready_at.is_some() && !matches!(instance.detail.0, InstanceState::Grace { .. } | InstanceState::Deleted { .. } | InstanceState::Deleting { .. })
}

/// This kind of service is measured elsewhere: it is not asked again.
async fn stop_measuring(cx: &Cx, id: InstanceId) -> Result<(), Fault> {
    let mut tx = cx.tenant_tx(Need::USAGE_WRITE).await.map_err(opened)?;
    if let Some(mut instance) = instances::for_update(&mut tx, id).await.map_err(platform::fault)? {
        instance.measure_at = None;
        instances::save(&mut tx, &instance).await.map_err(platform::fault)?;
    }
    tx.commit_unaudited("when the platform looks again is no change of the tenant's").await
}

async fn record(cx: &Cx, id: InstanceId, measured: Measured) -> Result<(), Fault> {
    let now = cx.now();
    let mut tx = cx.tenant_tx(Need::USAGE_WRITE).await.map_err(opened)?;
    let Some(mut instance) = instances::for_update(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
    if !measurable(&instance) {
        return Ok(());
    }
    // Before the peak is counted, which notes its day.
    let new_day = instance.peak_day != Some(now.date_utc());
    meter_storage(&mut tx, &mut instance, now).await?;
    meter_peak(&mut tx, &mut instance, measured.connections, now).await?;
    instance.storage_bytes = measured.storage_bytes;
    let limit = instance.limits.get("storage_gb").copied().filter(|gb| *gb >= 0).map(|gb| gb.saturating_mul(BYTES_PER_GB));
    let telling = quota::telling(instance.told(), measured.storage_bytes, limit, now.date_utc());
    instance.keep_told(telling.map(|telling| telling.told));
    if let Some(Telling { told, now: true }) = telling {
        mails::storage_filling_up(cx, &mut tx, &instance, told.limit).await?;
    }
    let over = OverQuota::of(measured.storage_bytes, limit);
    if over != instance.over_quota() {
        tracing::info!(instance.id = %id, over_quota = over.code(), "Instance {id} is over its quota: {}", over.code());
        instance.over_quota = over.code().to_owned();
        // The reconciler sets the backend right.
        instance.look_at = Some(now);
    }
    instances::save(&mut tx, &instance).await.map_err(platform::fault)?;
    measurements::insert(&mut tx, id, measured.storage_bytes, measured.connections).await.map_err(platform::fault)?;
    if new_day {
        measurements::prune(&mut tx, id).await.map_err(platform::fault)?;
    }
    tx.show(Live::Measured { instance: id, storage_bytes: measured.storage_bytes, connections: measured.connections });
    tx.commit_unaudited("measured values are their own record").await
}

/// Announces the storage-hours since the last measure, at what was kept then. In the transaction that moves
/// `metered_until` on, so that every moment counts once.
pub(super) async fn meter_storage(tx: &mut TenantTx, instance: &mut InstanceRecord, now: Timestamp) -> Result<(), Fault> {
    let Some(from) = instance.metered_until.filter(|from| *from < now) else { return Ok(()) };
    let zone = zone(&identity::server::organisation(tx).await?.time_zone);
    for slice in metering::days(from, now, |at| midnight_after(&zone, at)) {
        instance.metered_until = Some(slice.to);
        if instance.storage_bytes == 0 {
            continue;
        }
        let event = Metered {
            tenant: instance.tenant_id,
            instance: instance.id,
            source: source(&instance.driver),
            id: format!("{}/storage/{}", instance.id, slice.from),
            meter: "storage_gb_hours".to_owned(),
            value: metering::gb_hours(instance.storage_bytes, slice).to_string(),
            at: slice.from,
        };
        tx.announce(&Event::Metered(event)).await?;
    }
    instances::save(tx, instance).await.map_err(platform::fault)
}

/// UTC where the name is not known to this machine.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The organisation's next midnight: billing periods begin there.
fn midnight_after(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let midnight = jiff::Timestamp::from_microsecond(at.micros())
        .and_then(|at| at.to_zoned(zone.clone()).date().tomorrow())
        .and_then(|day| day.to_zoned(zone.clone()));
    match midnight {
        Ok(midnight) => Timestamp::from_micros(midnight.timestamp().as_microsecond()),
        // Past the calendar's end.
        Err(_) => metering::utc_midnight_after(at),
    }
}

/// Announces one organisation's storage-hours up to now, at what its instances were last known to keep, without asking
/// any backend: before its billing period closes. What was measured lately is left as it is: a term is closed some
/// minutes after its end, and where closing fails again and again each try would announce a second's storage.
/// Answers of how many instances there was something to announce.
pub async fn settle_storage(cx: &Cx, tenant: TenantId) -> Result<usize, Fault> {
    let cx = Cx::system(cx.platform().clone(), "metering", Some(tenant));
    let now = cx.now();
    let mut tx = cx.tenant_tx(Need::USAGE_WRITE).await.map_err(opened)?;
    let mut settled = 0;
    for id in instances::metered(&mut tx, now.minus(EVERY)).await.map_err(platform::fault)? {
        if let Some(mut instance) = instances::for_update(&mut tx, id).await.map_err(platform::fault)? {
            meter_storage(&mut tx, &mut instance, now).await?;
            settled += 1;
        }
    }
    tx.commit_unaudited("metered facts are their own record").await?;
    Ok(settled)
}

async fn meter_peak(tx: &mut TenantTx, instance: &mut InstanceRecord, connections: i64, now: Timestamp) -> Result<(), Fault> {
    let today = now.date_utc();
    let seen = connections.max(instance.connections);
    instance.connections = 0;
    let Some(peak) = metering::new_peak(instance.peak_day.map(|day| (day, instance.peak)), today, seen) else { return Ok(()) };
    instance.peak_day = Some(today);
    instance.peak = peak;
    let event = Metered {
        tenant: instance.tenant_id,
        instance: instance.id,
        source: source(&instance.driver),
        id: format!("{}/connections/{today}/{peak}", instance.id),
        meter: "connection_peak".to_owned(),
        value: peak.to_string(),
        at: now,
    };
    tx.announce(&Event::Metered(event)).await
}

fn source(driver: &str) -> String {
    format!("provisioning/{driver}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_organisations_midnight_also_where_the_clock_jumps() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let next = |name: &str, from: &str| midnight_after(&zone(name), at(from)).to_string();
        assert_eq!(next("Asia/Jakarta", "2026-01-31T16:59:59Z"), "2026-01-31T17:00:00Z");
        assert_eq!(next("Asia/Jakarta", "2026-01-31T17:00:00Z"), "2026-02-01T17:00:00Z");
        assert_eq!(next("America/New_York", "2026-03-08T05:00:00Z"), "2026-03-09T04:00:00Z");
        assert_eq!(next("no such zone", "2026-01-31T16:59:59Z"), "2026-02-01T00:00:00Z");
    }
}
