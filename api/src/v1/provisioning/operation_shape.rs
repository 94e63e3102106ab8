//! Operations as REST shows them.

use kernel::{InstanceId, OperationId, Timestamp};
use provisioning::{
    operation::{self, Message},
    view::{OperationDetail, OperationView},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One change of an instance on its backend.
#[derive(Debug, Serialize, ToSchema)]
pub struct Operation {
    #[schema(value_type = String, pattern = "^op_[0-9a-z]{26}$", example = "op_01h455vb4pex5vsknk084sn02q")]
    pub id: OperationId,
    #[schema(value_type = String, pattern = "^ins_[0-9a-z]{26}$")]
    pub instance: InstanceId,
    /// `create`, `update`, `change_plan`, `suspend`, `resume`, `rotate`, `delete`, `restore`, `purge`, `repair`.
    #[schema(example = "create")]
    pub kind: String,
    pub state: OperationState,
    pub steps: Vec<OperationStep>,
    /// 0 to 100.
    pub percent: i16,
    pub message: Words,
    /// Why it failed.
    pub error: Option<Words>,
    /// 1 at first, more after retries.
    pub attempt: i32,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// When it gives up.
    #[schema(value_type = String, format = DateTime)]
    pub deadline: Timestamp,
    /// What happened, oldest first; only where one operation is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<LogEntry>>,
}

/// How far an operation is; `succeeded` and `failed` are the ends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    Waiting,
    Running,
    /// It gave up; what it had made is being removed.
    CleaningUp,
    Succeeded,
    Failed,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OperationStep {
    #[schema(example = "database")]
    pub name: String,
    /// `waiting`, `running`, `done` or `failed`.
    #[schema(example = "done")]
    pub state: String,
}

/// Words as a stable code and what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Words {
    #[schema(example = "provisioning.message.waiting")]
    pub code: String,
    pub args: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LogEntry {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `info`, `warning` or `error`.
    #[schema(example = "info")]
    pub level: String,
    pub message: Words,
}

/// The name that serde gives a small enum's variant.
pub(super) fn code(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(code)) => code,
        Ok(_) | Err(_) => String::new(),
    }
}

impl From<OperationView> for Operation {
    fn from(view: OperationView) -> Self {
        Self {
            id: view.id,
            instance: view.instance,
            kind: view.kind.code().to_owned(),
            state: view.state.into(),
            steps: view.steps.into_iter().map(|step| OperationStep { state: code(&step.state), name: step.name }).collect(),
            percent: view.percent,
            message: view.message.into(),
            error: view.error.map(Words::from),
            attempt: view.attempt,
            created_at: view.created_at,
            started_at: view.started_at,
            finished_at: view.finished_at,
            deadline: view.deadline,
            log: None,
        }
    }
}

impl From<OperationDetail> for Operation {
    fn from(detail: OperationDetail) -> Self {
        let log = detail.log.into_iter().map(|line| LogEntry { at: line.at, level: line.level.code().to_owned(), message: line.message.into() });
        Self { log: Some(log.collect()), ..detail.operation.into() }
    }
}

impl From<operation::OperationState> for OperationState {
    fn from(state: operation::OperationState) -> Self {
        match state {
            operation::OperationState::Waiting => Self::Waiting,
            operation::OperationState::Running => Self::Running,
            operation::OperationState::CleaningUp => Self::CleaningUp,
            operation::OperationState::Succeeded => Self::Succeeded,
            operation::OperationState::Failed => Self::Failed,
        }
    }
}

impl From<Message> for Words {
    fn from(message: Message) -> Self {
        Self { code: message.code, args: message.args }
    }
}
