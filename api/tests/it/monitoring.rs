//! How instances are doing.

use crate::story::Story;
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn an_instance_that_is_being_set_up_says_so_and_has_no_samples_yet() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, _) = story.ordered(&tenant, "Shop").await;
    let status = story.get(&tenant, &format!("/api/v1/instances/{instance}/status")).await;
    assert_eq!(status.status, StatusCode::OK, "{}", status.text());
    assert_eq!((&status.json()["state"], &status.json()["worst"], &status.json()["checks"]), (&json!("creating"), &Value::Null, &json!([])));
    let samples = story.get(&tenant, &format!("/api/v1/instances/{instance}/samples?hours=48")).await;
    assert_eq!((samples.status, samples.json()), (StatusCode::OK, json!({ "data": [], "next": null })));
    for query in ["hours=0", "hours=2161", "check=nonsense", "limit=0"] {
        assert_eq!(story.get(&tenant, &format!("/api/v1/instances/{instance}/samples?{query}")).await.problem(), (400, "query.invalid".to_owned()), "{query}");
    }
    let cursor = story.get(&tenant, &format!("/api/v1/instances/{instance}/samples?cursor=nonsense")).await;
    assert_eq!(cursor.problem(), (400, "cursor.invalid".to_owned()));
}
