//! Leaving a step out, and taking it up after all.

use super::{see::JourneyError, store::journeys as store};
use crate::journey::Step;
use kernel::Need;
use platform::Cx;
use serde_json::json;

/// Skipped already is fine.
pub async fn skip(cx: &Cx, step: Step) -> Result<(), JourneyError> {
    if !step.may_be_skipped() {
        return Err(JourneyError::NotSkippable);
    }
    let mut tx = cx.tenant_tx(Need::SETTINGS_WRITE).await?;
    store::add_skipped(&mut tx, step).await?;
    tx.audit("onboarding.step.skipped", step, json!({}));
    tx.commit().await?;
    Ok(())
}

pub async fn take_up(cx: &Cx, step: Step) -> Result<(), JourneyError> {
    let mut tx = cx.tenant_tx(Need::SETTINGS_WRITE).await?;
    store::remove_skipped(&mut tx, step).await?;
    tx.audit("onboarding.step.taken_up", step, json!({}));
    tx.commit().await?;
    Ok(())
}
