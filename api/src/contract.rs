//! What the OpenAPI document says of each operation, as the door enforces it: scopes, media types, sizes. The document
//! is read, not repeated, so that it cannot promise anything else than what happens.

use axum::http::Method;
use kernel::Need;
use serde_json::Value;
use std::collections::HashMap;

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
    /// Names of query parameters.
    pub query: Vec<String>,
    pub body_limit: usize,
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
    let mut consumes = media_types(&operation["requestBody"]);
    let mut body_limit = BODY_LIMIT;
    if path == EVENTS {
        body_limit = EVENTS_LIMIT;
        // In binary mode the body is an event's data, which a schema of bodies alone cannot describe.
        consumes.push("application/json".to_owned());
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
    let query = parameters.filter_map(|parameter| parameter["name"].as_str()).map(str::to_owned).collect();
    Operation { needs, produces, consumes, query, body_limit }
}

fn media_types(of: &Value) -> Vec<String> {
    of["content"].as_object().into_iter().flatten().map(|(kind, _)| kind.clone()).collect()
}
