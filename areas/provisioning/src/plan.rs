//! Desired against observed: what one look at the backend asks to be done. Pure; the reconciler carries it out.

use crate::instance::InstanceState;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// What the tenant and the platform want of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    pub state: InstanceState,
    /// A change failed half-way or its outcome is unknown: the backend is to be brought in line whatever it shows.
    pub unsure: bool,
}

/// How grave a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// Setting it right loses nothing.
    Repairable,
    /// Setting it right would hide that the customer's data is gone: a person decides.
    DataLoss,
}

/// One way in which the backend is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Named by the driver: `login_role`, `database`, `connection_limit`.
    pub what: String,
    pub gravity: Gravity,
    pub expected: String,
    pub found: String,
}

/// What one look at the backend showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// The backend did not answer: nothing is known, nothing is done.
    Unreachable,
    /// It answered; differences from what is desired, none when all is well. `anything` tells whether any part of the
    /// instance is there.
    Seen { anything: bool, differences: Vec<Difference> },
}

/// One thing for the reconciler to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Show these on the instance; an empty list clears what was shown.
    Show(Vec<Difference>),
    /// Start a repair.
    Repair,
    /// Start the removal of what is left of something that is to be gone.
    Remove,
    /// The customer's data is gone: stop pretending that it runs.
    Alarm,
}

/// How long after a step of an operation that failed the reconciler tries the same again.
pub const ANOTHER_TRY: std::time::Duration = std::time::Duration::from_secs(60);

/// `changed_at` is when the instance last changed its state.
pub fn plan(desired: &Desired, observed: &Observed, changed_at: Timestamp, now: Timestamp) -> Vec<Step> {
    use crate::operation::OperationKind as Kind;
    let Observed::Seen { anything, differences } = observed else { return Vec::new() };
    let lost = differences.iter().any(|difference| difference.gravity == Gravity::DataLoss);
    let rested = now.since(changed_at) >= ANOTHER_TRY;
    let show = Step::Show(differences.clone());
    match &desired.state {
        // An operation is at it.
        InstanceState::Creating { .. }
        | InstanceState::Updating { .. }
        | InstanceState::Suspending { .. }
        | InstanceState::Resuming { .. }
        | InstanceState::Deleting { .. } => Vec::new(),
        InstanceState::Running | InstanceState::Suspended { .. } => match (lost, differences.is_empty() && !desired.unsure) {
            (true, _) => vec![show, Step::Alarm],
            (false, true) => vec![show],
            (false, false) => vec![show, Step::Repair],
        },
        // Out of use: differences of access do not matter until it is restored, which sets everything right.
        InstanceState::Grace { .. } => vec![Step::Show(Vec::new())],
        InstanceState::Deleted { .. } if *anything => vec![Step::Remove],
        InstanceState::Deleted { .. } => Vec::new(),
        InstanceState::Failed { kind, .. } => match kind {
            Kind::Create | Kind::Delete | Kind::Purge if *anything && rested => vec![Step::Remove],
            Kind::Create | Kind::Delete | Kind::Purge => Vec::new(),
            Kind::Suspend | Kind::Resume | Kind::Restore | Kind::Repair if lost => vec![show],
            Kind::Suspend | Kind::Resume | Kind::Restore | Kind::Repair if rested => vec![show, Step::Repair],
            Kind::Suspend | Kind::Resume | Kind::Restore | Kind::Repair => vec![show],
            // Giving up on these leads back to running.
            Kind::Update | Kind::ChangePlan | Kind::Rotate => vec![show, Step::Repair],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::OperationKind;
    use kernel::OperationId;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn difference(gravity: Gravity) -> Difference {
        Difference { what: "login_role".into(), gravity, expected: "present".into(), found: "missing".into() }
    }

    fn look(state: InstanceState, anything: bool, differences: Vec<Difference>, changed: i64) -> Vec<Step> {
        plan(&Desired { state, unsure: false }, &Observed::Seen { anything, differences }, Timestamp::from_seconds(changed), NOW)
    }

    #[test]
    fn repairs_drift_and_shows_it() {
        let drift = vec![difference(Gravity::Repairable)];
        assert_eq!(look(InstanceState::Running, true, drift.clone(), 0), [Step::Show(drift), Step::Repair]);
        assert_eq!(look(InstanceState::Running, true, vec![], 0), [Step::Show(vec![])]);
    }

    #[test]
    fn never_repairs_over_lost_data() {
        let drift = vec![difference(Gravity::Repairable), difference(Gravity::DataLoss)];
        assert_eq!(look(InstanceState::Running, true, drift.clone(), 0), [Step::Show(drift.clone()), Step::Alarm]);
        let failed = InstanceState::Failed { operation: OperationId::from_uuid(uuid::Uuid::nil()), kind: OperationKind::Repair };
        assert_eq!(look(failed, true, drift.clone(), 0), [Step::Show(drift)]);
    }

    #[test]
    fn does_nothing_while_an_operation_runs_or_the_backend_is_away() {
        let operation = OperationId::from_uuid(uuid::Uuid::nil());
        assert_eq!(look(InstanceState::Updating { operation }, true, vec![difference(Gravity::Repairable)], 0), []);
        let desired = Desired { state: InstanceState::Running, unsure: true };
        assert_eq!(plan(&desired, &Observed::Unreachable, NOW, NOW), []);
    }

    #[test]
    fn removes_what_is_left_of_a_failed_creation_once_it_has_rested() {
        let failed = InstanceState::Failed { operation: OperationId::from_uuid(uuid::Uuid::nil()), kind: OperationKind::Create };
        assert_eq!(look(failed.clone(), true, vec![], 990), []);
        assert_eq!(look(failed.clone(), true, vec![], 900), [Step::Remove]);
        assert_eq!(look(failed, false, vec![], 900), []);
    }

    #[test]
    fn brings_in_line_what_is_unsure() {
        let desired = Desired { state: InstanceState::Running, unsure: true };
        let seen = Observed::Seen { anything: true, differences: vec![] };
        assert_eq!(plan(&desired, &seen, NOW, NOW), [Step::Show(vec![]), Step::Repair]);
    }
}
