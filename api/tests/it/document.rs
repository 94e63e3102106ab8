//! The OpenAPI document and its readable form.

use crate::story::{Ask, Story};
use axum::http::{Method, StatusCode};
use serde_json::Value;
use std::collections::BTreeSet;

pub async fn operations(story: &Story) -> Vec<(Method, String, Value)> {
    let document = story.ask(Ask::get("/api/v1/openapi.json")).await.json();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            found.push((method.to_uppercase().parse().expect("a method"), path.clone(), operation.clone()));
        }
    }
    found
}

/// What the interface promises, in the order of the document.
const PROMISED: &[&str] = &[
    "POST /api/v1/events",
    "GET /api/v1/events/refused",
    "GET /api/v1/instances",
    "POST /api/v1/instances",
    "DELETE /api/v1/instances/{id}",
    "GET /api/v1/instances/{id}",
    "PATCH /api/v1/instances/{id}",
    "POST /api/v1/instances/{id}/credentials",
    "POST /api/v1/instances/{id}/resume",
    "POST /api/v1/instances/{id}/rotate-credentials",
    "GET /api/v1/instances/{id}/samples",
    "GET /api/v1/instances/{id}/status",
    "POST /api/v1/instances/{id}/suspend",
    "GET /api/v1/instances/{id}/usage",
    "GET /api/v1/invoices",
    "GET /api/v1/invoices/{id}",
    "GET /api/v1/me",
    "GET /api/v1/offerings",
    "GET /api/v1/offerings/{id}",
    "GET /api/v1/operations/{id}",
    "POST /api/v1/quotes",
    "GET /api/v1/subscriptions",
    "GET /api/v1/usage",
];

#[tokio::test]
async fn the_document_lists_what_is_mounted_and_every_operation_says_what_it_is() {
    let story = Story::begin().await;
    let answer = story.ask(Ask::get("/api/v1/openapi.json")).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    assert!(answer.json()["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));

    let operations = operations(&story).await;
    let listed: Vec<String> = operations.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(listed.iter().map(String::as_str).collect::<Vec<_>>(), PROMISED);

    let mut ids = BTreeSet::new();
    for (method, path, operation) in &operations {
        for field in ["operationId", "summary", "description"] {
            assert!(operation[field].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} lacks {field}");
        }
        assert!(ids.insert(operation["operationId"].as_str()), "{path}: {} stands twice", operation["operationId"]);
        for status in ["401", "406", "429", "500", "503"] {
            assert!(operation["responses"][status].is_object(), "{method} {path} does not tell of {status}");
        }
        // Mounted: anything but "no such address" or "no such method".
        let mounted = story.ask(Ask::new(method.clone(), path.replace("{id}", "x"))).await;
        assert_eq!(mounted.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let story = Story::begin().await;
    let document = story.ask(Ask::get("/api/v1/openapi.json")).await.json();
    fn look(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.strip_prefix('#').expect("references stay within");
                    assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                fields.values().for_each(|value| look(document, value));
            }
            Value::Array(items) => items.iter().for_each(|item| look(document, item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    look(&document, &document);
}

#[tokio::test]
async fn the_reference_is_one_page_that_loads_nothing() {
    let story = Story::begin().await;
    let page = story.ask(Ask::get("/api/docs")).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    let text = page.text();
    for (_, path, operation) in operations(&story).await {
        assert!(text.contains(&format!("id=\"{}\"", operation["operationId"].as_str().expect("an id"))), "{path} is missing");
    }
    for known in api::problem::KNOWN {
        assert!(text.contains(&format!("id=\"problem-{}\"", known.code)), "{} is missing", known.code);
    }
    assert!(!text.contains("<script") && !text.contains("src=") && !text.contains("<link"));
}
