//! What pages and REST show of checks.

use crate::{
    check::Status,
    maintenance::Stage,
    uptime::{Tally, Verdict},
};
use kernel::{CheckId, Date, IncidentId, InstanceId, MaintenanceId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// One check in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckView {
    pub id: CheckId,
    pub instance: InstanceId,
    pub name: String,
    /// `http`, `tcp`, `tls`.
    pub kind: String,
    pub target: String,
    pub interval_seconds: u32,
    /// As of now: unknown where the last result is too old to speak for now.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    pub paused: bool,
    /// Planned maintenance runs until then: nobody is told of what happens, and the time is outside its uptime.
    pub maintenance_until: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
    /// Milliseconds.
    pub response_ms: Option<i32>,
    /// Why the last probe failed or warned: `refused`, `timeout`, `status`, `keyword`, `certificate_expires`, or a code of
    /// [`TlsProblem`](crate::encryption::TlsProblem).
    pub problem: Option<String>,
    /// Its particulars: `503`, `12 days`.
    pub problem_detail: Option<String>,
    pub certificate_expires: Option<Timestamp>,
    /// With two decimals.
    pub last_30d: UptimeView,
}

impl CheckView {
    /// What its chip shows: the status, or that nobody looks.
    pub const fn shown_state(&self) -> &'static str {
        if self.paused { "paused" } else { self.status.code() }
    }
}

/// Uptime over one stretch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UptimeView {
    /// Per cent of the time in which we looked, floored; none where we never did, and where we saw no outage but did not look all
    /// the time: that is no 100 %.
    pub percent: Option<String>,
    /// Per cent of the stretch in which we looked, floored; none where all of it was maintenance.
    pub watched: Option<String>,
    pub verdict: Verdict,
    pub tally: Tally,
}

impl UptimeView {
    pub fn of(tally: Tally, decimals: u32) -> Self {
        let verdict = tally.verdict(decimals);
        let percent = match &verdict {
            Verdict::Whole { percent } | Verdict::Part { percent, .. } => Some(percent.clone()),
            Verdict::NoData | Verdict::NoOutage { .. } => None,
        };
        Self { percent, watched: tally.coverage().map(|share| share.percent(decimals)), verdict, tally }
    }
}

/// One day of the 90-day bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayBar {
    /// In the organisation's zone, as months are.
    pub day: Date,
    /// Microseconds by status.
    pub tally: Tally,
    /// The worst that it showed; none before it existed.
    pub worst: Option<Status>,
}

/// A month's uptime; a closed one is frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthView {
    /// Its first day.
    pub month: Date,
    pub uptime: UptimeView,
    /// When it was frozen; none for the month that runs.
    pub frozen_at: Option<Timestamp>,
}

/// One check with its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckDetail {
    pub check: CheckView,
    /// These with three decimals.
    pub last_24h: UptimeView,
    pub last_7d: UptimeView,
    pub last_30d: UptimeView,
    pub last_90d: UptimeView,
    /// 90 days, the oldest first.
    pub days: Vec<DayBar>,
    pub months: Vec<MonthView>,
    pub incidents: Vec<IncidentView>,
}

/// A stretch in which a check was down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentView {
    pub id: IncidentId,
    pub tenant: TenantId,
    pub check: CheckId,
    pub check_name: String,
    pub instance: InstanceId,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub problem: String,
    pub detail: Option<String>,
}

/// One maintenance in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaintenanceView {
    pub id: MaintenanceId,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub stage: Stage,
    /// What is done; may be empty.
    pub words: String,
    /// Names of its checks.
    pub checks: Vec<String>,
}

/// One point of the response-time chart; a longer span has coarser points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponsePoint {
    pub at: Timestamp,
    /// Milliseconds; none where no probe was answered.
    pub average_ms: Option<i32>,
    pub slowest_ms: Option<i32>,
    pub probes: i64,
    pub failures: i64,
}

/// One probe's result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleView {
    pub check: CheckId,
    pub at: Timestamp,
    pub status: Status,
    pub response_ms: Option<i32>,
    pub problem: Option<String>,
    pub detail: Option<String>,
}

/// Everything that is watched, at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The worst of all checks that are not paused; none without checks.
    pub worst: Option<Status>,
    pub up: usize,
    pub degraded: usize,
    pub down: usize,
    pub unknown: usize,
    pub checks: Vec<CheckView>,
    pub open_incidents: Vec<IncidentView>,
}
