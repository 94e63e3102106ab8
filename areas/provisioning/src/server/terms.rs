//! What provisioning takes from the areas below: a plan's terms from the catalog, what the organisation's tier allows.

use super::rules;
use catalog::{Plan, Text};
use kernel::{Fault, FieldError, OfferingId, PlanId};
use platform::TenantTx;
use serde_json::Value;
use std::collections::BTreeMap;

/// What an instance takes over from its plan.
#[derive(Debug, Clone)]
pub(crate) struct PlanFacts {
    pub plan: PlanId,
    pub offering: OfferingId,
    pub offering_name: Text,
    pub plan_name: Text,
    pub driver: String,
    pub limits: BTreeMap<String, i64>,
    schema: Value,
}

impl PlanFacts {
    /// A plan without a driver is a tier of the platform's own, which nobody can order as a service.
    fn of(plan: Plan) -> Option<Self> {
        Some(Self {
            plan: plan.id,
            offering: plan.offering,
            offering_name: plan.offering_name,
            plan_name: plan.terms.name,
            driver: plan.driver?,
            limits: plan.terms.limits,
            schema: plan.terms.config_schema,
        })
    }

    /// A limit of the plan; `None` where there is none.
    pub fn limit(&self, name: &str) -> Option<i64> {
        self.limits.get(name).copied().filter(|limit| *limit >= 0)
    }

    /// The configuration with the schema's defaults filled in; refused where the schema or the driver does.
    pub fn validate(&self, configuration: Value) -> Result<Value, Vec<FieldError>> {
        let configuration = catalog::server::validate_configuration(&self.schema, configuration).map_err(|errors| -> Vec<FieldError> {
            errors.into_iter().map(|error| FieldError { field: format!("/configuration{}", error.field), ..error }).collect()
        })?;
        rules::check(&self.driver, &configuration, &self.limits)?;
        Ok(configuration)
    }
}

/// A plan that is sold now.
pub(super) async fn plan_for_order(tx: &mut TenantTx, id: PlanId) -> Result<Option<PlanFacts>, Fault> {
    Ok(catalog::server::plan_for_order(tx, id).await?.and_then(PlanFacts::of))
}

/// A plan that an instance has, sold or not.
pub(super) async fn plan_in_force(tx: &mut TenantTx, id: PlanId) -> Result<Option<PlanFacts>, Fault> {
    Ok(catalog::server::plan(tx, id).await?.and_then(PlanFacts::of))
}

/// The limit of a tier that says how many instances the organisation may have at once.
const INSTANCES: &str = "instances";

/// How many instances the organisation may have at once, deleted ones not counted: by the tier that it subscribes to, as
/// that was when it did; by the one on sale that it chose where it has not subscribed yet; until then by the smallest.
/// `None` for no limit.
pub(super) async fn instances_allowed(tx: &mut TenantTx) -> Result<Option<i64>, Fault> {
    if let Some(plan) = billing::server::tier_subscribed(tx).await?
        && let Some(tier) = catalog::server::plan(tx, plan).await?
    {
        return Ok(allowed(&tier));
    }
    let chosen = identity::server::organisation(tx).await?.tier;
    let tiers = catalog::server::tiers_on_sale(tx).await?;
    let chosen = chosen.and_then(|chosen| tiers.iter().find(|tier| tier.terms.code.eq_ignore_ascii_case(chosen.code())));
    Ok(match chosen {
        Some(tier) => allowed(tier),
        None => tiers.iter().filter_map(allowed).min(),
    })
}

fn allowed(tier: &Plan) -> Option<i64> {
    tier.terms.limit(INSTANCES).filter(|limit| *limit >= 0)
}
