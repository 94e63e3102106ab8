//! What provisioning takes from the areas below: a plan's terms from the catalog, the tier from the organisation.

use super::rules;
use catalog::{Plan, Text};
use kernel::{Fault, FieldError, OfferingId, PlanId};
use platform::TenantTx;
use serde_json::Value;
use std::collections::BTreeMap;

/// What an instance takes over from its plan.
#[derive(Debug, Clone)]
pub(super) struct PlanFacts {
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

/// The organisation's tier; the smallest until it has chosen one.
pub(super) async fn tier(tx: &mut TenantTx) -> Result<String, Fault> {
    let organisation = identity::server::organisation(tx).await?;
    Ok(organisation.tier.map(|tier| tier.code().to_owned()).unwrap_or_default())
}
