//! Which steps are done, asked of the areas that know.

use crate::journey::{Facts, Step};
use identity::view::Organisation;
use kernel::{Fault, Need};
use platform::{Cx, Opened};
use provisioning::server::ReadError;

/// Read anew each time: a fact that changes elsewhere changes the journey.
pub async fn facts(cx: &Cx) -> Result<Facts, Opened> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    let organisation = identity::server::organisation(&mut tx).await?;
    let colleague = identity::server::has_colleague(&mut tx).await?;
    drop(tx);
    let service = has_service(cx).await?;
    // The interval is written by the subscription's own transaction; a tier alone may be an operator's suggestion.
    let tier = organisation.tier.is_some() && organisation.billing_interval.is_some();
    let known = [(Step::Profile, organisation.profile_is_complete()), (Step::Tier, tier), (Step::Service, service), (Step::Colleague, colleague)];
    Ok(Facts { done: known.into_iter().filter(|(_, done)| *done).map(|(step, _)| step).collect(), missing: missing(&organisation) })
}

async fn has_service(cx: &Cx) -> Result<bool, Opened> {
    match provisioning::server::counts(cx).await {
        Ok(counts) => Ok(counts.by_state.values().sum::<i64>() > 0),
        Err(ReadError::Denied(denied)) => Err(denied.into()),
        Err(ReadError::Fault(fault)) => Err(fault.into()),
        Err(other) => Err(Fault::new(format!("instances could not be counted: {other}")).into()),
    }
}

fn missing(organisation: &Organisation) -> Vec<String> {
    let fields = [("country", organisation.country.is_none()), ("street", organisation.street.is_empty()), ("city", organisation.city.is_empty())];
    fields.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name.to_owned()).collect()
}
