//! What callers ask for, checked at the door.

use crate::instance::SuspendedBy;
use kernel::{FieldError, InstanceId, PageSize, PlanId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest name that a customer gives an instance, in characters.
pub const NAME_LENGTH: usize = 60;
/// Largest configuration, in bytes of JSON.
pub const CONFIGURATION_BYTES: usize = 64 * 1024;

/// Orders an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderInstance {
    /// Chosen by the client, so that sending the same order twice makes one instance; absent: chosen here.
    #[serde(default)]
    pub id: Option<InstanceId>,
    pub plan: PlanId,
    /// What the customer calls it.
    pub name: String,
    /// By the plan's JSON Schema.
    #[serde(default)]
    pub configuration: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateConfiguration {
    pub id: InstanceId,
    /// A new name, or none to keep it.
    #[serde(default)]
    pub name: Option<String>,
    pub configuration: Value,
    /// The version that the caller saw (`InstanceView::version`): another one meanwhile refuses the change.
    #[serde(default)]
    pub if_version: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePlan {
    pub id: InstanceId,
    pub plan: PlanId,
    /// A new name with it, or none to keep it. It is in force at once, also where the plan waits.
    #[serde(default)]
    pub name: Option<String>,
    /// By the new plan's schema; absent: as it is.
    #[serde(default)]
    pub configuration: Option<Value>,
    #[serde(default)]
    pub if_version: Option<i64>,
}

/// Stops an instance, or takes one reason to stand still away from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspendInstance {
    pub id: InstanceId,
    pub by: SuspendedBy,
}

/// What staff decide where a customer's data is gone from the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairChoice {
    /// Set right what can be without hiding a loss.
    KeepLoss,
    /// Go on with an empty one.
    RecreateEmpty,
}

/// In which order a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceSort {
    #[default]
    Newest,
    Oldest,
    Name,
}

/// Which instances to list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ListInstances {
    /// Part of the name, or the whole printed id.
    #[serde(default)]
    pub search: Option<String>,
    /// A state's code; absent: all but `deleted`.
    #[serde(default)]
    pub state: Option<String>,
    /// A driver's name.
    #[serde(default)]
    pub driver: Option<String>,
    #[serde(default)]
    pub sort: InstanceSort,
    #[serde(default)]
    pub size: PageSize,
    /// From the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Which operations to list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ListOperations {
    #[serde(default)]
    pub instance: Option<InstanceId>,
    /// A state's code.
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub size: PageSize,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// The name without spaces around it, if it can be one.
pub fn checked_name(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(FieldError::new("name", "required", "Give the service a name"));
    }
    if name.chars().count() > NAME_LENGTH {
        return Err(FieldError::new("name", "too_long", format!("At most {NAME_LENGTH} characters")));
    }
    if name.chars().any(char::is_control) {
        return Err(FieldError::new("name", "invalid", "Only letters, digits, spaces and signs"));
    }
    Ok(name.to_owned())
}

/// An object of bearable size; nothing at all stands for an empty one.
pub fn checked_configuration(configuration: &Value) -> Result<Value, FieldError> {
    let configuration = match configuration {
        Value::Null => Value::Object(Default::default()),
        Value::Object(_) => configuration.clone(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(FieldError::new("configuration", "not_an_object", "The configuration is a JSON object"));
        }
    };
    if configuration.to_string().len() > CONFIGURATION_BYTES {
        return Err(FieldError::new("configuration", "too_long", format!("At most {} kB", CONFIGURATION_BYTES / 1024)));
    }
    Ok(configuration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(checked_name("  Shop database ").as_deref(), Ok("Shop database"));
        for (name, code) in [("", "required"), ("   ", "required"), (&"x".repeat(61), "too_long"), ("a\u{0}b", "invalid")] {
            assert_eq!(checked_name(name).expect_err("refused").code, code);
        }
    }

    #[test]
    fn configurations_are_objects() {
        assert_eq!(checked_configuration(&Value::Null), Ok(json!({})));
        assert!(checked_configuration(&json!([1])).is_err());
        assert!(checked_configuration(&json!({"a": "x".repeat(70_000)})).is_err());
    }
}
