//! What the OpenAPI document says of each operation, as the door enforces it: scopes, media types, sizes. The document
//! is read, not repeated, so that it cannot promise anything else than what happens.

use axum::http::Method;
use kernel::Need;
use serde_json::Value;
use std::{collections::HashMap, ops::RangeInclusive};

/// Where events are sent.
pub const EVENTS: &str = "/api/v1/events";
/// Bodies of all other operations, in bytes.
const BODY_LIMIT: usize = 256 * 1024;
const EVENTS_LIMIT: usize = 1024 * 1024;

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub needs: Vec<Need>,
    /// Media types of successful answers; empty where they have no body.
    pub produces: Vec<String>,
    /// Media types of the body; empty where there is none.
    pub consumes: Vec<String>,
    pub query: Vec<Parameter>,
    pub body_limit: usize,
}

/// One parameter of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    /// The whole numbers that it takes, where it takes such.
    pub range: Option<RangeInclusive<i64>>,
}

/// By method and path template.
#[derive(Debug, Default)]
pub struct Contract(HashMap<(Method, String), Operation>);

impl Contract {
    /// Panics where the document names a scope that does not exist: it is made at the start, from our own annotations.
    pub fn of(document: &Value) -> Self {
        let mut operations = HashMap::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let Ok(method) = Method::from_bytes(method.to_ascii_uppercase().as_bytes()) else { continue };
                operations.insert((method, path.clone()), read(path, operation));
            }
        }
        Self(operations)
    }

    /// HEAD is a GET without its body.
    pub fn find(&self, method: &Method, path: &str) -> Option<&Operation> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned()))
    }
}

fn read(path: &str, operation: &Value) -> Operation {
    let scopes = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object).flat_map(|one| one.values());
    let needs = scopes
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_str)
        .map(|name| Need::from_name(name).expect("operations name scopes that exist"))
        .collect();
    let successes = operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
    let mut produces: Vec<String> = successes.flat_map(|(_, answer)| media_types(answer)).collect();
    produces.sort();
    produces.dedup();
    let consumes = media_types(&operation["requestBody"]);
    let body_limit = if path == EVENTS { EVENTS_LIMIT } else { BODY_LIMIT };
    let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
    let query = parameters.map(|parameter| Parameter { name: parameter["name"].as_str().unwrap_or_default().to_owned(), range: range(&parameter["schema"]) }).collect();
    Operation { needs, produces, consumes, query, body_limit }
}

fn range(schema: &Value) -> Option<RangeInclusive<i64>> {
    // What may be left out may be null as well, so its type is a list.
    let whole = schema["type"] == "integer" || schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "integer"));
    let range = schema["minimum"].as_i64()?..=schema["maximum"].as_i64()?;
    whole.then_some(range)
}

fn media_types(of: &Value) -> Vec<String> {
    of["content"].as_object().into_iter().flatten().map(|(kind, _)| kind.clone()).collect()
}
