//! The life of a service instance as a state machine: which verb may begin in which state, and where its operation
//! leads when it ends.

use kernel::{OperationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::operation::OperationKind;

/// Who or what stopped an instance. Several may at once; it runs again when the last is lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspendedBy {
    Customer,
    Debt,
    Staff,
}

impl SuspendedBy {
    pub const ALL: [Self; 3] = [Self::Customer, Self::Debt, Self::Staff];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Debt => "debt",
            Self::Staff => "staff",
        }
    }

    /// After "it is held".
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Customer => "on its owner's wish",
            Self::Debt => "for an unpaid invoice",
            Self::Staff => "by the provider",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.code() == code)
    }
}

/// Where an instance stands. States that change something carry the operation that does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum InstanceState {
    /// Ordered; the backend is being set up.
    Creating { operation: OperationId },
    Running,
    /// Configuration, plan or credentials change, or drift is repaired.
    Updating { operation: OperationId },
    Suspending { operation: OperationId },
    /// Kept, but refused to its users, for these reasons.
    Suspended { by: BTreeSet<SuspendedBy> },
    Resuming { operation: OperationId },
    Deleting { operation: OperationId },
    /// Deleted and out of use, but its data is kept until then and it can be restored.
    Grace { until: Timestamp },
    /// Nothing is left on the backend.
    Deleted { at: Timestamp },
    /// The operation gave up and left something that needs another try or a person.
    Failed { operation: OperationId, kind: OperationKind },
}

/// What someone asks of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Update,
    ChangePlan,
    /// The term began under a smaller plan that was asked for before: whoever holds it still, it follows.
    FollowPlan,
    Suspend(SuspendedBy),
    Resume(SuspendedBy),
    Rotate,
    Delete,
    Restore,
    Purge,
    Repair,
}

/// Why a verb does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("operation {0} is still running")]
    Busy(OperationId),
    #[error("an instance that {} does not take this", in_words(.0))]
    Wrong(&'static str),
    /// Resuming would have no effect: these others hold it.
    #[error("it is held {}", .0.in_words())]
    Held(SuspendedBy),
}

/// What an instance of a state, by its code, is or does: after "an instance that".
pub fn in_words(state: &str) -> &str {
    match state {
        "creating" => "is being set up",
        "running" => "is running",
        "updating" => "is being changed",
        "suspending" => "is being suspended",
        "suspended" => "is suspended",
        "resuming" => "is being resumed",
        "deleting" => "is being deleted",
        "grace" => "is deleted and only kept to be restored",
        "deleted" => "is deleted for good",
        "failed" => "could not be set up or changed",
        code => code,
    }
}

/// What a verb that was not refused does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The operation has begun; the instance is now this.
    Started(InstanceState),
    /// Nothing to do on the backend; the instance is this, perhaps with other reasons than before.
    AlreadySo(InstanceState),
}

impl InstanceState {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Creating { .. } => "creating",
            Self::Running => "running",
            Self::Updating { .. } => "updating",
            Self::Suspending { .. } => "suspending",
            Self::Suspended { .. } => "suspended",
            Self::Resuming { .. } => "resuming",
            Self::Deleting { .. } => "deleting",
            Self::Grace { .. } => "grace",
            Self::Deleted { .. } => "deleted",
            Self::Failed { .. } => "failed",
        }
    }

    /// Every state's code, in the order of a life.
    pub const CODES: [&'static str; 10] =
        ["creating", "running", "updating", "suspending", "suspended", "resuming", "deleting", "grace", "deleted", "failed"];

    /// The operation that changes it right now.
    pub const fn running_operation(&self) -> Option<OperationId> {
        match self {
            Self::Creating { operation }
            | Self::Updating { operation }
            | Self::Suspending { operation }
            | Self::Resuming { operation }
            | Self::Deleting { operation } => Some(*operation),
            Self::Running | Self::Suspended { .. } | Self::Grace { .. } | Self::Deleted { .. } | Self::Failed { .. } => None,
        }
    }

    /// Whether it counts against what the organisation may have.
    pub const fn counts(&self) -> bool {
        !matches!(self, Self::Deleted { .. } | Self::Grace { .. })
    }

    /// Begins a verb with the operation that will carry it out, or refuses in words.
    pub fn begin(&self, verb: Verb, operation: OperationId) -> Result<Begun, Refused> {
        use Begun::{AlreadySo, Started};
        match (verb, self) {
            // A deletion does not wait for what it would undo: the creation is stopped.
            (Verb::Delete, Self::Creating { .. }) => return Ok(Started(Self::Deleting { operation })),
            (Verb::Delete, Self::Deleting { .. }) => return Ok(AlreadySo(self.clone())),
            _ => {}
        }
        if let Some(running) = self.running_operation() {
            return Err(Refused::Busy(running));
        }
        let wrong = Err(Refused::Wrong(self.code()));
        match verb {
            Verb::Update | Verb::ChangePlan | Verb::Rotate => match self {
                Self::Running => Ok(Started(Self::Updating { operation })),
                _ => wrong,
            },
            Verb::FollowPlan => match self {
                Self::Running | Self::Suspended { .. } => Ok(Started(Self::Updating { operation })),
                _ => wrong,
            },
            Verb::Suspend(by) => match self {
                Self::Running | Self::Failed { kind: OperationKind::Suspend | OperationKind::Resume | OperationKind::Repair, .. } => {
                    Ok(Started(Self::Suspending { operation }))
                }
                Self::Suspended { by: held } => {
                    let mut held = held.clone();
                    held.insert(by);
                    Ok(AlreadySo(Self::Suspended { by: held }))
                }
                _ => wrong,
            },
            Verb::Resume(by) => match self {
                Self::Running => Ok(AlreadySo(Self::Running)),
                Self::Suspended { by: held } => {
                    let rest: BTreeSet<_> = held.iter().copied().filter(|other| *other != by).collect();
                    match rest.first() {
                        None => Ok(Started(Self::Resuming { operation })),
                        Some(other) if rest.len() == held.len() => Err(Refused::Held(*other)),
                        Some(_) => Ok(AlreadySo(Self::Suspended { by: rest })),
                    }
                }
                Self::Failed { kind: OperationKind::Suspend | OperationKind::Resume | OperationKind::Restore, .. } => Ok(Started(Self::Resuming { operation })),
                _ => wrong,
            },
            Verb::Delete => match self {
                Self::Running | Self::Suspended { .. } | Self::Failed { .. } => Ok(Started(Self::Deleting { operation })),
                Self::Grace { until } => Ok(AlreadySo(Self::Grace { until: *until })),
                Self::Deleted { at } => Ok(AlreadySo(Self::Deleted { at: *at })),
                _ => wrong,
            },
            Verb::Restore => match self {
                Self::Grace { .. } => Ok(Started(Self::Resuming { operation })),
                Self::Running => Ok(AlreadySo(Self::Running)),
                _ => wrong,
            },
            Verb::Purge => match self {
                Self::Grace { .. } => Ok(Started(Self::Deleting { operation })),
                Self::Failed { kind: OperationKind::Create | OperationKind::Delete | OperationKind::Purge, .. } => {
                    Ok(Started(Self::Deleting { operation }))
                }
                // The backend shows something after all: a creation that was stopped in the middle of a statement.
                Self::Deleted { .. } => Ok(Started(Self::Deleting { operation })),
                _ => wrong,
            },
            Verb::Repair => match self {
                Self::Running
                | Self::Suspended { .. }
                | Self::Failed { kind: OperationKind::Suspend | OperationKind::Resume | OperationKind::Restore | OperationKind::Repair, .. } => {
                    Ok(Started(Self::Updating { operation }))
                }
                _ => wrong,
            },
        }
    }

    /// Where the end of an operation of this kind leads. `held` are the reasons for which the instance is to stand
    /// still, `keep_until` the end of its grace period where it is being deleted.
    pub fn succeeded(kind: OperationKind, held: BTreeSet<SuspendedBy>, keep_until: Option<Timestamp>, now: Timestamp) -> Self {
        match kind {
            OperationKind::Create
            | OperationKind::Update
            | OperationKind::ChangePlan
            | OperationKind::Rotate
            | OperationKind::Suspend
            | OperationKind::Resume
            | OperationKind::Restore
            | OperationKind::Repair => Self::stands(held),
            OperationKind::Delete => match keep_until {
                Some(until) if until > now => Self::Grace { until },
                Some(_) | None => Self::Deleted { at: now },
            },
            OperationKind::Purge => Self::Deleted { at: now },
        }
    }

    /// Running, unless anybody holds it.
    fn stands(held: BTreeSet<SuspendedBy>) -> Self {
        if held.is_empty() { Self::Running } else { Self::Suspended { by: held } }
    }

    /// Where giving up leads. A change of plan, configuration or credentials that failed leaves the instance as it
    /// was; the others leave something that needs another try.
    pub fn gave_up(kind: OperationKind, operation: OperationId, held: BTreeSet<SuspendedBy>) -> Self {
        match kind {
            OperationKind::Update | OperationKind::ChangePlan | OperationKind::Rotate => Self::stands(held),
            OperationKind::Create
            | OperationKind::Suspend
            | OperationKind::Resume
            | OperationKind::Restore
            | OperationKind::Repair
            | OperationKind::Delete
            | OperationKind::Purge => Self::Failed { operation, kind },
        }
    }

    /// The state that an operation of this kind holds its instance in, for a further try of one that failed.
    pub const fn working(kind: OperationKind, operation: OperationId) -> Self {
        match kind {
            OperationKind::Create => Self::Creating { operation },
            OperationKind::Update | OperationKind::ChangePlan | OperationKind::Rotate | OperationKind::Repair => Self::Updating { operation },
            OperationKind::Suspend => Self::Suspending { operation },
            OperationKind::Resume | OperationKind::Restore => Self::Resuming { operation },
            OperationKind::Delete | OperationKind::Purge => Self::Deleting { operation },
        }
    }

    /// What a page may offer: the verbs that would begin now.
    pub fn offers(&self) -> Vec<&'static str> {
        let probe = OperationId::from_uuid(uuid::Uuid::nil());
        [
            ("update", Verb::Update),
            ("change_plan", Verb::ChangePlan),
            ("suspend", Verb::Suspend(SuspendedBy::Customer)),
            ("resume", Verb::Resume(SuspendedBy::Customer)),
            ("rotate", Verb::Rotate),
            ("delete", Verb::Delete),
            ("restore", Verb::Restore),
        ]
        .into_iter()
        .filter(|(_, verb)| matches!(self.begin(*verb, probe), Ok(Begun::Started(_))))
        .map(|(name, _)| name)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn id(number: u128) -> OperationId {
        OperationId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn word(outcome: Result<Begun, Refused>) -> String {
        match outcome {
            Ok(Begun::Started(state)) => format!("> {}", state.code()),
            Ok(Begun::AlreadySo(InstanceState::Suspended { by })) => {
                format!("= by {}", by.iter().map(|by| by.code()).collect::<Vec<_>>().join("+"))
            }
            Ok(Begun::AlreadySo(state)) => format!("= {}", state.code()),
            Err(Refused::Busy(_)) => "busy".into(),
            Err(Refused::Wrong(_)) => "-".into(),
            Err(Refused::Held(by)) => format!("held: {}", by.code()),
        }
    }

    #[test]
    fn every_state_and_every_verb() {
        let at = Timestamp::from_seconds(0);
        let failed = |kind| InstanceState::Failed { operation: id(1), kind };
        let states = [
            ("creating", InstanceState::Creating { operation: id(1) }),
            ("running", InstanceState::Running),
            ("updating", InstanceState::Updating { operation: id(1) }),
            ("suspending", InstanceState::Suspending { operation: id(1) }),
            ("suspended customer", InstanceState::Suspended { by: [SuspendedBy::Customer].into() }),
            ("suspended debt", InstanceState::Suspended { by: [SuspendedBy::Debt].into() }),
            ("suspended both", InstanceState::Suspended { by: [SuspendedBy::Customer, SuspendedBy::Debt].into() }),
            ("resuming", InstanceState::Resuming { operation: id(1) }),
            ("deleting", InstanceState::Deleting { operation: id(1) }),
            ("grace", InstanceState::Grace { until: at }),
            ("deleted", InstanceState::Deleted { at }),
            ("failed create", failed(OperationKind::Create)),
            ("failed suspend", failed(OperationKind::Suspend)),
            ("failed resume", failed(OperationKind::Resume)),
            ("failed restore", failed(OperationKind::Restore)),
            ("failed repair", failed(OperationKind::Repair)),
            ("failed delete", failed(OperationKind::Delete)),
            ("failed purge", failed(OperationKind::Purge)),
        ];
        let verbs = [
            ("update", Verb::Update),
            ("plan", Verb::ChangePlan),
            ("plan due", Verb::FollowPlan),
            ("suspend", Verb::Suspend(SuspendedBy::Customer)),
            ("for debt", Verb::Suspend(SuspendedBy::Debt)),
            ("resume", Verb::Resume(SuspendedBy::Customer)),
            ("debt paid", Verb::Resume(SuspendedBy::Debt)),
            ("rotate", Verb::Rotate),
            ("delete", Verb::Delete),
            ("restore", Verb::Restore),
            ("purge", Verb::Purge),
            ("repair", Verb::Repair),
        ];
        let mut table = format!("{:<18}", "");
        for (name, _) in &verbs {
            table.push_str(&format!("| {name:<16}"));
        }
        table.push('\n');
        for (name, state) in &states {
            table.push_str(&format!("{name:<18}"));
            for (_, verb) in &verbs {
                table.push_str(&format!("| {:<16}", word(state.begin(*verb, id(2)))));
            }
            table.push('\n');
        }
        let table: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        expect![[r#"
                              | update          | plan            | plan due        | suspend         | for debt        | resume          | debt paid       | rotate          | delete          | restore         | purge           | repair
            creating          | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | > deleting      | busy            | busy            | busy
            running           | > updating      | > updating      | > updating      | > suspending    | > suspending    | = running       | = running       | > updating      | > deleting      | = running       | -               | > updating
            updating          | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy
            suspending        | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy
            suspended customer| -               | -               | > updating      | = by customer   | = by customer+debt| > resuming      | held: customer  | -               | > deleting      | -               | -               | > updating
            suspended debt    | -               | -               | > updating      | = by customer+debt| = by debt       | held: debt      | > resuming      | -               | > deleting      | -               | -               | > updating
            suspended both    | -               | -               | > updating      | = by customer+debt| = by customer+debt| = by debt       | = by customer   | -               | > deleting      | -               | -               | > updating
            resuming          | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy
            deleting          | busy            | busy            | busy            | busy            | busy            | busy            | busy            | busy            | = deleting      | busy            | busy            | busy
            grace             | -               | -               | -               | -               | -               | -               | -               | -               | = grace         | > resuming      | > deleting      | -
            deleted           | -               | -               | -               | -               | -               | -               | -               | -               | = deleted       | -               | > deleting      | -
            failed create     | -               | -               | -               | -               | -               | -               | -               | -               | > deleting      | -               | > deleting      | -
            failed suspend    | -               | -               | -               | > suspending    | > suspending    | > resuming      | > resuming      | -               | > deleting      | -               | -               | > updating
            failed resume     | -               | -               | -               | > suspending    | > suspending    | > resuming      | > resuming      | -               | > deleting      | -               | -               | > updating
            failed restore    | -               | -               | -               | -               | -               | > resuming      | > resuming      | -               | > deleting      | -               | -               | > updating
            failed repair     | -               | -               | -               | > suspending    | > suspending    | -               | -               | -               | > deleting      | -               | -               | > updating
            failed delete     | -               | -               | -               | -               | -               | -               | -               | -               | > deleting      | -               | > deleting      | -
            failed purge      | -               | -               | -               | -               | -               | -               | -               | -               | > deleting      | -               | > deleting      | -
        "#]].assert_eq(&table);
    }

    #[test]
    fn every_state_has_words_that_are_no_code() {
        for code in InstanceState::CODES {
            assert_ne!(in_words(code), code);
        }
        assert_eq!(Refused::Wrong("grace").to_string(), "an instance that is deleted and only kept to be restored does not take this");
    }

    #[test]
    fn an_operation_ends_in_the_state_that_is_wanted() {
        let now = Timestamp::from_seconds(100);
        let held: BTreeSet<_> = [SuspendedBy::Debt].into();
        assert_eq!(InstanceState::succeeded(OperationKind::Repair, held.clone(), None, now), InstanceState::Suspended { by: held });
        assert_eq!(InstanceState::succeeded(OperationKind::Resume, BTreeSet::new(), None, now), InstanceState::Running);
        let until = Timestamp::from_seconds(200);
        assert_eq!(InstanceState::succeeded(OperationKind::Delete, BTreeSet::new(), Some(until), now), InstanceState::Grace { until });
        assert_eq!(InstanceState::succeeded(OperationKind::Delete, BTreeSet::new(), Some(now), now), InstanceState::Deleted { at: now });
        assert_eq!(InstanceState::gave_up(OperationKind::ChangePlan, id(1), BTreeSet::new()), InstanceState::Running);
        let held: BTreeSet<_> = [SuspendedBy::Customer].into();
        assert_eq!(InstanceState::gave_up(OperationKind::ChangePlan, id(1), held.clone()), InstanceState::Suspended { by: held });
    }
}
