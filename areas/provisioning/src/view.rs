//! What pages and REST show of instances and operations.

use crate::{
    instance::InstanceState,
    operation::{Message, OperationKind, OperationState, Step},
    plan::Difference,
};
use catalog::Text;
use kernel::{Date, InstanceId, OfferingId, OperationId, PlanId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One service instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstanceView {
    pub id: InstanceId,
    pub tenant: TenantId,
    /// What the customer calls it.
    pub name: String,
    pub offering: OfferingId,
    pub offering_name: Text,
    pub plan: PlanId,
    pub plan_name: Text,
    /// What makes it real: `postgresql`, `uptime`.
    pub driver: String,
    pub configuration: Value,
    /// The plan's limits, by name: `connections`, `storage_gb`.
    pub limits: BTreeMap<String, i64>,
    pub state: InstanceState,
    /// Grows with every change: the ETag.
    pub version: i64,
    /// How the backend differs from what it should be, as of the last look.
    pub drift: Vec<Difference>,
    /// When the backend was last looked at.
    pub seen_at: Option<Timestamp>,
    /// Where its users reach it, without secrets: `host`, `port`, `database`, `user`.
    pub endpoint: BTreeMap<String, String>,
    pub credentials: CredentialsState,
    /// The newest operation, running or over.
    pub operation: Option<OperationView>,
    /// Whether it keeps more than its plan allows.
    pub over_quota: OverQuota,
    /// Last measured values.
    pub measures: Vec<MeasureView>,
    /// What happens to it by itself when its running term ends.
    pub planned: Option<Planned>,
    /// Verbs that the state allows now: `update`, `change_plan`, `suspend`, `resume`, `rotate`, `delete`, `restore`.
    pub actions: Vec<String>,
    pub created_at: Timestamp,
    /// First time that the backend ran it.
    pub ready_at: Option<Timestamp>,
}

/// What the end of an instance's running term brings, on that day of the organisation's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Planned {
    /// Another plan takes hold; until then it can be taken back.
    Plan { plan: PlanId, plan_name: Text, on: Date },
    /// Its subscription was cancelled: it is taken out of use, and what it holds is kept for the grace period.
    End { on: Date },
}

/// What happens to an instance that keeps more than its plan allows; nothing is ever deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverQuota {
    #[default]
    No,
    /// Over the limit: its owner is told.
    Warned,
    /// Over 110 % of the limit: new sessions begin read-only, so that it grows no further by accident.
    ReadOnly,
}

impl OverQuota {
    pub const fn code(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Warned => "warned",
            Self::ReadOnly => "read_only",
        }
    }

    pub fn from_code(code: &str) -> Self {
        match code {
            "warned" => Self::Warned,
            "read_only" => Self::ReadOnly,
            _ => Self::No,
        }
    }

    /// `limit` in the unit of `used`; none or a negative one stands for no limit.
    pub fn of(used: i64, limit: Option<i64>) -> Self {
        match limit.filter(|limit| *limit >= 0) {
            Some(limit) if used > limit.saturating_add(limit / 10) => Self::ReadOnly,
            Some(limit) if used > limit => Self::Warned,
            Some(_) | None => Self::No,
        }
    }
}

/// Whether there are credentials to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "at")]
pub enum CredentialsState {
    /// This kind of service has none, or they are not made yet.
    None,
    /// Never shown yet: can be revealed once.
    Unseen,
    /// Shown then; only rotation gives new ones.
    Shown(Timestamp),
}

/// A row of the services list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstanceRow {
    pub id: InstanceId,
    pub tenant: TenantId,
    pub name: String,
    pub offering_name: Text,
    pub plan: PlanId,
    pub plan_name: Text,
    pub driver: String,
    pub state: InstanceState,
    /// Whether the backend differs from what it should be.
    pub drifts: bool,
    /// Percentage of the running operation.
    pub percent: Option<i16>,
    pub created_at: Timestamp,
}

/// A measured value of an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureView {
    /// `storage_bytes`, `connections`.
    pub meter: String,
    pub value: i64,
    /// What the plan allows, in the same unit.
    pub limit: Option<i64>,
    pub at: Timestamp,
}

/// One point of the storage and connections charts; a longer span has coarser points, of which each is the maximum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasurePoint {
    pub at: Timestamp,
    pub storage_bytes: i64,
    pub connections: i64,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationView {
    pub id: OperationId,
    pub instance: InstanceId,
    pub tenant: TenantId,
    pub instance_name: String,
    pub kind: OperationKind,
    pub state: OperationState,
    pub steps: Vec<Step>,
    /// 0 to 100.
    pub percent: i16,
    pub message: Message,
    /// Why it failed.
    pub error: Option<Message>,
    /// 1 at first, more after retries.
    pub attempt: i32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// When it gives up.
    pub deadline: Timestamp,
    /// Whether it failed and may be tried again.
    pub can_retry: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Info,
    Warning,
    Error,
}

impl LogLevel {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn from_code(code: &str) -> Self {
        match code {
            "warning" => Self::Warning,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// One line of an operation's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    pub seq: i64,
    pub at: Timestamp,
    pub level: LogLevel,
    pub message: Message,
    /// The backend's own words; only staff see them.
    pub detail: Option<String>,
}

/// An operation with its log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationDetail {
    pub operation: OperationView,
    pub log: Vec<LogLine>,
}

/// Credentials, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub host: String,
    pub port: String,
    pub database: String,
    pub user: String,
    pub password: String,
    /// All of it as one address.
    pub uri: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("host", &self.host).field("user", &self.user).finish_non_exhaustive()
    }
}

/// What an accepted change answers: the operation that carries it out, none where nothing was to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    pub instance: InstanceView,
    pub operation: Option<OperationId>,
    /// Whether the same request had been accepted before.
    pub repeated: bool,
}

/// Services at a glance, for home and staff pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InstanceCounts {
    /// By state code.
    pub by_state: BTreeMap<String, i64>,
    pub drifting: i64,
}
