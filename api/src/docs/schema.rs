//! JSON Schemas in the reference: as a list of fields, and as an example.

use super::html::{Html, escape, markdown};
use serde_json::{Map, Value, json};

/// How deep fields are opened; deeper ones are named by their type.
const DEPTH: usize = 4;

/// What a `$ref` or a nullable `oneOf` leads to.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return &document["components"]["schemas"][name];
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        let options = schema[word].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(option) = options.iter().find(|option| option["type"] != "null") {
            return resolved(document, option);
        }
    }
    schema
}

fn is_nullable(schema: &Value) -> bool {
    let null = json!("null");
    schema["type"].as_array().is_some_and(|types| types.contains(&null)) || schema["oneOf"].as_array().is_some_and(|options| options.iter().any(|option| option["type"] == null))
}

/// `string`, `integer[]`, `object`.
fn kind(document: &Value, schema: &Value) -> String {
    let inner = resolved(document, schema);
    let name = match &inner["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("any").to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "any".to_owned(),
    };
    let name = if name == "array" { format!("{}[]", kind(document, &inner["items"])) } else { name };
    if is_nullable(schema) { format!("{name} or null") } else { name }
}

/// Limits in words, with a comma in front.
pub fn bounds(schema: &Value) -> String {
    let mut words = String::new();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        words.push_str(&format!(", one of {}", values.join(", ")));
    }
    match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(least), Some(most)) => words.push_str(&format!(", {least} to {most}")),
        (Some(least), None) if least != 0.0 => words.push_str(&format!(", at least {least}")),
        _ => {}
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        words.push_str(&format!(", at most {most} characters"));
    }
    words
}

/// The fields of an object, each with its type and what it means.
pub fn write(page: &mut Html, document: &Value, schema: &Value) {
    fields(page, document, schema, DEPTH);
}

fn fields(page: &mut Html, document: &Value, schema: &Value, depth: usize) {
    let schema = resolved(document, schema);
    let schema = if schema["items"].is_object() { resolved(document, &schema["items"]) } else { schema };
    let Some(properties) = schema["properties"].as_object() else { return };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    page.push("<dl>");
    for (name, property) in properties {
        let inner = resolved(document, property);
        let words = property["description"].as_str().or_else(|| inner["description"].as_str()).unwrap_or_default();
        let mark = if required.contains(&name.as_str()) { "" } else { " <em>optional</em>" };
        page.push(&format!(
            "<dt><code>{}</code> <small>{}{}</small>{mark}</dt><dd>{}",
            escape(name),
            escape(&kind(document, property)),
            escape(&bounds(inner)),
            markdown(words)
        ));
        let nested = if inner["items"].is_object() { resolved(document, &inner["items"]) } else { inner };
        if nested["properties"].is_object() && depth > 1 {
            page.push("<details><summary>Fields</summary>");
            fields(page, document, nested, depth - 1);
            page.push("</details>");
        }
        page.push("</dd>");
    }
    page.push("</dl>");
}

/// A value that fits.
pub fn example(document: &Value, schema: &Value) -> Value {
    sample(document, schema, DEPTH)
}

fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    let inner = resolved(document, schema);
    if let Some(example) = inner.get("example").or_else(|| inner["examples"].get(0)) {
        return example.clone();
    }
    if let Some(first) = inner["enum"].get(0) {
        return first.clone();
    }
    let kind = match &inner["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "",
    };
    match kind {
        "object" if depth > 0 => {
            let fields = inner["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, property)| (name.clone(), sample(document, property, depth - 1))).collect::<Map<_, _>>())
        }
        "array" if depth > 0 => json!([sample(document, &inner["items"], depth - 1)]),
        "string" => text(inner),
        "integer" | "number" => inner["minimum"].as_i64().map_or(json!(1), |least| json!(least)),
        "boolean" => json!(true),
        "object" => json!({}),
        "array" => json!([]),
        _ => Value::Null,
    }
}

fn text(schema: &Value) -> Value {
    let prefix = schema["pattern"].as_str().and_then(|pattern| pattern.strip_prefix('^')).and_then(|pattern| pattern.split_once("_[")).map(|(prefix, _)| prefix);
    match (schema["format"].as_str(), prefix) {
        (Some("date-time"), _) => json!("2026-01-15T09:00:00Z"),
        (Some("date"), _) => json!("2026-01-15"),
        (_, Some(prefix)) => json!(format!("{prefix}_01h455vb4pex5vsknk084sn02q")),
        _ => json!("text"),
    }
}
