//! Whether a configuration fits its plan's schema, and the schema itself fits JSON Schema.

use crate::{DraftFinding, PlanTerms, Severity};
use jsonschema::{ValidationError, error::ValidationErrorKind};
use kernel::FieldError;
use serde_json::{Map, Value};

/// Errors that one answer lists.
const ERRORS_LIMIT: usize = 50;
/// How deep defaults are filled in.
const DEPTH_LIMIT: usize = 8;

/// The configuration with the schema's defaults filled in, or one error for each field that does not fit, by JSON
/// pointer.
pub fn validate_configuration(schema: &Value, value: Value) -> Result<Value, Vec<FieldError>> {
    let mut filled = value;
    whole_numbers(&mut filled);
    fill_defaults(schema, &mut filled, DEPTH_LIMIT);
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .map_err(|_| vec![FieldError::new("", "schema", "This plan's form is broken; the provider was told.")])?;
    let errors: Vec<FieldError> = validator.iter_errors(&filled).take(ERRORS_LIMIT).map(|error| field_error(&error)).collect();
    if errors.is_empty() { Ok(filled) } else { Err(errors) }
}

/// What is wrong with the schemas of a draft's plans.
pub fn schema_findings(plans: &[PlanTerms]) -> Vec<DraftFinding> {
    plans
        .iter()
        .enumerate()
        .filter_map(|(index, plan)| {
            let problem = match jsonschema::draft202012::meta::validate(&plan.config_schema) {
                Err(error) => error.to_string(),
                Ok(()) => jsonschema::validator_for(&plan.config_schema).err()?.to_string(),
            };
            Some(DraftFinding {
                severity: Severity::Error,
                pointer: format!("/{index}/config_schema"),
                code: "schema".into(),
                message: format!("Not a JSON Schema: {problem}"),
            })
        })
        .collect()
}

/// Puts a property's `default` where the property is missing, inside objects and rows too.
fn fill_defaults(schema: &Value, value: &mut Value, depth: usize) {
    if depth == 0 {
        return;
    }
    if let (Some(properties), Some(object)) = (schema.get("properties").and_then(Value::as_object), value.as_object_mut()) {
        fill_properties(properties, object, depth);
    }
    if let (Some(items), Some(rows)) = (schema.get("items"), value.as_array_mut()) {
        for row in rows {
            fill_defaults(items, row, depth - 1);
        }
    }
}

fn fill_properties(properties: &Map<String, Value>, object: &mut Map<String, Value>, depth: usize) {
    for (name, property) in properties {
        if !object.contains_key(name)
            && let Some(default) = property.get("default")
        {
            object.insert(name.clone(), default.clone());
        }
        if let Some(inner) = object.get_mut(name) {
            fill_defaults(property, inner, depth - 1);
        }
    }
}

/// JSON tells 4.0 from 4 as little as JSON Schema does; what reads configurations does, so both are kept as 4.
fn whole_numbers(value: &mut Value) {
    /// Up to here every whole number is a double.
    const MOST: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().filter(|double| double.fract() == 0.0 && double.abs() <= MOST) {
                *value = Value::from(whole as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn field_error(error: &ValidationError) -> FieldError {
    let pointer = error.instance_path().to_string();
    match error.kind() {
        // These speak of the object around the field; the form wants the field.
        ValidationErrorKind::Required { property } => {
            FieldError::new(format!("{pointer}/{}", property.as_str().unwrap_or_default()), "required", "This is needed.")
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let name = unexpected.first().map(String::as_str).unwrap_or_default();
            FieldError::new(format!("{pointer}/{name}"), "unknown", "There is no such setting.")
        }
        ValidationErrorKind::Type { .. } => FieldError::new(pointer, "type", "This is not the right kind of value."),
        ValidationErrorKind::Minimum { limit } => FieldError::new(pointer, "too_small", format!("At least {limit}.")),
        ValidationErrorKind::Maximum { limit } => FieldError::new(pointer, "too_large", format!("At most {limit}.")),
        ValidationErrorKind::MinLength { limit } => FieldError::new(pointer, "too_short", format!("At least {limit} characters.")),
        ValidationErrorKind::MaxLength { limit } => FieldError::new(pointer, "too_long", format!("At most {limit} characters.")),
        ValidationErrorKind::MinItems { limit } => FieldError::new(pointer, "too_few", format!("At least {limit}.")),
        ValidationErrorKind::MaxItems { limit } => FieldError::new(pointer, "too_many", format!("At most {limit}.")),
        ValidationErrorKind::Pattern { .. } => FieldError::new(pointer, "pattern", "This is not of the form that is asked for."),
        ValidationErrorKind::Enum { options } => FieldError::new(pointer, "choice", format!("One of {options}.")),
        ValidationErrorKind::UniqueItems => FieldError::new(pointer, "not_unique", "Each only once."),
        ValidationErrorKind::Format { format } => FieldError::new(pointer, "format", format!("This is not a {format}.")),
        _ => FieldError::new(pointer, "invalid", "This does not fit."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["name", "checks"],
            "properties": {
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
                "limit": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5},
                "checks": {"type": "array", "maxItems": 1, "items": {
                    "type": "object",
                    "required": ["target"],
                    "properties": {"target": {"type": "string"}, "every": {"type": "integer", "default": 60}}
                }}
            }
        })
    }

    #[test]
    fn fills_defaults_in_objects_and_rows() {
        let filled = validate_configuration(&schema(), json!({"name": "shop", "checks": [{"target": "x"}]}));
        assert_eq!(filled, Ok(json!({"name": "shop", "limit": 5, "checks": [{"target": "x", "every": 60}]})));
    }

    #[test]
    fn whole_numbers_are_kept_as_such() {
        let fits = |limit: Value| validate_configuration(&schema(), json!({"name": "shop", "checks": [], "limit": limit})).map(|kept| kept["limit"].to_string());
        for (written, kept) in [(json!(4), "4"), (json!(4.0), "4"), (json!(1e1), "10")] {
            assert_eq!(fits(written), Ok(kept.to_owned()));
        }
        assert!(fits(json!(4.5)).is_err());
        let mut deep = json!({"a": [-2.0, 1e300, {"b": 0.5, "c": -0.0}]});
        whole_numbers(&mut deep);
        assert_eq!(deep.to_string(), r#"{"a":[-2,1e+300,{"b":0.5,"c":0}]}"#);
    }

    #[test]
    fn points_at_each_field_that_does_not_fit() {
        let errors = validate_configuration(&schema(), json!({"name": "Shop", "limit": 21, "checks": [{}], "colour": 1})).expect_err("four errors");
        let mut found: Vec<(&str, &str)> = errors.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
        found.sort_unstable();
        assert_eq!(found, [("/checks/0/target", "required"), ("/colour", "unknown"), ("/limit", "too_large"), ("/name", "pattern")]);
    }

    #[test]
    fn refuses_what_is_not_an_object() {
        let errors = validate_configuration(&schema(), json!("text")).expect_err("an error");
        assert_eq!((errors[0].field.as_str(), errors[0].code.as_str()), ("", "type"));
    }
}
