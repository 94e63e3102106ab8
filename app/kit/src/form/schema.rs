//! Between a JSON Schema and a posted form: what the fields are, and what the typed texts mean.
//!
//! A form posts texts only. `Typed` takes whatever a nested name like `configuration[checks][0][target]` became, and
//! `to_json` gives the texts the types that the schema says. A text that is no number stays a text, so that the
//! schema's own validator complains about it at the right pointer.

use super::pointer_of;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The posted part of a form as nested texts; the type of a server function's argument.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(pub Value);

impl Typed {
    /// The value that the schema describes.
    pub fn to_json(&self, schema: &Value) -> Value {
        meant(schema, Some(&self.0)).unwrap_or_else(|| Value::Object(Map::new()))
    }
}

/// Properties in the order in which a form shows them: `x-order` where the schema has one, else as written.
pub fn properties(schema: &Value) -> Vec<(&str, &Value)> {
    let mut properties: Vec<(&str, &Value)> =
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, property)| (name.as_str(), property)).collect();
    properties.sort_by_key(|(_, property)| property.get("x-order").and_then(Value::as_i64).unwrap_or(i64::MAX));
    properties
}

pub fn is_required(schema: &Value, name: &str) -> bool {
    schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|required| required == name))
}

/// The schema's type; a list such as `["string", "null"]` counts as its first.
pub fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or("string"),
        Some(kind) => kind.as_str().unwrap_or("string"),
        None => "string",
    }
}

fn meant(schema: &Value, typed: Option<&Value>) -> Option<Value> {
    match kind(schema) {
        "object" => {
            let entries = typed.and_then(Value::as_object);
            let object: Map<String, Value> = properties(schema)
                .into_iter()
                .filter_map(|(name, property)| Some((name.to_owned(), meant(property, entries.and_then(|entries| entries.get(name)))?)))
                .collect();
            Some(Value::Object(object))
        }
        "array" => {
            let nothing = Value::Null;
            let items = schema.get("items").unwrap_or(&nothing);
            let rows = rows(typed?);
            Some(Value::Array(rows.into_iter().filter(|row| !is_unwanted(items, row)).filter_map(|row| meant(items, Some(row))).collect()))
        }
        "boolean" => Some(Value::Bool(matches!(text(typed).as_deref(), Some("true" | "on" | "1")))),
        "integer" => text(typed).filter(|text| !text.is_empty()).map(|text| text.parse::<i64>().map_or(Value::String(text), Value::from)),
        "number" => text(typed).filter(|text| !text.is_empty()).map(|text| {
            let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map_or(Value::String(text), Value::Number)
        }),
        _ => text(typed).filter(|text| !text.is_empty()).map(Value::String),
    }
}

/// Rows of an array: a list, or what `[0]`, `[1]` became when they were read as names.
fn rows(typed: &Value) -> Vec<&Value> {
    match typed {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(entries) => {
            let mut rows: Vec<(usize, &Value)> = entries.iter().filter_map(|(name, row)| Some((name.parse().ok()?, row))).collect();
            rows.sort_by_key(|(index, _)| *index);
            rows.into_iter().map(|(_, row)| row).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// Numbers of the rows of the array at a pointer among typed texts, lowest first, each with whether `to_json` takes it for one.
pub(super) fn typed_rows(typed: &[(String, String)], array: &str, items: &Value) -> Vec<(usize, bool)> {
    let prefix = format!("{array}/");
    let mut rows: BTreeMap<usize, Value> = BTreeMap::new();
    for (field, text) in typed {
        let pointer = pointer_of(field);
        let Some(rest) = pointer.strip_prefix(&prefix) else { continue };
        let (number, part) = rest.split_once('/').unwrap_or((rest, ""));
        // The address with it may be anybody's: no number so high that none follows.
        let Ok(number) = number.parse::<u16>() else { continue };
        let row = rows.entry(number.into()).or_default();
        let text = Value::String(text.clone());
        // What lies deeper counts by its path: here it is only asked whether it is blank.
        match part {
            "" => *row = text,
            part if row.is_null() || row.is_object() => row[part] = text,
            _ => {}
        }
    }
    rows.into_iter().map(|(number, row)| (number, !is_unwanted(items, &row))).collect()
}

/// A row that was offered and not filled in: nothing stands in the texts that it must have. Lists and numbers with a
/// usual value do not count, they are never empty.
fn is_unwanted(items: &Value, row: &Value) -> bool {
    let is_free_text = |property: &Value| kind(property) == "string" && property.get("enum").is_none();
    let texts: Vec<&str> = properties(items).into_iter().filter(|(name, property)| is_required(items, name) && is_free_text(property)).map(|(name, _)| name).collect();
    if texts.is_empty() {
        return is_blank(row);
    }
    texts.iter().all(|name| row.get(*name).is_none_or(is_blank))
}

/// Nothing was typed into it.
fn is_blank(row: &Value) -> bool {
    match row {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(entries) => entries.values().all(is_blank),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn text(typed: Option<&Value>) -> Option<String> {
    match typed? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Bool(on) => Some(on.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_take_the_types_of_the_schema() {
        let schema = json!({
            "type": "object",
            "required": ["storage_gb"],
            "properties": {
                "storage_gb": { "type": "integer", "minimum": 1 },
                "ratio": { "type": "number" },
                "public": { "type": "boolean" },
                "note": { "type": "string" },
                "checks": { "type": "array", "items": { "type": "object", "properties": { "target": { "type": "string" }, "every": { "type": "integer" } } } },
            },
        });
        let typed = Typed(json!({
            "storage_gb": "20", "ratio": "0.5", "note": "", "checks": { "10": { "target": "b", "every": "" }, "2": { "target": "a", "every": "60" }, "11": { "target": " " } },
        }));
        assert_eq!(
            typed.to_json(&schema),
            json!({ "storage_gb": 20, "ratio": 0.5, "public": false, "checks": [{ "target": "a", "every": 60 }, { "target": "b" }] })
        );
    }

    #[test]
    fn a_row_without_its_texts_was_not_wanted() {
        let schema = json!({ "type": "array", "items": { "type": "object", "required": ["target", "kind"], "properties": {
            "target": { "type": "string" }, "kind": { "type": "string", "enum": ["http", "tcp"] } } } });
        let typed = json!([{ "target": "a.test", "kind": "http" }, { "target": "", "kind": "http" }]);
        assert_eq!(meant(&schema, Some(&typed)), Some(json!([{ "target": "a.test", "kind": "http" }])));
    }

    #[test]
    fn typed_rows_are_those_that_the_server_takes_for_rows() {
        let items = json!({ "type": "object", "required": ["target", "kind"], "properties": {
            "target": { "type": "string" }, "kind": { "type": "string", "enum": ["http", "tcp"] } } });
        let of = |typed: &[(&str, &str)], items: &Value| {
            let typed: Vec<(String, String)> = typed.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect();
            typed_rows(&typed, "/form/checks", items)
        };
        let typed = [
            ("/form/name", "Shop"), ("/form/checks/10/target", "c.test"), ("/form/checks/2/kind", "http"), ("/form/checks/2/target", " "),
            ("/form/checks/0/target", "a.test"), ("/form/checks/0/regions/0", "x"), ("/form/others/4/target", "d.test"),
        ];
        assert_eq!(of(&typed, &items), [(0, true), (2, false), (10, true)]);
        assert_eq!(of(&[("/form/checks/0", ""), ("/form/checks/1", "b")], &json!({ "type": "string" })), [(0, false), (1, true)]);
        assert_eq!(of(&[("/form/name", "Shop")], &items), []);
        assert_eq!(of(&[("/form/checks/0", "a"), ("/form/checks/0/target", "a"), ("/form/checks/99999999/target", "a")], &items), [(0, false)], "no form sends this");
    }

    #[test]
    fn what_is_no_number_is_left_for_the_validator() {
        let schema = json!({ "type": "object", "properties": { "storage_gb": { "type": "integer" } } });
        assert_eq!(Typed(json!({ "storage_gb": "many" })).to_json(&schema), json!({ "storage_gb": "many" }));
    }
}
