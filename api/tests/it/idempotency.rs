//! The same request twice is the same request.

use crate::story::{Ask, Story};
use axum::http::StatusCode;
use integrations::idempotency::IdempotencyKey;
use serde_json::json;

#[tokio::test]
async fn a_repeat_gets_the_same_answer_and_makes_nothing_new() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let body = story.order_body("Shop").await;
    let ask = || Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "order-1").json(&body);
    let first = story.ask(ask()).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (StatusCode::ACCEPTED, ""));
    for _ in 0..3 {
        let again = story.ask(ask()).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (StatusCode::ACCEPTED, "true"));
        assert_eq!((again.body.clone(), again.header("location").to_owned(), again.header("etag").to_owned()), (first.body.clone(), first.header("location").to_owned(), first.header("etag").to_owned()));
    }
    let quoted = Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "\"order-1\"").json(&body);
    assert_eq!(story.ask(quoted).await.header("idempotent-replayed"), "true");
    let list = story.get(&tenant, "/api/v1/instances").await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));

    let other = story.order_body("Another").await;
    let refused = story.ask(Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "order-1").json(&other)).await;
    assert_eq!(refused.problem(), (422, "idempotency.other_body".to_owned()));
    let elsewhere = Ask::post(format!("/api/v1/instances/{}/suspend", first.json()["instance"]["id"].as_str().expect("an id")));
    assert_eq!(story.ask(elsewhere.by(&tenant.key).with("idempotency-key", "order-1")).await.problem().0, 422);
}

#[tokio::test]
async fn a_mistake_is_corrected_under_the_same_key() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let ask = |body: &serde_json::Value| Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "order-1").json(body);
    assert_eq!(story.ask(ask(&json!({ "name": "x" }))).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(story.ask(ask(&story.order_body("x").await)).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn keys_belong_to_their_organisation() {
    let story = Story::begin().await;
    let (ours, theirs) = (story.tenant("ours").await, story.tenant("theirs").await);
    let body = story.order_body("Shop").await;
    let ask = |key: &str| Ask::post("/api/v1/instances").by(key).with("idempotency-key", "order-1").json(&body);
    let (first, second) = (story.ask(ask(&ours.key)).await, story.ask(ask(&theirs.key)).await);
    assert_eq!((first.status, second.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_eq!(second.header("idempotent-replayed"), "");
    assert_ne!(first.json()["instance"]["id"], second.json()["instance"]["id"]);
}

#[tokio::test]
async fn a_request_still_running_is_in_flight_and_one_lost_with_its_process_runs_again_making_the_same() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let body = story.order_body("Shop").await;
    let ask = || Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "order-1").json(&body);
    let first = story.ask(ask()).await.json();

    // As a killed process leaves it: the work is committed, the answer was never stored.
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&story.hub.owner_url).await.expect("connects");
    sqlx::raw_sql("ALTER TABLE integrations.requests NO FORCE ROW LEVEL SECURITY; UPDATE integrations.requests SET status = NULL, headers = NULL, body = NULL; ALTER TABLE integrations.requests FORCE ROW LEVEL SECURITY")
        .execute(&mut connection)
        .await
        .expect("the answer is gone");
    let meanwhile = story.ask(ask()).await;
    assert_eq!(meanwhile.problem(), (409, "idempotency.in_flight".to_owned()));
    assert!(!meanwhile.header("retry-after").is_empty());

    story.hub.at("2026-01-15T09:02:00Z");
    let again = story.ask(ask()).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (StatusCode::ACCEPTED, ""));
    assert_eq!(again.json()["instance"]["id"], first["instance"]["id"]);
    assert_eq!(again.json()["operation"], first["operation"]);
    assert_eq!(story.get(&tenant, "/api/v1/instances").await.json()["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn ill_formed_keys_are_refused() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    for key in ["", " ", &"k".repeat(256)] {
        let body = story.order_body("x").await;
        let answer = story.ask(Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", key).json(&body)).await;
        assert_eq!(answer.problem(), (400, "header.invalid".to_owned()), "{key:?}");
    }
    assert!(IdempotencyKey::parse("order-1").is_ok());
}
