//! The journey's steps, and where an organisation stands on it by the facts.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// In the order in which they are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Country, address, time zone and currency: an invoice could be addressed.
    Profile,
    /// A tier and an interval are subscribed to.
    Tier,
    /// A service instance exists.
    Service,
    /// Somebody else is a member or invited.
    Colleague,
}

/// The text names no step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of profile, tier, service, colleague")]
pub struct UnknownStep(pub String);

impl Step {
    pub const ALL: [Self; 4] = [Self::Profile, Self::Tier, Self::Service, Self::Colleague];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Tier => "tier",
            Self::Service => "service",
            Self::Colleague => "colleague",
        }
    }

    /// Without an address and a tier nothing can be ordered; the rest can wait.
    pub const fn may_be_skipped(self) -> bool {
        match self {
            Self::Profile | Self::Tier => false,
            Self::Service | Self::Colleague => true,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Step {
    type Err = UnknownStep;

    fn from_str(text: &str) -> Result<Self, UnknownStep> {
        Self::ALL.into_iter().find(|step| step.code() == text).ok_or_else(|| UnknownStep(text.chars().take(32).collect()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    Done,
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    pub step: Step,
    pub state: State,
    pub may_be_skipped: bool,
    /// What is still missing, by the names of form fields: `country`, `street`, `city`.
    pub missing: Vec<String>,
}

/// Where an organisation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    pub steps: Vec<StepView>,
    /// The first open step; none when the journey is over.
    pub next: Option<Step>,
    /// Where to go on: the step that was open last, if it still is, else the next.
    pub resume: Option<Step>,
}

impl Journey {
    /// How many steps are still open.
    pub fn open(&self) -> usize {
        self.steps.iter().filter(|view| view.state == State::Open).count()
    }

    /// Whether nothing can be ordered yet: what is open besides can wait.
    pub fn holds_up(&self) -> bool {
        self.steps.iter().any(|view| view.state == State::Open && !view.may_be_skipped)
    }

    pub fn state(&self, step: Step) -> State {
        self.steps.iter().find(|view| view.step == step).map_or(State::Open, |view| view.state)
    }
}

/// What somebody chose on the price list before they signed up, by the catalog's codes. It is shown first where a tier is
/// chosen, and allows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// `STARTER`, `PROFESSIONAL` or `ENTERPRISE`.
    pub tier: String,
    /// `monthly` or `annual`.
    pub interval: String,
}

/// What other areas know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub done: Vec<Step>,
    /// Fields of the profile that are still empty.
    pub missing: Vec<String>,
}

/// Facts first: a step that was skipped and then done anyway is done.
pub fn journey(facts: &Facts, skipped: &[Step], last_visited: Option<Step>) -> Journey {
    let state = |step: Step| {
        if facts.done.contains(&step) {
            State::Done
        } else if skipped.contains(&step) && step.may_be_skipped() {
            State::Skipped
        } else {
            State::Open
        }
    };
    let steps: Vec<StepView> = Step::ALL
        .into_iter()
        .map(|step| StepView {
            step,
            state: state(step),
            may_be_skipped: step.may_be_skipped(),
            missing: if step == Step::Profile { facts.missing.clone() } else { Vec::new() },
        })
        .collect();
    let next = steps.iter().find(|view| view.state == State::Open).map(|view| view.step);
    let resume = last_visited.filter(|step| state(*step) == State::Open).or(next);
    Journey { steps, next, resume }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(done: &[Step]) -> Facts {
        Facts { done: done.to_vec(), missing: Vec::new() }
    }

    #[test]
    fn goes_on_where_it_was_left_unless_that_is_done() {
        use Step::*;
        let fresh = journey(&with(&[]), &[], None);
        assert_eq!((fresh.next, fresh.resume, fresh.open()), (Some(Profile), Some(Profile), 4));
        let left = journey(&with(&[Profile]), &[], Some(Service));
        assert_eq!((left.next, left.resume, left.holds_up()), (Some(Tier), Some(Service), true));
        let ready = journey(&with(&[Profile, Tier]), &[], None);
        assert_eq!((ready.next, ready.holds_up()), (Some(Service), false));
        let done = journey(&with(&[Profile, Service]), &[], Some(Service));
        assert_eq!((done.next, done.resume), (Some(Tier), Some(Tier)));
    }

    #[test]
    fn is_over_when_each_step_is_done_or_skipped() {
        use Step::*;
        let over = journey(&with(&[Profile, Tier, Service]), &[Service, Colleague], Some(Colleague));
        assert_eq!((over.next, over.resume, over.open()), (None, None, 0));
        assert_eq!([over.state(Service), over.state(Colleague)], [State::Done, State::Skipped]);
    }

    #[test]
    fn what_orders_need_cannot_be_skipped() {
        let stubborn = journey(&with(&[]), &[Step::Profile, Step::Tier], None);
        assert_eq!(stubborn.open(), 4);
    }
}
