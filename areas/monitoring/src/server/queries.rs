//! Shows checks: all at a glance, one with its history, response times, results, incidents.

use super::{
    calendar::Calendar,
    errors::MonitoringError,
    store::{
        changes,
        checks::{self, CheckRecord},
        incidents::{self, IncidentFilter},
        maintenance, months,
        samples::{self, SampleFilter},
    },
};
use crate::{
    check::{self, Status},
    uptime::{self, Change, Tally, Window},
    view::{CheckDetail, CheckView, DayBar, IncidentView, MonthView, Overview, ResponsePoint, SampleView, UptimeView},
};
use kernel::{CheckId, IncidentId, InstanceId, Need, Page, PageSize, Timestamp};
use platform::{Cx, TenantTx};
use provisioning::server::cursor;
use std::{collections::HashMap, time::Duration};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Days of the bar.
const BAR: u32 = 90;
/// Points of the response-time chart.
const POINTS: i32 = 180;
/// Incidents that one page shows.
const INCIDENTS: i64 = 50;

/// Everything that the organisation has watched.
pub async fn overview(cx: &Cx) -> Result<Overview, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let checks = views(&mut tx, None, cx.now()).await?;
    let open = IncidentFilter { open_only: true, ..IncidentFilter::default() };
    let open_incidents = incidents::list(&mut tx, &open, INCIDENTS).await?;
    let looking: Vec<Status> = checks.iter().filter(|check| !check.paused).map(|check| check.status).collect();
    let number = |status| looking.iter().filter(|one| **one == status).count();
    Ok(Overview {
        worst: check::worst(looking.iter().copied()),
        up: number(Status::Up),
        degraded: number(Status::Degraded),
        down: number(Status::Down),
        unknown: number(Status::Unknown),
        checks,
        open_incidents,
    })
}

/// The checks of one instance; none for an instance that is not the caller's.
pub async fn checks_of_instance(cx: &Cx, instance: InstanceId) -> Result<Vec<CheckView>, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    views(&mut tx, Some(instance), cx.now()).await
}

async fn views(tx: &mut TenantTx, instance: Option<InstanceId>, now: Timestamp) -> Result<Vec<CheckView>, MonitoringError> {
    let list = checks::watched(tx, instance).await?;
    let ids: Vec<CheckId> = list.iter().map(|check| check.id).collect();
    let month = Window::new(now.minus(DAY * 30), now);
    let mut by_check = changes::since(tx, &ids, month.from).await?;
    let mut planned = maintenance::windows(tx, &ids, month.from).await?;
    Ok(list
        .into_iter()
        .map(|check| {
            let changes = by_check.remove(&check.id).unwrap_or_default();
            let planned = planned.remove(&check.id).unwrap_or_default();
            let tally = uptime::tally(&changes, check.known_until(), month, &planned);
            view(check, tally, &planned, now)
        })
        .collect())
}

fn view(check: CheckRecord, month: Tally, planned: &[Window], now: Timestamp) -> CheckView {
    let known_until = check.known_until();
    let stale = check.status() != Status::Unknown && known_until < now;
    CheckView {
        id: check.id,
        instance: check.instance_id,
        kind: check.spec.probe.kind().to_owned(),
        target: check.spec.probe.target(),
        interval_seconds: check.spec.interval_seconds,
        status: if stale { Status::Unknown } else { check.status() },
        since: if stale { known_until } else { check.status_since },
        paused: check.paused,
        maintenance_until: planned.iter().filter(|window| window.holds(now)).map(|window| window.to).max(),
        last_at: check.last_at,
        response_ms: check.response_ms,
        problem: check.problem,
        problem_detail: check.detail,
        certificate_expires: check.certificate_expires,
        last_30d: UptimeView::of(month, 2),
        name: check.name,
    }
}

/// Every check of the organisation by its name.
pub async fn check_names(cx: &Cx) -> Result<Vec<(CheckId, String)>, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    Ok(checks::names(&mut tx).await?)
}

/// The 90 days of several checks, the oldest first; none for those that are not there.
pub async fn days_of(cx: &Cx, ids: &[CheckId]) -> Result<HashMap<CheckId, Vec<DayBar>>, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let now = cx.now();
    let days = bar_days(&Calendar::of(&mut tx).await?, now);
    let Some((_, first)) = days.first() else { return Ok(HashMap::new()) };
    let mut changes = changes::since(&mut tx, ids, first.from).await?;
    let mut planned = maintenance::windows(&mut tx, ids, first.from).await?;
    let mut bars = HashMap::with_capacity(ids.len());
    for check in checks::some(&mut tx, ids).await? {
        let (changes, planned) = (changes.remove(&check.id).unwrap_or_default(), planned.remove(&check.id).unwrap_or_default());
        bars.insert(check.id, days.iter().map(|day| day_bar(&changes, check.known_until(), &planned, now, *day)).collect());
    }
    Ok(bars)
}

/// The days of the bar, the oldest first.
fn bar_days(calendar: &Calendar, now: Timestamp) -> Vec<(kernel::Date, Window)> {
    let first = calendar.date(now).plus_days(1 - i64::from(BAR));
    (0..i64::from(BAR)).map(|offset| first.plus_days(offset)).map(|day| (day, calendar.day(day))).collect()
}

/// One check with 90 days, its months and its newest incidents.
pub async fn check_detail(cx: &Cx, id: CheckId) -> Result<CheckDetail, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let check = checks::find(&mut tx, id).await?.ok_or(MonitoringError::NotFound)?;
    let now = cx.now();
    let calendar = Calendar::of(&mut tx).await?;
    let bar = bar_days(&calendar, now);
    let running = calendar.month_of(now);
    let month_from = calendar.month(running).from;
    let first = bar.first().map_or(now, |(_, day)| day.from);
    let from = first.min(month_from).min(now.minus(DAY * BAR));
    let changes = changes::since(&mut tx, &[id], from).await?.remove(&id).unwrap_or_default();
    let planned = maintenance::windows(&mut tx, &[id], from).await?.remove(&id).unwrap_or_default();
    let known = check.known_until();
    let over = |window| uptime_view(uptime::tally(&changes, known, window, &planned));
    let last = |days: u32| over(Window::new(now.minus(DAY * days), now));
    let days = bar.into_iter().map(|day| day_bar(&changes, known, &planned, now, day)).collect();

    let mut month_views = vec![MonthView { month: running, uptime: over(Window::new(month_from, now)), frozen_at: None }];
    for (month, tally, frozen_at) in months::of_check(&mut tx, id).await? {
        month_views.push(MonthView { month, uptime: uptime_view(tally.0), frozen_at: Some(frozen_at) });
    }
    let filter = IncidentFilter { check: Some(id), ..IncidentFilter::default() };
    let incidents = incidents::list(&mut tx, &filter, INCIDENTS).await?;
    let month = uptime::tally(&changes, known, Window::new(now.minus(DAY * 30), now), &planned);
    Ok(CheckDetail {
        last_24h: last(1),
        last_7d: last(7),
        last_30d: last(30),
        last_90d: last(BAR),
        days,
        months: month_views,
        incidents,
        check: view(check, month, &planned, now),
    })
}

fn uptime_view(tally: Tally) -> UptimeView {
    UptimeView::of(tally, 3)
}

fn day_bar(changes: &[Change], known: Timestamp, planned: &[Window], now: Timestamp, (day, whole): (kernel::Date, Window)) -> DayBar {
    let tally = uptime::tally(changes, known, Window::new(whole.from, whole.to.min(now.max(whole.from))), planned);
    let shown = [(Status::Up, tally.up), (Status::Degraded, tally.degraded), (Status::Down, tally.down), (Status::Unknown, tally.unknown)];
    let worst = check::worst(shown.into_iter().filter(|(_, micros)| *micros > 0).map(|(status, _)| status));
    DayBar { day, tally, worst }
}

/// Response times over the last `span`, coarser the longer it is; single results are kept for five weeks.
pub async fn response_times(cx: &Cx, id: CheckId, span: Duration) -> Result<Vec<ResponsePoint>, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    checks::find(&mut tx, id).await?.ok_or(MonitoringError::NotFound)?;
    let now = cx.now();
    // The newest result may stand exactly at now, and the end is exclusive.
    Ok(samples::series(&mut tx, id, now.minus(span), now.plus(Duration::from_secs(1)), POINTS).await?)
}

/// Results of an instance's checks, or of one of them, newest first.
pub async fn samples(
    cx: &Cx,
    instance: InstanceId,
    check: Option<CheckId>,
    size: PageSize,
    cursor: Option<&str>,
) -> Result<Page<SampleView>, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let scope = ("samples", tx.tenant(), instance, check);
    let after = match cursor {
        Some(text) => Some(cursor::decode::<(Timestamp, CheckId)>(&scope, text).ok_or(MonitoringError::BadCursor)?),
        None => None,
    };
    let mut rows = samples::list(&mut tx, &SampleFilter { instance, check, after }, size.rows() + 1).await?;
    let more = rows.len() as i64 > size.rows();
    rows.truncate(usize::try_from(size.rows()).expect("a page's size is small"));
    let next = rows.last().filter(|_| more).map(|row| cursor::encode(&scope, &(row.at, row.check)));
    Ok(Page { rows, next })
}

/// Incidents, newest first; of one check or of all.
pub async fn list_incidents(cx: &Cx, check: Option<CheckId>, size: PageSize, cursor: Option<&str>) -> Result<Page<IncidentView>, MonitoringError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_READ).await?;
    let scope = ("incidents", tx.tenant(), check);
    let after = match cursor {
        Some(text) => {
            let (at, id): (Timestamp, IncidentId) = cursor::decode(&scope, text).ok_or(MonitoringError::BadCursor)?;
            Some((at, id.uuid()))
        }
        None => None,
    };
    let filter = IncidentFilter { check, after, ..IncidentFilter::default() };
    let mut rows = incidents::list(&mut tx, &filter, size.rows() + 1).await?;
    let more = rows.len() as i64 > size.rows();
    rows.truncate(usize::try_from(size.rows()).expect("a page's size is small"));
    let next = rows.last().filter(|_| more).map(|row| cursor::encode(&scope, &(row.opened_at, row.id)));
    Ok(Page { rows, next })
}

/// What is down right now, of every organisation, for the staff.
pub async fn staff_open_incidents(cx: &Cx) -> Result<Vec<IncidentView>, MonitoringError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let open = IncidentFilter { open_only: true, ..IncidentFilter::default() };
    Ok(incidents::list(&mut tx, &open, 200).await?)
}
