//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::see::JourneyError;
use crate::journey::Step;
use platform::{Attempt, Cx};

pub async fn skip(cx: &Cx, step: Step) -> Result<(), JourneyError> {
    Attempt::new("onboarding.step.skipped", step).run(cx, super::skip::skip(cx, step)).await
}

pub async fn take_up(cx: &Cx, step: Step) -> Result<(), JourneyError> {
    Attempt::new("onboarding.step.taken_up", step).run(cx, super::skip::take_up(cx, step)).await
}
