//! What a configuration must be besides its plan's schema, asked before an order or a change is taken: a schema cannot say
//! what an address of a page is. Each driver brings its rule when the process makes its drivers, so that areas above
//! provisioning have theirs, too.

use kernel::FieldError;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// Pure: what is wrong with a configuration under a plan's limits, by JSON pointers like `/configuration/checks/0/target`.
pub type ConfigurationRule = fn(&Value, &BTreeMap<String, i64>) -> Result<(), Vec<FieldError>>;

/// By driver. Rules are functions without state, so one table serves the whole process.
static RULES: RwLock<BTreeMap<&'static str, ConfigurationRule>> = RwLock::new(BTreeMap::new());

pub(super) fn learn(driver: &'static str, rule: ConfigurationRule) {
    RULES.write().unwrap_or_else(PoisonError::into_inner).insert(driver, rule);
}

/// A driver without a rule, or one that this process does not have, has nothing to add: its operation will tell.
pub(super) fn check(driver: &str, configuration: &Value, limits: &BTreeMap<String, i64>) -> Result<(), Vec<FieldError>> {
    let rule = RULES.read().unwrap_or_else(PoisonError::into_inner).get(driver).copied();
    rule.map_or(Ok(()), |rule| rule(configuration, limits))
}
