//! One change of an instance on its backend: its steps, how far it is, its words, and when it gives up.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    Create,
    Update,
    ChangePlan,
    Suspend,
    Resume,
    Rotate,
    /// Takes it out of use; what it holds is kept for the grace period.
    Delete,
    Restore,
    /// Removes everything for good.
    Purge,
    Repair,
}

impl OperationKind {
    pub const ALL: [Self; 10] = [
        Self::Create, Self::Update, Self::ChangePlan, Self::Suspend, Self::Resume, Self::Rotate, Self::Delete, Self::Restore,
        Self::Purge, Self::Repair,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::ChangePlan => "change_plan",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Rotate => "rotate",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
            Self::Repair => "repair",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// How long it may go on trying before it gives up, in real time: backends do not follow a simulated clock.
    pub const fn time_limit(self) -> Duration {
        match self {
            Self::Create | Self::Update | Self::ChangePlan | Self::Rotate => Duration::from_secs(5 * 60),
            Self::Suspend | Self::Resume | Self::Restore | Self::Repair => Duration::from_secs(10 * 60),
            // Removal goes on for as long as the backend may be away for a night.
            Self::Delete | Self::Purge => Duration::from_secs(12 * 3600),
        }
    }
}

/// Words as a code and its parts; pages translate by code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Message {
    pub code: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Message {
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), args: BTreeMap::new() }
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Waiting,
    Running,
    Done,
    Failed,
}

/// One part of an operation, named by its driver: `role`, `database`, `access`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    pub state: StepState,
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Accepted; no worker has taken it yet.
    Waiting,
    Running,
    /// Gave up; what it had made is being removed until the backend says that nothing is left.
    CleaningUp,
    Succeeded,
    Failed,
}

impl OperationState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::CleaningUp, Self::Succeeded, Self::Failed];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::CleaningUp => "cleaning_up",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn is_over(self) -> bool {
        match self {
            Self::Waiting | Self::Running | Self::CleaningUp => false,
            Self::Succeeded | Self::Failed => true,
        }
    }

    /// The state after something happened to it, or `None` where that cannot happen: a worker whose lease was taken
    /// over reports into an operation that is already over.
    pub const fn after(self, what: Happened) -> Option<Self> {
        match (self, what) {
            (Self::Waiting | Self::Running, Happened::Taken) => Some(Self::Running),
            (Self::CleaningUp, Happened::Taken) => Some(Self::CleaningUp),
            (Self::Running, Happened::Stepped) => Some(Self::Running),
            (Self::CleaningUp, Happened::Stepped) => Some(Self::CleaningUp),
            (Self::Running, Happened::Finished) => Some(Self::Succeeded),
            (Self::Waiting | Self::Running, Happened::GaveUp { leaves_something: true }) => Some(Self::CleaningUp),
            (Self::Waiting | Self::Running, Happened::GaveUp { leaves_something: false }) => Some(Self::Failed),
            (Self::CleaningUp, Happened::Finished) => Some(Self::Failed),
            (Self::Waiting | Self::Running | Self::CleaningUp, Happened::Stopped) => Some(Self::Failed),
            (Self::Failed, Happened::Retried) => Some(Self::Waiting),
            (Self::Waiting, Happened::Stepped | Happened::Finished | Happened::Retried)
            | (Self::Running, Happened::Retried)
            | (Self::CleaningUp, Happened::GaveUp { .. } | Happened::Retried)
            | (Self::Succeeded, _)
            | (Self::Failed, Happened::Taken | Happened::Stepped | Happened::Finished | Happened::GaveUp { .. } | Happened::Stopped) => None,
        }
    }
}

/// What happens to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// A worker took it, for the first time or after another died.
    Taken,
    Stepped,
    /// Its work, or its cleaning up, is done.
    Finished,
    /// Its time is over or its backend refused for good.
    GaveUp { leaves_something: bool },
    /// Another operation takes its place, which removes what it had made.
    Stopped,
    Retried,
}

/// Steps before their work begins.
pub fn steps(names: &[&str]) -> Vec<Step> {
    names.iter().map(|name| Step { name: (*name).to_owned(), state: StepState::Waiting }).collect()
}

/// Begins the named step: those before it are done. A step that the driver did not announce comes after the one that
/// runs.
pub fn enter(steps: &mut Vec<Step>, name: &str) {
    let position = match steps.iter().position(|step| step.name == name) {
        Some(position) => position,
        None => {
            let after = steps.iter().position(|step| step.state == StepState::Running).map_or(steps.len(), |running| running + 1);
            steps.insert(after, Step { name: name.to_owned(), state: StepState::Waiting });
            after
        }
    };
    for (index, step) in steps.iter_mut().enumerate() {
        step.state = match index.cmp(&position) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Running,
            std::cmp::Ordering::Greater => StepState::Waiting,
        };
    }
}

/// Ends every step: done, or the one that ran is marked as failed.
pub fn end(steps: &mut [Step], succeeded: bool) {
    for step in steps {
        match (step.state, succeeded) {
            (_, true) => step.state = StepState::Done,
            (StepState::Running, false) => step.state = StepState::Failed,
            (StepState::Waiting | StepState::Done | StepState::Failed, false) => {}
        }
    }
}

/// 0 to 99 while it runs: only success is 100.
pub fn percent(steps: &[Step]) -> i16 {
    if steps.is_empty() {
        return 0;
    }
    let halves: usize = steps
        .iter()
        .map(|step| match step.state {
            StepState::Done => 2,
            StepState::Running => 1,
            StepState::Waiting | StepState::Failed => 0,
        })
        .sum();
    i16::try_from(halves * 100 / (steps.len() * 2)).unwrap_or(99).min(99)
}

/// Pause before the next try after `failures` in a row: 1, 2, 4, up to 30 seconds.
pub fn pause(failures: i32) -> Duration {
    Duration::from_secs(1_u64 << u32::try_from(failures.clamp(0, 5)).unwrap_or(0)).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn every_state_and_everything_that_happens() {
        let happenings = [
            ("taken", Happened::Taken),
            ("stepped", Happened::Stepped),
            ("finished", Happened::Finished),
            ("gave up, clean", Happened::GaveUp { leaves_something: false }),
            ("gave up, not clean", Happened::GaveUp { leaves_something: true }),
            ("stopped", Happened::Stopped),
            ("retried", Happened::Retried),
        ];
        let mut table = String::new();
        for state in OperationState::ALL {
            for (name, happened) in happenings {
                let after = state.after(happened).map_or("-", OperationState::code);
                table.push_str(&format!("{:<12} {name:<19} {after}\n", state.code()));
            }
        }
        expect![[r#"
            waiting      taken               running
            waiting      stepped             -
            waiting      finished            -
            waiting      gave up, clean      failed
            waiting      gave up, not clean  cleaning_up
            waiting      stopped             failed
            waiting      retried             -
            running      taken               running
            running      stepped             running
            running      finished            succeeded
            running      gave up, clean      failed
            running      gave up, not clean  cleaning_up
            running      stopped             failed
            running      retried             -
            cleaning_up  taken               cleaning_up
            cleaning_up  stepped             cleaning_up
            cleaning_up  finished            failed
            cleaning_up  gave up, clean      -
            cleaning_up  gave up, not clean  -
            cleaning_up  stopped             failed
            cleaning_up  retried             -
            succeeded    taken               -
            succeeded    stepped             -
            succeeded    finished            -
            succeeded    gave up, clean      -
            succeeded    gave up, not clean  -
            succeeded    stopped             -
            succeeded    retried             -
            failed       taken               -
            failed       stepped             -
            failed       finished            -
            failed       gave up, clean      -
            failed       gave up, not clean  -
            failed       stopped             -
            failed       retried             waiting
        "#]].assert_eq(&table);
    }

    #[test]
    fn percentage_grows_with_the_steps_and_is_never_full_before_the_end() {
        let mut list = steps(&["role", "database", "access"]);
        let mut seen = vec![percent(&list)];
        for name in ["role", "database", "access"] {
            enter(&mut list, name);
            seen.push(percent(&list));
        }
        end(&mut list, true);
        seen.push(percent(&list));
        assert_eq!(seen, [0, 16, 50, 83, 99]);
    }

    #[test]
    fn a_failure_marks_the_step_that_ran() {
        let mut list = steps(&["role", "database"]);
        enter(&mut list, "database");
        end(&mut list, false);
        assert_eq!(list.iter().map(|step| step.state).collect::<Vec<_>>(), [StepState::Done, StepState::Failed]);
    }

    #[test]
    fn pauses_double_and_stop_growing() {
        assert_eq!((0..8).map(|n| pause(n).as_secs()).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 30, 30, 30]);
    }
}
