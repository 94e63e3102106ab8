//! The same request twice is the same request.

use crate::story::{Ask, Story, Tenant};
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

/// What only the owner of the database may do.
async fn owner(story: &Story, sql: &'static str) {
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&story.hub.owner_url).await.expect("connects");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("the owner may");
}

async fn instances(story: &Story, tenant: &Tenant) -> usize {
    story.get(tenant, "/api/v1/instances").await.json()["data"].as_array().expect("rows").len()
}

#[tokio::test]
async fn an_order_whose_answer_cannot_be_kept_was_never_made_and_is_made_once_later() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let body = story.order_body("Shop").await;
    let ask = || Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "order-1").json(&body);

    // As if the process were killed after the use case and before its answer.
    owner(
        &story,
        "CREATE FUNCTION integrations.fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
         CREATE TRIGGER fails BEFORE UPDATE ON integrations.requests FOR EACH ROW WHEN (NEW.status IS NOT NULL) EXECUTE FUNCTION integrations.fails()",
    )
    .await;
    assert_eq!(story.ask(ask()).await.problem(), (500, "fault".to_owned()));
    assert_eq!(instances(&story, &tenant).await, 0);
    assert!(story.hub.jobs("run_operation").await.is_empty());
    owner(&story, "DROP TRIGGER fails ON integrations.requests").await;

    let meanwhile = story.ask(ask()).await;
    assert_eq!(meanwhile.problem(), (409, "idempotency.in_flight".to_owned()));
    assert!(!meanwhile.header("retry-after").is_empty());
    story.hub.at("2026-01-15T09:01:01Z");
    let made = story.ask(ask()).await;
    assert_eq!((made.status, made.header("idempotent-replayed")), (StatusCode::ACCEPTED, ""));
    let again = story.ask(ask()).await;
    assert_eq!((again.header("idempotent-replayed"), again.body == made.body), ("true", true));
    assert_eq!(instances(&story, &tenant).await, 1);
    assert_eq!(story.hub.jobs("run_operation").await.len(), 1);
}

#[tokio::test]
async fn of_many_at_once_under_one_key_one_runs() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let body = story.order_body("Shop").await;
    let ask = || story.ask(Ask::post("/api/v1/instances").by(&tenant.key).with("idempotency-key", "order-1").json(&body));
    let answers = tokio::join!(ask(), ask(), ask(), ask());
    let mut operations = Vec::new();
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        match answer.status {
            StatusCode::ACCEPTED => operations.push(answer.json()["operation"].clone()),
            _ => assert_eq!(answer.problem(), (409, "idempotency.in_flight".to_owned())),
        }
    }
    operations.dedup();
    assert_eq!((operations.len(), instances(&story, &tenant).await), (1, 1));
}

#[tokio::test]
async fn a_day_later_the_key_is_free() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let plan = story.order_body("x").await["plan"].clone();
    let ask = || Ask::post("/api/v1/quotes").by(&tenant.key).with("idempotency-key", "quote-1").json(&json!({ "plan": plan }));
    assert_eq!(story.ask(ask()).await.status, StatusCode::OK);
    story.hub.at("2026-01-16T08:59:59Z");
    assert_eq!(story.ask(ask()).await.header("idempotent-replayed"), "true");
    story.hub.at("2026-01-16T09:00:00Z");
    assert_eq!(story.ask(ask()).await.header("idempotent-replayed"), "");
}

#[tokio::test]
async fn every_post_takes_a_key_and_leaves_one_entry_in_the_audit_trail() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, _) = story.billed(&tenant, "Shop").await;
    let body = story.order_body("Another").await;
    let event = json!({
        "specversion": "1.0", "id": "1", "source": "/test", "type": "storage_gb_hours", "subject": instance,
        "time": "2026-01-15T09:00:00Z", "data": { "value": 1 },
    });
    // The rest asks for a running instance: `instances.rs` follows credentials under a key.
    let asks = [
        (Ask::post("/api/v1/instances").json(&body), 1),
        (Ask::post("/api/v1/quotes").json(&json!({ "plan": body["plan"] })), 0),
        // Usage events are their own record.
        (Ask::post("/api/v1/events").raw("application/cloudevents+json", event.to_string()), 0),
    ];
    for (number, (ask, entries)) in asks.into_iter().enumerate() {
        let ask = ask.by(&tenant.key).with("idempotency-key", format!("key-{number}"));
        let before = audited(&story, &tenant).await;
        let (first, again) = (story.ask(ask.clone()).await, story.ask(ask).await);
        assert!(first.status.is_success(), "{}", first.text());
        assert_eq!((again.header("idempotent-replayed"), again.status, again.body == first.body), ("true", first.status, true));
        assert_eq!(audited(&story, &tenant).await - before, entries, "{}", first.text());
    }
}

async fn audited(story: &Story, tenant: &Tenant) -> i64 {
    let mut tx = story.hub.cx(tenant.id, kernel::Role::Owner).tenant_tx(kernel::Need::MEMBER).await.expect("opens");
    sqlx::query_scalar("SELECT count(*) FROM hub.audit_entries").fetch_one(&mut *tx).await.expect("reads")
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
