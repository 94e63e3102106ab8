//! The order form as it follows from a plan's JSON Schema: one field for each property, in the schema's own order of
//! importance (`x-order`), with labels and help in both languages.
//!
//! Beyond JSON Schema's own words a property may carry `x-title` and `x-help` (`{"en": .., "id": ..}`), `x-order` (a
//! number) and `x-unit`.

use crate::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    Text { pattern: Option<String>, max_length: Option<u64> },
    Integer { minimum: Option<i64>, maximum: Option<i64> },
    Switch,
    /// One of.
    Choice { options: Vec<String> },
    /// Any of, each once.
    Choices { options: Vec<String> },
    /// Rows of fields.
    Rows { fields: Vec<FormField>, minimum: u64, maximum: Option<u64> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormField {
    /// The property's name; a JSON pointer to it is `/` and this.
    pub name: String,
    pub title: Text,
    pub help: Text,
    pub unit: Option<String>,
    pub required: bool,
    pub default: Option<Value>,
    pub kind: FieldKind,
}

/// The fields of an object schema; properties of kinds that a form cannot hold are left to their defaults.
pub fn fields_of(schema: &Value) -> Vec<FormField> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let required: Vec<&str> = schema.get("required").and_then(Value::as_array).map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let mut fields: Vec<(i64, FormField)> = properties
        .iter()
        .filter_map(|(name, property)| {
            let order = property.get("x-order").and_then(Value::as_i64).unwrap_or(i64::MAX);
            Some((order, field(name, property, required.contains(&name.as_str()))?))
        })
        .collect();
    fields.sort_by(|(one, a), (other, b)| (one, &a.name).cmp(&(other, &b.name)));
    fields.into_iter().map(|(_, field)| field).collect()
}

fn field(name: &str, property: &Value, required: bool) -> Option<FormField> {
    Some(FormField {
        name: name.to_owned(),
        title: text_of(property, "x-title", "title").unwrap_or_else(|| Text::same(name.replace('_', " "))),
        help: text_of(property, "x-help", "description").unwrap_or_default(),
        unit: property.get("x-unit").and_then(Value::as_str).map(str::to_owned),
        required,
        default: property.get("default").cloned(),
        kind: kind(property)?,
    })
}

fn kind(property: &Value) -> Option<FieldKind> {
    let number = |name: &str| property.get(name).and_then(Value::as_u64);
    match property.get("type").and_then(Value::as_str)? {
        "string" => Some(match options(property) {
            Some(options) => FieldKind::Choice { options },
            None => FieldKind::Text {
                pattern: property.get("pattern").and_then(Value::as_str).map(str::to_owned),
                max_length: number("maxLength"),
            },
        }),
        "integer" => Some(FieldKind::Integer {
            minimum: property.get("minimum").and_then(Value::as_i64),
            maximum: property.get("maximum").and_then(Value::as_i64),
        }),
        "boolean" => Some(FieldKind::Switch),
        "array" => {
            let items = property.get("items")?;
            match options(items) {
                Some(options) => Some(FieldKind::Choices { options }),
                None if items.get("type").and_then(Value::as_str) == Some("object") => Some(FieldKind::Rows {
                    fields: fields_of(items),
                    minimum: number("minItems").unwrap_or(0),
                    maximum: number("maxItems"),
                }),
                None => None,
            }
        }
        _ => None,
    }
}

fn options(property: &Value) -> Option<Vec<String>> {
    let values = property.get("enum")?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn text_of(property: &Value, both: &str, plain: &str) -> Option<Text> {
    match property.get(both) {
        Some(texts) => serde_json::from_value(texts.clone()).ok(),
        None => property.get(plain).and_then(Value::as_str).map(Text::same),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn draws_a_field_for_each_property_in_order() {
        let fields = fields_of(&json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "zone": {"type": "string", "enum": ["a", "b"], "default": "a", "x-order": 2},
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 20, "x-order": 1, "x-title": {"en": "Name", "id": "Nama"}},
                "limit": {"type": "integer", "minimum": 1, "maximum": 20, "x-order": 3},
                "parts": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"on": {"type": "boolean"}}}, "x-order": 4},
                "free": {"type": "object"}
            }
        }));
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["name", "zone", "limit", "parts"]);
        assert_eq!(fields[0].title, Text::new("Name", "Nama"));
        assert!(fields[0].required && !fields[1].required);
        assert_eq!(fields[1].kind, FieldKind::Choice { options: vec!["a".into(), "b".into()] });
        let FieldKind::Rows { fields: rows, minimum: 1, maximum: None } = &fields[3].kind else { panic!("{:?}", fields[3].kind) };
        assert_eq!(rows[0].kind, FieldKind::Switch);
    }
}
