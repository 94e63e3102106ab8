//! What somebody chose on the price list, kept from their sign-up to the step of the tier, on whichever device.

use super::{see::JourneyError, store::journeys as store};
use crate::journey::Wish;
use identity::{Interval, Tier};
use kernel::Need;
use platform::Cx;

/// Texts from an address that name no tier or no interval are no wish.
pub async fn note_wish(cx: &Cx, tier: &str, interval: &str) -> Result<(), JourneyError> {
    let (Ok(tier), Ok(interval)) = (tier.to_uppercase().parse::<Tier>(), interval.parse::<Interval>()) else { return Ok(()) };
    let mut tx = cx.tenant_tx(Need::SETTINGS_WRITE).await?;
    store::save_wish(&mut tx, tier, interval).await?;
    tx.commit_unaudited("what was looked at on the price list is no change of the organisation").await?;
    Ok(())
}

pub async fn wish(cx: &Cx) -> Result<Option<Wish>, JourneyError> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    Ok(store::find_wish(&mut tx).await?)
}
