//! Where the organisation stands, and which step somebody looks at.

use super::{facts::facts, store::journeys as store};
use crate::journey::{self, Journey, Step};
use kernel::{Denied, Fault, Need};
use platform::Cx;

#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// The profile and the tier are needed for orders.
    #[error("this step cannot be skipped")]
    NotSkippable,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(JourneyError);

impl JourneyError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSkippable => "onboarding.not_skippable",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }
}

pub async fn journey(cx: &Cx) -> Result<Journey, JourneyError> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    let facts = facts(&mut tx).await?;
    let kept = store::find(&mut tx).await?;
    Ok(journey::journey(&facts, &kept.skipped, kept.last_visited))
}

/// Somebody looks at a step: the journey goes on there, on whichever device.
pub async fn visit(cx: &Cx, step: Step) -> Result<(), JourneyError> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    store::save_visited(&mut tx, step).await?;
    tx.commit_unaudited("which page was looked at last is no change of the organisation").await?;
    Ok(())
}
