//! Instances and credentials as REST shows them.

use super::operation_shape::{Operation, code};
use crate::v1::shape::Localized;
use kernel::{Date, InstanceId, OfferingId, OperationId, PlanId, Timestamp};
use provisioning::{
    instance::InstanceState,
    plan::Difference,
    view::{self, CredentialsState, InstanceRow, InstanceView},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One service instance.
#[derive(Debug, Serialize, ToSchema)]
pub struct Instance {
    #[schema(value_type = String, pattern = "^ins_[0-9a-z]{26}$", example = "ins_01h455vb4pex5vsknk084sn02q")]
    pub id: InstanceId,
    #[schema(example = "Shop database")]
    pub name: String,
    #[schema(value_type = String, pattern = "^off_[0-9a-z]{26}$")]
    pub offering: OfferingId,
    pub offering_name: Localized,
    #[schema(value_type = String, pattern = "^pln_[0-9a-z]{26}$")]
    pub plan: PlanId,
    pub plan_name: Localized,
    /// What makes it real: `postgresql`, `uptime`.
    #[schema(example = "postgresql")]
    pub driver: String,
    /// As the plan's schema has it.
    #[schema(value_type = Object)]
    pub configuration: Value,
    /// The plan's limits by name; −1 stands for no limit.
    pub limits: BTreeMap<String, i64>,
    pub state: State,
    /// Why it is suspended: `customer`, `debt`, `staff`; several may hold it.
    pub suspended_by: Vec<String>,
    /// Of a deleted one that can still be restored: until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub kept_until: Option<Timestamp>,
    /// Grows with every change; the ETag.
    pub version: i64,
    /// How the backend differs from what it should be, as of the last look.
    pub drift: Vec<Drift>,
    /// When the backend was last looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub seen_at: Option<Timestamp>,
    /// Where its users reach it, without secrets.
    pub endpoint: BTreeMap<String, String>,
    pub credentials: CredentialsShown,
    /// `no`, `warned` or `read_only`: whether it keeps more than its plan allows. Nothing is ever deleted for it.
    #[schema(example = "no")]
    pub over_quota: String,
    /// Last measured values.
    pub measures: Vec<Measure>,
    /// What happens to it by itself when its running term ends; null where it goes on as it is.
    pub planned: Option<Planned>,
    /// What its state takes now: `update`, `change_plan`, `suspend`, `resume`, `rotate`, `delete`, `restore`.
    pub actions: Vec<String>,
    /// The newest operation, running or over.
    pub operation: Option<Operation>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it first ran.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ready_at: Option<Timestamp>,
}

/// Where an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InstanceState)]
pub enum State {
    Creating,
    Running,
    Updating,
    Suspending,
    Suspended,
    Resuming,
    Deleting,
    /// Deleted, but kept for a while and can be restored.
    Grace,
    Deleted,
    Failed,
}

impl State {
    /// As the area names it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Running => "running",
            Self::Updating => "updating",
            Self::Suspending => "suspending",
            Self::Suspended => "suspended",
            Self::Resuming => "resuming",
            Self::Deleting => "deleting",
            Self::Grace => "grace",
            Self::Deleted => "deleted",
            Self::Failed => "failed",
        }
    }
}

impl From<&InstanceState> for State {
    fn from(state: &InstanceState) -> Self {
        match state {
            InstanceState::Creating { .. } => Self::Creating,
            InstanceState::Running => Self::Running,
            InstanceState::Updating { .. } => Self::Updating,
            InstanceState::Suspending { .. } => Self::Suspending,
            InstanceState::Suspended { .. } => Self::Suspended,
            InstanceState::Resuming { .. } => Self::Resuming,
            InstanceState::Deleting { .. } => Self::Deleting,
            InstanceState::Grace { .. } => Self::Grace,
            InstanceState::Deleted { .. } => Self::Deleted,
            InstanceState::Failed { .. } => Self::Failed,
        }
    }
}

/// What the end of the running term brings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedChange)]
pub struct Planned {
    /// `plan`: another plan takes hold, unless the present one is chosen again before. `end`: its subscription was
    /// cancelled, and it is deleted.
    #[schema(example = "plan")]
    pub what: String,
    /// The day, in the organisation's calendar.
    #[schema(value_type = String, format = Date, example = "2026-02-28")]
    pub on: Date,
    #[schema(value_type = Option<String>, pattern = "^pln_[0-9a-z]{26}$")]
    pub plan: Option<PlanId>,
    pub plan_name: Option<Localized>,
}

/// One way in which the backend is not as it should be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drift {
    #[schema(example = "login_role")]
    pub what: String,
    /// `repairable` or `data_loss`; the latter waits for a person's decision.
    #[schema(example = "repairable")]
    pub gravity: String,
    pub expected: String,
    pub found: String,
}

/// Whether there are credentials to be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialsShown {
    /// `none`, `unseen` (they can be revealed once) or `shown` (rotate for new ones).
    #[schema(example = "unseen")]
    pub state: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub shown_at: Option<Timestamp>,
}

/// A measured value.
#[derive(Debug, Serialize, ToSchema)]
pub struct Measure {
    #[schema(example = "storage_bytes")]
    pub meter: String,
    pub value: i64,
    /// What the plan allows, in the same unit.
    pub limit: Option<i64>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A row of the list of instances.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceSummary {
    #[schema(value_type = String, pattern = "^ins_[0-9a-z]{26}$", example = "ins_01h455vb4pex5vsknk084sn02q")]
    pub id: InstanceId,
    #[schema(example = "Shop database")]
    pub name: String,
    pub offering_name: Localized,
    #[schema(value_type = String, pattern = "^pln_[0-9a-z]{26}$")]
    pub plan: PlanId,
    pub plan_name: Localized,
    #[schema(example = "postgresql")]
    pub driver: String,
    pub state: State,
    /// Whether the backend differs from what it should be.
    pub drifts: bool,
    /// How far its running operation is, 0 to 100.
    pub percent: Option<i16>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceList {
    pub data: Vec<InstanceSummary>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// What an accepted change answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    pub instance: Instance,
    /// The operation to follow; null where nothing was to be done.
    #[schema(value_type = Option<String>, pattern = "^op_[0-9a-z]{26}$", example = "op_01h455vb4pex5vsknk084sn02q")]
    pub operation: Option<OperationId>,
}

/// Credentials, shown this once.
#[derive(Serialize, ToSchema)]
pub struct Credentials {
    pub host: String,
    pub port: String,
    pub database: String,
    pub user: String,
    #[schema(format = Password)]
    pub password: String,
    /// All of it as one address.
    #[schema(format = Password, example = "postgresql://user:password@host:5432/database")]
    pub uri: String,
}

impl From<InstanceView> for Instance {
    fn from(view: InstanceView) -> Self {
        let (suspended_by, kept_until) = match &view.state {
            InstanceState::Suspended { by } => (by.iter().map(|by| by.code().to_owned()).collect(), None),
            InstanceState::Grace { until } => (Vec::new(), Some(*until)),
            InstanceState::Creating { .. }
            | InstanceState::Running
            | InstanceState::Updating { .. }
            | InstanceState::Suspending { .. }
            | InstanceState::Resuming { .. }
            | InstanceState::Deleting { .. }
            | InstanceState::Deleted { .. }
            | InstanceState::Failed { .. } => (Vec::new(), None),
        };
        Self {
            state: State::from(&view.state),
            suspended_by,
            kept_until,
            id: view.id,
            name: view.name,
            offering: view.offering,
            offering_name: view.offering_name.into(),
            plan: view.plan,
            plan_name: view.plan_name.into(),
            driver: view.driver,
            configuration: view.configuration,
            limits: view.limits,
            version: view.version,
            drift: view.drift.into_iter().map(Drift::from).collect(),
            seen_at: view.seen_at,
            endpoint: view.endpoint,
            credentials: view.credentials.into(),
            over_quota: view.over_quota.code().to_owned(),
            measures: view.measures.into_iter().map(Measure::from).collect(),
            planned: view.planned.map(Planned::from),
            actions: view.actions,
            operation: view.operation.map(Operation::from),
            created_at: view.created_at,
            ready_at: view.ready_at,
        }
    }
}

impl From<view::Planned> for Planned {
    fn from(planned: view::Planned) -> Self {
        match planned {
            view::Planned::Plan { plan, plan_name, on } => Self { what: "plan".to_owned(), on, plan: Some(plan), plan_name: Some(plan_name.into()) },
            view::Planned::End { on } => Self { what: "end".to_owned(), on, plan: None, plan_name: None },
        }
    }
}

impl From<Difference> for Drift {
    fn from(difference: Difference) -> Self {
        Self { gravity: code(&difference.gravity), what: difference.what, expected: difference.expected, found: difference.found }
    }
}

impl From<CredentialsState> for CredentialsShown {
    fn from(state: CredentialsState) -> Self {
        let (state, shown_at) = match state {
            CredentialsState::None => ("none", None),
            CredentialsState::Unseen => ("unseen", None),
            CredentialsState::Shown(at) => ("shown", Some(at)),
        };
        Self { state: state.to_owned(), shown_at }
    }
}

impl From<view::MeasureView> for Measure {
    fn from(view: view::MeasureView) -> Self {
        Self { meter: view.meter, value: view.value, limit: view.limit, at: view.at }
    }
}

impl From<InstanceRow> for InstanceSummary {
    fn from(row: InstanceRow) -> Self {
        Self {
            state: State::from(&row.state),
            id: row.id,
            name: row.name,
            offering_name: row.offering_name.into(),
            plan: row.plan,
            plan_name: row.plan_name.into(),
            driver: row.driver,
            drifts: row.drifts,
            percent: row.percent,
            created_at: row.created_at,
        }
    }
}

impl From<view::Accepted> for Accepted {
    fn from(accepted: view::Accepted) -> Self {
        Self { instance: accepted.instance.into(), operation: accepted.operation }
    }
}

impl From<view::Credentials> for Credentials {
    fn from(view: view::Credentials) -> Self {
        let view::Credentials { host, port, database, user, password, uri } = view;
        Self { host, port, database, user, password, uri }
    }
}
