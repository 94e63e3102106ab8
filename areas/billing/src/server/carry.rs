//! A value of a level holds until the next one: what becomes known of a term that was closed changes the level that the terms
//! after it began with.

use super::{
    errors::BillingError,
    store::{
        subscriptions::Segment,
        totals::{self, Grown, TotalKey},
        usage::{self, SegmentKey},
    },
};
use platform::TenantTx;

/// Carries the level that a meter ends a segment with through those that follow, in order of time, up to the next value that was
/// told. What of it was charged for already is late.
pub(super) async fn carry_on(tx: &mut TenantTx, (subscription, from): SegmentKey, meter: &str, following: &[Segment]) -> Result<(), BillingError> {
    let keys: Vec<TotalKey> = std::iter::once(from).chain(following.iter().map(|segment| segment.from_at)).map(|from| (subscription, from, meter)).collect();
    let mut totals = totals::lock_totals(tx, &keys).await?.into_iter();
    let Some(level) = totals.next().and_then(|total| total.level()) else { return Ok(()) };
    let mut grown = Vec::new();
    for (segment, mut total) in following.iter().zip(totals) {
        if total.carried == Some(level) {
            break;
        }
        let told = total.latest.is_some();
        let first = if told { usage::first_at(tx, (subscription, segment.from_at), meter).await? } else { None };
        total.begin_with(level, first);
        grown.push(Grown { subscription, meter, total, late: segment.until_at.is_some() });
        if told {
            break;
        }
    }
    Ok(totals::save_totals(tx, &grown).await?)
}
