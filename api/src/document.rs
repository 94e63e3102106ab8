//! The OpenAPI 3.1 document: what the endpoints' annotations say, and what holds for all of them, added here so that no
//! endpoint can forget it.

use crate::problem::{MEDIA_TYPE, ProblemBody, ProblemField};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, openapi::OpenApi};

const TAGS: &[(&str, &str)] = &[
    ("Access", "Whose key it is and what it may do."),
    ("Catalog", "What is on sale, and what it would cost."),
    ("Instances", "Services that the organisation ordered."),
    ("Operations", "Changes under way."),
    ("Usage", "Metered facts, reported and summed up."),
    ("Billing", "Subscriptions and invoices."),
];

/// In the document's own words, in Markdown.
const DESCRIPTION: &str = "Everything that the pages do, for programs. \
Send `Authorization: Bearer <key>`; keys are made in the organisation's settings and reach as far as their scopes. \
Amounts are exact decimals as texts, times are RFC 3339 in UTC, ids have a prefix that names their kind. \
Trouble is a problem document (RFC 9457) with a stable `code`; every answer carries `X-Trace-Id`. \
Lists hand out `next`; send it as `cursor` with the same filter. \
Send an `Idempotency-Key` with every POST to be able to repeat it safely.";

/// The document as it is served and obeyed.
pub fn whole(endpoints: OpenApi, public_url: &str) -> Value {
    let mut document = serde_json::to_value(&endpoints).expect("the document serialises");
    document["info"] = json!({
        "title": "Service Hub",
        "version": "1.0.0",
        "summary": "Order, run and pay for services",
        "description": DESCRIPTION,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": public_url, "description": "This installation" }]);
    document["tags"] = TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    document["security"] = json!([{ "key": [] }]);
    let components = object(&mut document["components"]);
    components.insert("securitySchemes".to_owned(), json!({ "key": { "type": "http", "scheme": "bearer", "bearerFormat": "hub_live_…", "description": "An API key of the organisation." } }));
    let schemas = object(components.entry("schemas").or_insert_with(|| json!({})));
    schemas.insert("Problem".to_owned(), serde_json::to_value(ProblemBody::schema()).expect("schemas serialise"));
    schemas.insert("ProblemField".to_owned(), serde_json::to_value(ProblemField::schema()).expect("schemas serialise"));
    components.insert("responses".to_owned(), problems());
    components.insert("headers".to_owned(), headers());
    let paths = object(&mut document["paths"]);
    for (path, methods) in paths.iter_mut() {
        for (method, operation) in object(methods).iter_mut() {
            complete(path, method, operation);
        }
    }
    document
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().expect("it was just made an object")
}

/// What any operation may answer, by what it takes.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let has_body = operation["requestBody"].is_object();
    if has_body {
        operation["requestBody"]["required"] = json!(true);
    }
    let scopes: Vec<&Value> = operation["security"][0]["key"].as_array().into_iter().flatten().collect();
    let words = match scopes.first().and_then(|scope| scope.as_str()) {
        Some(scope) => format!("Asks for the scope `{scope}`."),
        None => "Any key may ask.".to_owned(),
    };
    let scoped = !scopes.is_empty();
    let description = operation["description"].as_str().map_or_else(|| words.clone(), |text| format!("{text}\n\n{words}"));
    operation["description"] = json!(description);
    if method == "post" {
        let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Any text that is new for each request. The same key with the same body gets the same answer for a day, with `Idempotent-Replayed: true`.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$" },
        }));
        operation["parameters"] = Value::Array(parameters);
    }
    let responses = object(&mut operation["responses"]);
    for (status, answer) in responses.iter_mut() {
        if status.starts_with('2') {
            let headers = object(object(answer).entry("headers").or_insert_with(|| json!({})));
            let replayed: &[(&str, &str)] = if method == "post" { &[("Idempotent-Replayed", "Replayed")] } else { &[] };
            for (name, component) in ALWAYS.iter().chain(replayed) {
                headers.insert((*name).to_owned(), header(component));
            }
        }
    }
    let mut refusals = vec![("400", "BadRequest"), ("401", "Unauthorized"), ("406", "NotAcceptable"), ("429", "TooManyRequests"), ("500", "Fault"), ("503", "Passing")];
    if scoped {
        refusals.push(("403", "Forbidden"));
    }
    if path.contains('{') {
        refusals.push(("404", "NotFound"));
    }
    if method != "get" {
        refusals.extend([("409", "Conflict"), ("413", "TooLarge"), ("422", "Invalid")]);
    }
    if has_body {
        refusals.push(("415", "MediaType"));
    }
    if method == "patch" || method == "delete" {
        refusals.push(("412", "Changed"));
    }
    for (status, component) in refusals {
        responses.entry(status).or_insert_with(|| json!({ "$ref": format!("#/components/responses/{component}") }));
    }
}

/// What every answer to a good key has.
const ALWAYS: &[(&str, &str)] = &[("X-Trace-Id", "TraceId"), ("RateLimit", "RateLimit"), ("RateLimit-Policy", "RateLimitPolicy")];
/// What tells a program what to do next, by the component that describes the trouble.
const TELLING: &[(&str, &str, &str)] = &[
    ("Unauthorized", "WWW-Authenticate", "Challenge"),
    ("Forbidden", "WWW-Authenticate", "Challenge"),
    ("Conflict", "Link", "Monitor"),
    ("Conflict", "Retry-After", "RetryAfter"),
    ("Changed", "ETag", "Present"),
    ("TooManyRequests", "Retry-After", "RetryAfter"),
    ("Passing", "Retry-After", "RetryAfter"),
];

fn header(component: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{component}") })
}

fn problems() -> Value {
    let mut all = descriptions();
    for (name, problem) in object(&mut all).iter_mut() {
        let headers = object(&mut problem["headers"]);
        // A request without a good key has no limit of its own.
        let shared = if name == "Unauthorized" { &ALWAYS[..1] } else { ALWAYS };
        for (field, component) in shared {
            headers.insert((*field).to_owned(), header(component));
        }
        for (_, field, component) in TELLING.iter().filter(|(of, _, _)| of == name) {
            headers.insert((*field).to_owned(), header(component));
        }
    }
    all
}

fn descriptions() -> Value {
    let of = |description: &str| json!({ "description": description, "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    json!({
        "BadRequest": of("The body is not JSON, or a parameter, header or cursor does not fit"),
        "Unauthorized": of("The key is missing, unknown, revoked or expired"),
        "Forbidden": of("The key lacks the scope, or the tier does not allow it"),
        "NotFound": of("There is no such thing in the key's organisation"),
        "NotAcceptable": of("The answer is not available in an accepted form"),
        "Conflict": of("The rules or the present state refuse it"),
        "Changed": of("It was changed since the version named in If-Match"),
        "TooLarge": of("The body is too large"),
        "MediaType": of("The body's type is not understood"),
        "Invalid": of("Some fields do not fit; `errors` lists them"),
        "TooManyRequests": of("Too many requests; `Retry-After` says when to try again"),
        "Fault": of("Something broke on our side; it was logged under `trace_id`"),
        "Passing": of("Out of breath for a moment; `Retry-After` says when to try again"),
    })
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    json!({
        "TraceId": text("Under which the request is logged", "4bf92f3577b34da6a3ce929d0e0e4736"),
        "RateLimit": text("Requests left and seconds until all are there again", "\"default\";r=119;t=1"),
        "Replayed": text("`true` on an answer that was given before under the same idempotency key", "true"),
        "RetryAfter": text("Seconds after which trying again may help", "1"),
        "Challenge": text("What kind of key is asked for, and which scope it lacks", "Bearer realm=\"Service Hub\", error=\"insufficient_scope\", scope=\"services:write\""),
        "Monitor": text("The operation that is under way, with `rel=\"monitor\"`", "</api/v1/operations/op_01h455vb4pex5vsknk084sn02q>; rel=\"monitor\""),
        "Present": text("The present version", "\"4\""),
        "RateLimitPolicy": text("Requests in a window of seconds", "\"default\";q=120;w=60"),
    })
}
