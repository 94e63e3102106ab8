//! Whether an instance and its bill say the same, and what is to be done where they do not. They follow each other by
//! events, which are given up after a while: what one of those would have changed is found here from how both stand. Pure.

use crate::{instance::InstanceState, operation::OperationKind};
use kernel::{PlanId, Timestamp, events::billing::EndReason};

/// How both stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub state: InstanceState,
    /// When it first ran; from then on it is charged for.
    pub ready_at: Option<Timestamp>,
    pub plan: PlanId,
    /// The plan that waits for the term's end.
    pub planned: Option<PlanId>,
    /// When its deletion was asked for last.
    pub deleted_at: Option<Timestamp>,
    /// When it ran again after it was restored, since its bill ended.
    pub restored_at: Option<Timestamp>,
    /// When it came to its plan, by a change that is long enough ago to have been heard.
    pub changed_at: Option<Timestamp>,
    pub bill: Bill,
}

impl Facts {
    /// Gone for good and paid for: nothing of both changes any more.
    pub fn over(&self) -> bool {
        matches!(self.state, InstanceState::Deleted { .. }) && !matches!(self.bill, Bill::Running { .. })
    }
}

/// Its newest subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bill {
    /// It was never charged for.
    Never,
    Running { plan: PlanId },
    Ended { reason: EndReason, at: Timestamp },
}

/// What brings them in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// It runs and nobody is charged: its bill begins with then.
    BeginBill { at: Timestamp },
    /// It is gone and still charged for.
    EndBill { at: Timestamp },
    /// Its bill is over: it is taken out of use.
    EndInstance { reason: EndReason, at: Timestamp },
    /// It is charged for the plan that it was to have by now.
    FollowPlan(PlanId),
    /// It runs another plan and is charged for the one before.
    ChangeBill { to: PlanId, at: Timestamp },
}

pub fn correction(facts: &Facts) -> Option<Correction> {
    let ready_at = facts.ready_at?;
    match &facts.state {
        // An operation is at it, whose end is announced.
        InstanceState::Creating { .. } | InstanceState::Updating { .. } | InstanceState::Suspending { .. } | InstanceState::Resuming { .. } => None,
        // It may come back or not: that is still open.
        InstanceState::Failed { kind: OperationKind::Restore, .. } => None,
        InstanceState::Deleting { .. }
        | InstanceState::Grace { .. }
        | InstanceState::Deleted { .. }
        | InstanceState::Failed { kind: OperationKind::Delete | OperationKind::Purge, .. } => match (facts.bill, facts.deleted_at) {
            (Bill::Running { .. }, Some(at)) => Some(Correction::EndBill { at }),
            (Bill::Running { .. } | Bill::Never | Bill::Ended { .. }, _) => None,
        },
        InstanceState::Running | InstanceState::Suspended { .. } | InstanceState::Failed { .. } => match (facts.bill, facts.restored_at) {
            (Bill::Never, _) => Some(Correction::BeginBill { at: ready_at }),
            (Bill::Ended { .. }, Some(at)) => Some(Correction::BeginBill { at }),
            // It was deleted, and yet it runs: whoever brought it back knows more.
            (Bill::Ended { reason: EndReason::InstanceDeleted, .. }, None) => None,
            (Bill::Ended { reason: reason @ (EndReason::Cancelled | EndReason::Unpaid), at }, None) => Some(Correction::EndInstance { reason, at }),
            (Bill::Running { plan }, _) if facts.plan != plan && facts.planned == Some(plan) => Some(Correction::FollowPlan(plan)),
            // Another plan than it is charged for and none planned: its change was not heard, or has just ended, or failed
            // and staff see it.
            (Bill::Running { plan }, _) if facts.plan != plan => facts.changed_at.map(|at| Correction::ChangeBill { to: facts.plan, at }),
            (Bill::Running { .. }, _) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use kernel::OperationId;

    #[test]
    fn every_state_and_every_bill() {
        let at = Timestamp::from_seconds;
        let plan = |number| PlanId::from_uuid(uuid::Uuid::from_u128(number));
        let operation = OperationId::from_uuid(uuid::Uuid::nil());
        let failed = |kind| InstanceState::Failed { operation, kind };
        let states = [
            ("running", InstanceState::Running),
            ("suspended", InstanceState::Suspended { by: Default::default() }),
            ("updating", InstanceState::Updating { operation }),
            ("deleting", InstanceState::Deleting { operation }),
            ("grace", InstanceState::Grace { until: at(9) }),
            ("deleted", InstanceState::Deleted { at: at(9) }),
            ("failed repair", failed(OperationKind::Repair)),
            ("failed restore", failed(OperationKind::Restore)),
            ("failed delete", failed(OperationKind::Delete)),
        ];
        let ended = Bill::Ended { reason: EndReason::Unpaid, at: at(5) };
        let bills = [
            ("never", Bill::Never, None, None),
            ("same plan", Bill::Running { plan: plan(1) }, None, Some(at(8))),
            ("planned", Bill::Running { plan: plan(2) }, None, Some(at(8))),
            ("other plan", Bill::Running { plan: plan(3) }, None, None),
            ("changed", Bill::Running { plan: plan(3) }, None, Some(at(8))),
            ("ended", ended, None, None),
            ("restored", ended, Some(at(7)), None),
        ];
        let mut table = format!("{:<15}", "");
        for (name, ..) in bills {
            table.push_str(&format!("| {name:<12}"));
        }
        table.push('\n');
        for (name, state) in states {
            table.push_str(&format!("{name:<15}"));
            for (_, bill, restored_at, changed_at) in bills {
                let facts = Facts { state: state.clone(), ready_at: Some(at(1)), plan: plan(1), planned: Some(plan(2)), deleted_at: Some(at(6)), restored_at, changed_at, bill };
                let word = match correction(&facts) {
                    None => "-".to_owned(),
                    Some(Correction::BeginBill { at }) => format!("bill from {}", at.seconds()),
                    Some(Correction::EndBill { at }) => format!("no bill {}", at.seconds()),
                    Some(Correction::EndInstance { at, .. }) => format!("ends of {}", at.seconds()),
                    Some(Correction::FollowPlan(to)) => format!("plan {}", to.uuid().as_u128()),
                    Some(Correction::ChangeBill { to, at }) => format!("bill {} at {}", to.uuid().as_u128(), at.seconds()),
                };
                table.push_str(&format!("| {word:<12}"));
                assert_eq!(correction(&Facts { ready_at: None, ..facts }), None, "it never ran");
            }
            table.push('\n');
        }
        expect![[r#"
                           | never       | same plan   | planned     | other plan  | changed     | ended       | restored    
            running        | bill from 1 | -           | plan 2      | -           | bill 1 at 8 | ends of 5   | bill from 7 
            suspended      | bill from 1 | -           | plan 2      | -           | bill 1 at 8 | ends of 5   | bill from 7 
            updating       | -           | -           | -           | -           | -           | -           | -           
            deleting       | -           | no bill 6   | no bill 6   | no bill 6   | no bill 6   | -           | -           
            grace          | -           | no bill 6   | no bill 6   | no bill 6   | no bill 6   | -           | -           
            deleted        | -           | no bill 6   | no bill 6   | no bill 6   | no bill 6   | -           | -           
            failed repair  | bill from 1 | -           | plan 2      | -           | bill 1 at 8 | ends of 5   | bill from 7 
            failed restore | -           | -           | -           | -           | -           | -           | -           
            failed delete  | -           | no bill 6   | no bill 6   | no bill 6   | no bill 6   | -           | -           
        "#]].assert_eq(&table);
    }
}
