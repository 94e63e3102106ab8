//! Checks and what was measured, as REST shows them.

use crate::v1::provisioning::shape::{Drift, Measure, State};
use kernel::{CheckId, InstanceId, Timestamp};
use monitoring::{
    check,
    view::{CheckView, SampleView},
};
use provisioning::view::MeasurePoint;
use serde::Serialize;
use utoipa::ToSchema;

/// How an instance is doing.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceStatus {
    #[schema(value_type = String, pattern = "^ins_[0-9a-z]{26}$")]
    pub instance: InstanceId,
    pub state: State,
    /// The worst of its checks; null without checks.
    pub worst: Option<CheckStatus>,
    /// How the backend differs from what it should be, as of the last look.
    pub drift: Vec<Drift>,
    /// When the backend was last looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub seen_at: Option<Timestamp>,
    /// Last measured values.
    pub measures: Vec<Measure>,
    pub checks: Vec<Check>,
}

/// `unknown`: we were not looking, which is never taken as up.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    Unknown,
    Up,
    /// It failed and is tried again, or it warns of something.
    Degraded,
    Down,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    #[schema(value_type = String, pattern = "^chk_[0-9a-z]{26}$")]
    pub id: CheckId,
    pub name: String,
    /// `http`, `tcp` or `tls`.
    #[schema(example = "http")]
    pub kind: String,
    pub target: String,
    pub interval_seconds: u32,
    pub status: CheckStatus,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    pub paused: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
    /// Milliseconds.
    pub response_ms: Option<i32>,
    /// Why the last probe failed or warned: `refused`, `timeout`, `status`, `keyword`, `redirects`, `connection`,
    /// `unknown_host`, `forbidden_address`; of encryption `certificate_expires` (soon), `certificate_expired`,
    /// `certificate_not_yet_valid`, `certificate_untrusted`, `certificate_other_name`, `certificate_revoked`,
    /// `certificate_invalid`, `handshake_refused`, `not_encrypted`, and `tls` for what else there is.
    pub problem: Option<String>,
    pub problem_detail: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub certificate_expires: Option<Timestamp>,
    /// Per cent of the time in which we looked during the last 30 days, with two decimals, floored. Time in which nobody looked is
    /// no part of it: `watched_30d` says how much was looked at. Null where we never looked, and where there was no outage
    /// while we looked but we did not look all the time: that is no 100 %.
    #[schema(example = "99.95")]
    pub uptime_30d: Option<String>,
    /// Per cent of the last 30 days in which we looked, with two decimals, floored; planned maintenance is left out.
    #[schema(example = "100.00")]
    pub watched_30d: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SampleList {
    pub data: Vec<Sample>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// One result of a check, or one measurement of an instance: what does not belong to its kind is left out.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Sample {
    #[schema(value_type = String, format = DateTime)]
    pub at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^chk_[0-9a-z]{26}$")]
    pub check: Option<CheckId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CheckStatus>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_ms: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<i64>,
}

impl From<check::Status> for CheckStatus {
    fn from(status: check::Status) -> Self {
        match status {
            check::Status::Unknown => Self::Unknown,
            check::Status::Up => Self::Up,
            check::Status::Degraded => Self::Degraded,
            check::Status::Down => Self::Down,
        }
    }
}

impl From<CheckView> for Check {
    fn from(view: CheckView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            kind: view.kind,
            target: view.target,
            interval_seconds: view.interval_seconds,
            status: view.status.into(),
            since: view.since,
            paused: view.paused,
            last_at: view.last_at,
            response_ms: view.response_ms,
            problem: view.problem,
            problem_detail: view.problem_detail,
            certificate_expires: view.certificate_expires,
            uptime_30d: view.last_30d.percent,
            watched_30d: view.last_30d.watched,
        }
    }
}

impl From<SampleView> for Sample {
    fn from(view: SampleView) -> Self {
        Self {
            at: Some(view.at),
            check: Some(view.check),
            status: Some(view.status.into()),
            response_ms: view.response_ms,
            problem: view.problem,
            detail: view.detail,
            ..Self::default()
        }
    }
}

impl From<MeasurePoint> for Sample {
    fn from(point: MeasurePoint) -> Self {
        Self { at: Some(point.at), storage_bytes: Some(point.storage_bytes), connections: Some(point.connections), ..Self::default() }
    }
}
