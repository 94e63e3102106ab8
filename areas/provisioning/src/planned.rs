//! A smaller plan that waits for the term's end: what the instance is to be then.

use kernel::PlanId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The plan that was asked for, with the configuration that fits it. That it still waits, and until when, billing knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedChange {
    pub plan: PlanId,
    pub configuration: Value,
}

/// The planned configuration after the present one was changed meanwhile: what was changed now is changed then, too.
pub fn with_same_change(planned: &Value, from: &Value, to: &Value) -> Value {
    let (Some(planned_fields), Some(from), Some(to)) = (planned.as_object(), from.as_object(), to.as_object()) else { return planned.clone() };
    let mut fields = planned_fields.clone();
    for (name, value) in to {
        if from.get(name) != Some(value) {
            fields.insert(name.clone(), value.clone());
        }
    }
    for name in from.keys().filter(|name| !to.contains_key(*name)) {
        fields.remove(name);
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_changed_now_is_changed_then_and_nothing_else() {
        let planned = json!({"database_name": "shop", "connection_limit": 5, "extensions": []});
        let from = json!({"database_name": "shop", "connection_limit": 20, "extensions": [], "note": "x"});
        let to = json!({"database_name": "store", "connection_limit": 20, "extensions": ["citext"]});
        assert_eq!(with_same_change(&planned, &from, &to), json!({"database_name": "store", "connection_limit": 5, "extensions": ["citext"]}));
        assert_eq!(with_same_change(&planned, &from, &from), planned);
    }
}
