//! An endpoint that panics answers like other trouble of ours.

use crate::story::{Ask, Story};
use axum::http::StatusCode;
use kernel::Need;
use platform::Cx;
use serde_json::json;
use utoipa_axum::routes;

/// A change that breaks after it was made, while its answer is written.
#[utoipa::path(post, path = "/api/v1/broken", operation_id = "break", responses((status = 204, description = "Never")), security(("key" = ["services:write"])))]
async fn breaks(api::caller::Caller(cx): api::caller::Caller) -> StatusCode {
    change(&cx).await;
    panic!("the secret is 42");
}

async fn change(cx: &Cx) {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await.expect("the key may");
    tx.audit("test.made", "", json!({}));
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn a_panic_is_a_problem_document_without_a_word_of_what_went_wrong() {
    let mut story = Story::begin().await;
    story.router = api::router_of(story.hub.platform.clone(), api::v1::routes().routes(routes!(breaks)));
    let tenant = story.tenant("acme").await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let ask = Ask::post("/api/v1/broken").by(&tenant.key).with("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    // Under a key the change that was held back is unmade, and the key is free again.
    for _ in 0..2 {
        let answer = story.ask(ask.clone().with("idempotency-key", "k-1")).await;
        assert_eq!(answer.problem(), (500, "fault".to_owned()));
        assert_eq!((answer.header("x-trace-id"), answer.json()["trace_id"].as_str()), (trace, Some(trace)));
        assert_eq!(answer.json()["instance"], "urn:uuid:4bf92f35-77b3-4da6-a3ce-929d0e0e4736");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
    }
    let made = async || {
        let owner = story.hub.cx(tenant.id, kernel::Role::Owner);
        let mut tx = owner.tenant_tx(Need::AUDIT_READ).await.expect("may");
        let made: i64 = sqlx::query_scalar("SELECT count(*) FROM hub.audit_entries WHERE action = 'test.made'").fetch_one(&mut *tx).await.expect("reads");
        made
    };
    assert_eq!(made().await, 0);
    assert_eq!(story.ask(ask).await.problem(), (500, "fault".to_owned()));
    assert_eq!(made().await, 1, "without a key it stands by itself");
}
