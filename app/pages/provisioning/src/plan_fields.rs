//! What another plan asks about a service that is there: only what it allows differently. The rest stays as it is.

use serde_json::{Map, Value};

/// Words of a schema that say how a field looks and begins, not what it takes.
const LOOKS: [&str; 4] = ["default", "title", "description", "examples"];

/// The other plan's schema with those properties alone that it limits otherwise than the present one.
pub fn differing(present: &Value, other: &Value) -> Value {
    let properties: Map<String, Value> =
        entries(&other["properties"]).filter(|(name, property)| differs(&present["properties"][name.as_str()], property)).map(|(name, property)| (name.clone(), property.clone())).collect();
    let required: Vec<Value> = other["required"].as_array().into_iter().flatten().filter(|name| name.as_str().is_some_and(|name| properties.contains_key(name))).cloned().collect();
    let mut schema = other.as_object().cloned().unwrap_or_default();
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("required".to_owned(), Value::Array(required));
    Value::Object(schema)
}

/// What the service is configured with under the other plan: `answers` to what `differing` asks, the rest as it is now.
#[cfg(any(feature = "ssr", test))]
pub fn carried(present: &Value, other: &Value, now: &Value, answers: &Value) -> Value {
    let asked = differing(present, other);
    let value = |name: &str| if asked["properties"].get(name).is_some() { answers.get(name) } else { now.get(name) };
    Value::Object(entries(&other["properties"]).filter_map(|(name, _)| Some((name.clone(), value(name)?.clone()))).collect())
}

/// A number that the other plan does not allow, brought to its nearest bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    pub property: String,
    pub from: f64,
    pub to: f64,
}

/// The settings of now with their numbers within the schema's bounds, and which those are that had to be brought there.
pub fn fitting(schema: &Value, mut values: Value) -> (Value, Vec<Fitted>) {
    let mut fitted = Vec::new();
    for (name, value) in values.as_object_mut().into_iter().flatten() {
        let bound = |which: &str| &schema["properties"][name.as_str()][which];
        let Some(number) = value.as_f64() else { continue };
        let (least, most) = (bound("minimum").clone(), bound("maximum").clone());
        let nearest = match (least.as_f64(), most.as_f64()) {
            (_, Some(high)) if number > high => most,
            (Some(low), _) if number < low => least,
            _ => continue,
        };
        fitted.push(Fitted { property: name.clone(), from: number, to: nearest.as_f64().unwrap_or(number) });
        *value = nearest;
    }
    (values, fitted)
}

fn differs(present: &Value, other: &Value) -> bool {
    takes(present) != takes(other)
}

/// A schema without what it looks like.
fn takes(schema: &Value) -> Value {
    match schema {
        Value::Object(words) => Value::Object(words.iter().filter(|(word, _)| !word.starts_with("x-") && !LOOKS.contains(&word.as_str())).map(|(word, value)| (word.clone(), takes(value))).collect()),
        Value::Array(values) => Value::Array(values.iter().map(takes).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(most: i64, default: i64, help: &str) -> Value {
        json!({
            "required": ["name", "connections"],
            "properties": {
                "name": { "type": "string", "maxLength": 31, "x-help": { "en": help } },
                "connections": { "type": "integer", "minimum": 2, "maximum": most, "default": default },
            }
        })
    }

    #[test]
    fn another_plan_asks_only_about_what_it_allows_differently() {
        let asked = differing(&plan(20, 10, "Letters."), &plan(5, 5, "Lower-case letters."));
        assert_eq!(asked["required"], json!(["connections"]));
        assert_eq!(asked["properties"], json!({ "connections": { "type": "integer", "minimum": 2, "maximum": 5, "default": 5 } }));
        assert_eq!(differing(&plan(5, 2, ""), &plan(5, 5, ""))["properties"], json!({}), "how a field begins is no limit");
        let unknown = differing(&json!({}), &plan(5, 5, ""));
        assert_eq!(unknown["required"], json!(["name", "connections"]), "what the present plan does not know is asked about");
    }

    #[test]
    fn what_was_not_asked_about_stays_as_it_is() {
        let now = json!({ "name": "shop", "connections": 20, "old": true });
        let sent = json!({ "name": "renamed by the way", "connections": 4 });
        assert_eq!(carried(&plan(20, 10, ""), &plan(5, 5, ""), &now, &sent), json!({ "name": "shop", "connections": 4 }));
        assert_eq!(carried(&plan(20, 10, ""), &plan(5, 5, ""), &now, &json!({})), json!({ "name": "shop" }));
    }

    #[test]
    fn settings_are_brought_within_the_other_plans_bounds() {
        let schema = json!({ "properties": { "connections": { "minimum": 2, "maximum": 5 }, "name": { "type": "string" } } });
        let fitted = |from, to| vec![Fitted { property: "connections".to_owned(), from, to }];
        assert_eq!(fitting(&schema, json!({ "connections": 20, "name": "shop" })), (json!({ "connections": 5, "name": "shop" }), fitted(20.0, 5.0)));
        assert_eq!(fitting(&schema, json!({ "connections": 1 })), (json!({ "connections": 2 }), fitted(1.0, 2.0)));
        assert_eq!(fitting(&schema, json!({ "connections": 4, "other": 99 })), (json!({ "connections": 4, "other": 99 }), vec![]));
    }
}
