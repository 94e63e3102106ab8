//! A check's state: up, degraded while it is tried again, down after its retries; who is told, and when.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a check shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// We were not looking: paused, not yet run, or our own outage.
    Unknown,
    Up,
    /// It failed and is tried again, or it warns of something.
    Degraded,
    Down,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Up, Self::Degraded, Self::Down];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// One probe's outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Fine,
    /// It answers, but something is about to go wrong: a certificate that expires soon.
    Warns,
    Fails,
}

/// A check's state with what it remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CheckState {
    Unknown,
    Up,
    /// Answers, with a warning.
    Warning,
    /// Failed this often in a row and is tried again.
    Retrying { failures: u32 },
    /// Failed after its retries; `beats` further failures since.
    Down { beats: u32 },
}

/// How patient a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Between two probes when all is well.
    pub interval: Duration,
    /// Further tries before it counts as down.
    pub retries: u32,
    /// Pause before a further try.
    pub retry_after: Duration,
    /// Tell again after so many further failures; none: never.
    pub resend_every: Option<u32>,
}

/// What a change of state asks for besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    OpenIncident,
    CloseIncident,
    TellDown,
    TellStillDown,
    TellRecovered,
}

/// One probe's consequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub state: CheckState,
    pub effects: Vec<Effect>,
    /// Until the next probe.
    pub next_after: Duration,
}

/// What is known beside the state where it is decided whom to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hush {
    /// Planned maintenance runs.
    pub maintenance: bool,
    /// People were told of the incident that is open or just ended.
    pub told: bool,
}

impl Step {
    /// What people are told, one thing at most. Maintenance keeps it quiet. Who was not told that it went down is not told
    /// that it recovered, but told that it is down as soon as maintenance is over.
    pub fn news(&self, hush: Hush) -> Option<Effect> {
        let down = matches!(self.state, CheckState::Down { .. });
        let said = self.effects.iter().copied().find(|effect| matches!(effect, Effect::TellDown | Effect::TellStillDown | Effect::TellRecovered));
        match (hush, said) {
            (Hush { maintenance: true, .. }, _) => None,
            (Hush { told: false, .. }, _) => down.then_some(Effect::TellDown),
            (Hush { told: true, .. }, said) => said,
        }
    }
}

impl CheckState {
    pub const fn status(self) -> Status {
        match self {
            Self::Unknown => Status::Unknown,
            Self::Up => Status::Up,
            Self::Warning | Self::Retrying { .. } => Status::Degraded,
            Self::Down { .. } => Status::Down,
        }
    }

    /// The state after a probe.
    pub fn after(self, outcome: Outcome, rules: &Rules) -> Step {
        match outcome {
            Outcome::Fine => self.answered(Self::Up, rules),
            Outcome::Warns => self.answered(Self::Warning, rules),
            Outcome::Fails => self.failed(rules),
        }
    }

    fn answered(self, state: Self, rules: &Rules) -> Step {
        let effects = match self {
            Self::Down { .. } => vec![Effect::CloseIncident, Effect::TellRecovered],
            Self::Unknown | Self::Up | Self::Warning | Self::Retrying { .. } => Vec::new(),
        };
        Step { state, effects, next_after: rules.interval }
    }

    fn failed(self, rules: &Rules) -> Step {
        let failures = match self {
            Self::Down { beats } => {
                let beats = beats.saturating_add(1);
                let again = rules.resend_every.is_some_and(|every| every > 0 && beats.is_multiple_of(every));
                let effects = if again { vec![Effect::TellStillDown] } else { Vec::new() };
                return Step { state: Self::Down { beats }, effects, next_after: rules.interval };
            }
            Self::Retrying { failures } => failures.saturating_add(1),
            Self::Unknown | Self::Up | Self::Warning => 1,
        };
        if failures > rules.retries {
            return Step {
                state: Self::Down { beats: 0 },
                effects: vec![Effect::OpenIncident, Effect::TellDown],
                next_after: rules.interval,
            };
        }
        Step { state: Self::Retrying { failures }, effects: Vec::new(), next_after: rules.retry_after }
    }
}

/// The worst of several: what a group shows. None of an empty group.
pub fn worst(statuses: impl IntoIterator<Item = Status>) -> Option<Status> {
    statuses.into_iter().max()
}

/// How long after its time a check without a result still counts as what it was: then we were not looking.
pub fn patience(interval: Duration) -> Duration {
    interval + interval.clamp(Duration::from_secs(15), Duration::from_secs(60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const RULES: Rules = Rules {
        interval: Duration::from_secs(60),
        retries: 2,
        retry_after: Duration::from_secs(20),
        resend_every: Some(3),
    };

    #[test]
    fn every_state_and_every_outcome() {
        let states = [
            CheckState::Unknown,
            CheckState::Up,
            CheckState::Warning,
            CheckState::Retrying { failures: 1 },
            CheckState::Retrying { failures: 2 },
            CheckState::Down { beats: 0 },
            CheckState::Down { beats: 2 },
        ];
        let mut table = String::new();
        for state in states {
            for outcome in [Outcome::Fine, Outcome::Warns, Outcome::Fails] {
                let step = state.after(outcome, &RULES);
                table.push_str(&format!("{state:?} {outcome:?} > {:?} {:?} {}s\n", step.state, step.effects, step.next_after.as_secs()));
            }
        }
        expect![[r#"
            Unknown Fine > Up [] 60s
            Unknown Warns > Warning [] 60s
            Unknown Fails > Retrying { failures: 1 } [] 20s
            Up Fine > Up [] 60s
            Up Warns > Warning [] 60s
            Up Fails > Retrying { failures: 1 } [] 20s
            Warning Fine > Up [] 60s
            Warning Warns > Warning [] 60s
            Warning Fails > Retrying { failures: 1 } [] 20s
            Retrying { failures: 1 } Fine > Up [] 60s
            Retrying { failures: 1 } Warns > Warning [] 60s
            Retrying { failures: 1 } Fails > Retrying { failures: 2 } [] 20s
            Retrying { failures: 2 } Fine > Up [] 60s
            Retrying { failures: 2 } Warns > Warning [] 60s
            Retrying { failures: 2 } Fails > Down { beats: 0 } [OpenIncident, TellDown] 60s
            Down { beats: 0 } Fine > Up [CloseIncident, TellRecovered] 60s
            Down { beats: 0 } Warns > Warning [CloseIncident, TellRecovered] 60s
            Down { beats: 0 } Fails > Down { beats: 1 } [] 60s
            Down { beats: 2 } Fine > Up [CloseIncident, TellRecovered] 60s
            Down { beats: 2 } Warns > Warning [CloseIncident, TellRecovered] 60s
            Down { beats: 2 } Fails > Down { beats: 3 } [TellStillDown] 60s
        "#]].assert_eq(&table);
    }

    #[test]
    fn g50_down_after_its_retries_and_told_again_after_three_further_failures() {
        let (mut state, mut at, mut seen) = (CheckState::Up, 0, Vec::new());
        for _ in 0..7 {
            let step = state.after(Outcome::Fails, &RULES);
            seen.push((at, step.state.status(), step.effects.clone()));
            at += step.next_after.as_secs();
            state = step.state;
        }
        assert_eq!(
            seen,
            [
                (0, Status::Degraded, vec![]),
                (20, Status::Degraded, vec![]),
                (40, Status::Down, vec![Effect::OpenIncident, Effect::TellDown]),
                (100, Status::Down, vec![]),
                (160, Status::Down, vec![]),
                (220, Status::Down, vec![Effect::TellStillDown]),
                (280, Status::Down, vec![]),
            ]
        );
    }

    #[test]
    fn a_failure_that_passes_before_the_retries_are_over_tells_nobody() {
        let retrying = CheckState::Up.after(Outcome::Fails, &RULES).state;
        assert_eq!(retrying.after(Outcome::Fine, &RULES), Step { state: CheckState::Up, effects: vec![], next_after: RULES.interval });
    }

    #[test]
    fn maintenance_keeps_it_quiet_and_what_is_still_down_is_told_afterwards() {
        let goes_down = CheckState::Retrying { failures: 2 }.after(Outcome::Fails, &RULES);
        let stays_down = CheckState::Down { beats: 0 }.after(Outcome::Fails, &RULES);
        let third = CheckState::Down { beats: 2 }.after(Outcome::Fails, &RULES);
        let recovers = CheckState::Down { beats: 2 }.after(Outcome::Fine, &RULES);
        let goes_on = CheckState::Up.after(Outcome::Fine, &RULES);
        let all = [&goes_down, &stays_down, &third, &recovers, &goes_on];
        let news = |maintenance, told| all.map(|step| step.news(Hush { maintenance, told }));
        assert_eq!(news(true, false), [None; 5]);
        assert_eq!(news(true, true), [None; 5]);
        assert_eq!(news(false, false), [Some(Effect::TellDown), Some(Effect::TellDown), Some(Effect::TellDown), None, None]);
        assert_eq!(news(false, true), [Some(Effect::TellDown), None, Some(Effect::TellStillDown), Some(Effect::TellRecovered), None]);
    }

    #[test]
    fn a_group_takes_its_worst_child() {
        assert_eq!(worst([Status::Up, Status::Down, Status::Degraded]), Some(Status::Down));
        assert_eq!(worst([Status::Unknown, Status::Up]), Some(Status::Up));
        assert_eq!(worst([]), None);
    }
}
