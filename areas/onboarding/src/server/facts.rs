//! Which steps are done, asked of the areas that know.

use crate::journey::{Facts, Step};
use identity::view::Organisation;
use kernel::Fault;
use platform::TenantTx;

/// Read anew each time: a fact that changes elsewhere changes the journey.
pub async fn facts(tx: &mut TenantTx) -> Result<Facts, Fault> {
    let (organisation, colleague) = identity::server::organisation_and_colleague(tx).await?;
    let service = provisioning::server::has_instances(tx).await?;
    // The interval is written by the subscription's own transaction; a tier alone may be an operator's suggestion.
    let tier = organisation.tier.is_some() && organisation.billing_interval.is_some();
    let known = [(Step::Profile, organisation.profile_is_complete()), (Step::Tier, tier), (Step::Service, service), (Step::Colleague, colleague)];
    Ok(Facts { done: known.into_iter().filter(|(_, done)| *done).map(|(step, _)| step).collect(), missing: missing(&organisation) })
}

fn missing(organisation: &Organisation) -> Vec<String> {
    let fields = [("country", organisation.country.is_none()), ("street", organisation.street.is_empty()), ("city", organisation.city.is_empty())];
    fields.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name.to_owned()).collect()
}
