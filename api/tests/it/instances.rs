//! Ordering and changing instances, short of the backend: the operations are accepted, a worker would carry them out.

use crate::story::{Ask, Story, Tenant};
use axum::http::{Method, StatusCode};
use kernel::InstanceId;
use provisioning::{
    server::{Drivers, driver::Driver, jobs::RunOperation, postgresql::PostgresqlDriver, runner::run_operation},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

async fn works(story: &Story) {
    let driver = PostgresqlDriver::new(&[("local".into(), story.hub.provisioner_url.clone())]).expect("a server");
    let drivers = Drivers::new([Arc::new(driver) as Arc<dyn Driver>]);
    for _ in 0..40 {
        let jobs = story.hub.jobs("run_operation").await;
        if jobs.is_empty() {
            return;
        }
        for job in jobs {
            let job: RunOperation = serde_json::from_value(job).expect("a job");
            run_operation(&story.hub.system(Some(job.tenant)), &drivers, job.operation, Duration::from_secs(10)).await.expect("it runs");
        }
    }
    panic!("the queue does not come to rest");
}

/// Takes what a test left off the backend that all tests share.
async fn clean(story: &Story, tenant: &Tenant, id: InstanceId) {
    let path = format!("/api/v1/instances/{id}");
    let gone = story.ask(Ask::new(Method::DELETE, path).by(&tenant.key)).await;
    assert_eq!(gone.status, StatusCode::ACCEPTED, "{}", gone.text());
    works(story).await;
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(60 * 60 * 24 * 30)));
    provisioning::server::purge_instance(&story.hub.system(None), tenant.id, id).await.expect("purged");
    works(story).await;
}

#[tokio::test]
async fn an_order_is_followed_to_its_credentials_which_are_shown_once() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (id, operation) = story.ordered(&tenant, "Shop").await;
    let path = format!("/api/v1/instances/{id}");
    let busy = story.ask(Ask::post(format!("{path}/suspend")).by(&tenant.key)).await;
    assert_eq!(busy.problem(), (409, "provisioning.busy".to_owned()));
    assert_eq!(busy.json()["operation"], operation.to_string());
    assert_eq!(busy.header("link"), format!("</api/v1/operations/{operation}>; rel=\"monitor\""));

    works(&story).await;
    let followed = story.get(&tenant, &format!("/api/v1/operations/{operation}")).await.json();
    assert_eq!((&followed["state"], &followed["percent"]), (&json!("succeeded"), &json!(100)), "{followed:#}");
    assert!(followed["log"].as_array().is_some_and(|log| !log.is_empty()));
    // The same order again, now that it was carried out.
    let mut order = story.order_body("Shop").await;
    order["id"] = json!(id);
    let again = story.ask(Ask::post("/api/v1/instances").by(&tenant.key).json(&order)).await;
    assert_eq!((again.status, &again.json()["operation"]), (StatusCode::OK, &json!(operation)), "{}", again.text());
    assert_eq!(again.header("location"), format!("/api/v1/operations/{operation}"));

    let shown = story.get(&tenant, &path).await;
    assert_eq!((&shown.json()["state"], &shown.json()["credentials"]["state"]), (&json!("running"), &json!("unseen")));

    let reveal = || Ask::post(format!("{path}/credentials")).by(&tenant.key).with("idempotency-key", "reveal-1");
    let revealed = story.ask(reveal()).await;
    assert_eq!(revealed.status, StatusCode::OK, "{}", revealed.text());
    let password = revealed.json()["password"].as_str().expect("a password").to_owned();
    assert_eq!(story.ask(reveal()).await.body, revealed.body);
    let stored = stored_answers(&story).await;
    assert!(!stored.is_empty() && stored.iter().all(|body| !String::from_utf8_lossy(body).contains(&password)), "answers are stored sealed");
    let twice = story.ask(Ask::post(format!("{path}/credentials")).by(&tenant.key)).await;
    assert_eq!(twice.problem(), (409, "provisioning.already_shown".to_owned()));

    let rotated = story.ask(Ask::post(format!("{path}/rotate-credentials")).by(&tenant.key)).await;
    assert_eq!(rotated.status, StatusCode::ACCEPTED);
    works(&story).await;
    let fresh = story.ask(Ask::post(format!("{path}/credentials")).by(&tenant.key)).await.json();
    assert_ne!(fresh["password"], password);
    clean(&story, &tenant, id).await;
}

async fn stored_answers(story: &Story) -> Vec<Vec<u8>> {
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&story.hub.owner_url).await.expect("connects");
    sqlx::raw_sql("ALTER TABLE integrations.requests NO FORCE ROW LEVEL SECURITY").execute(&mut connection).await.expect("owned");
    sqlx::query_scalar("SELECT body FROM integrations.requests WHERE body IS NOT NULL LIMIT 100").fetch_all(&mut connection).await.expect("reads")
}

#[tokio::test]
async fn changes_ask_for_the_version_that_was_seen() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (id, _) = story.ordered(&tenant, "Shop").await;
    works(&story).await;
    let path = format!("/api/v1/instances/{id}");
    let seen = story.get(&tenant, &path).await;
    let etag = seen.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", seen.json()["version"]));

    let patch = |body: &serde_json::Value| Ask::new(Method::PATCH, path.clone()).by(&tenant.key).json(body);
    let renamed = story.ask(patch(&json!({ "name": "Store" })).with("if-match", etag.clone())).await;
    assert_eq!((renamed.status, &renamed.json()["instance"]["name"]), (StatusCode::OK, &json!("Store")), "{}", renamed.text());
    let stale = story.ask(patch(&json!({ "name": "Late" })).with("if-match", etag)).await;
    assert_eq!(stale.problem(), (412, "etag.changed".to_owned()));
    assert_eq!(stale.header("etag"), renamed.header("etag"));

    assert_eq!(story.ask(patch(&json!({}))).await.status, StatusCode::OK);
    let plan = story.order_body("x").await["plan"].clone();
    let both = story.ask(patch(&json!({ "name": "Both", "plan": plan }))).await;
    assert_eq!((both.status, &both.json()["instance"]["name"]), (StatusCode::OK, &json!("Both")), "{}", both.text());
    assert_eq!(story.ask(patch(&json!({ "name": " ", "plan": plan }))).await.problem(), (422, "provisioning.invalid".to_owned()));
    let again = story.ask(patch(&json!({ "name": "Both", "plan": plan }))).await;
    assert_eq!((again.status, again.header("etag")), (StatusCode::OK, both.header("etag")), "it is so already");
    let bad = story.ask(patch(&json!({ "configuration": { "connection_limit": 100_000 } }))).await;
    assert_eq!((bad.status.as_u16(), &bad.json()["errors"][0]["pointer"]), (422, &json!("/configuration/connection_limit")), "{}", bad.text());

    let merged = story.ask(Ask::new(Method::PATCH, path.clone()).by(&tenant.key).raw("application/merge-patch+json", r#"{"configuration":{"connection_limit":3}}"#)).await;
    assert_eq!(merged.status, StatusCode::ACCEPTED, "{}", merged.text());
    assert_eq!((&merged.json()["instance"]["configuration"]["connection_limit"], &merged.json()["instance"]["configuration"]["database_name"]), (&json!(3), &json!("shop")));
    works(&story).await;

    let suspended = story.ask(Ask::post(format!("{path}/suspend")).by(&tenant.key)).await;
    assert_eq!(suspended.status, StatusCode::ACCEPTED);
    works(&story).await;
    assert_eq!(story.ask(Ask::post(format!("{path}/suspend")).by(&tenant.key)).await.status, StatusCode::OK);
    assert_eq!(story.get(&tenant, &path).await.json()["suspended_by"], json!(["customer"]));
    assert_eq!(story.ask(Ask::post(format!("{path}/resume")).by(&tenant.key)).await.status, StatusCode::ACCEPTED);
    works(&story).await;
    clean(&story, &tenant, id).await;
}

#[tokio::test]
async fn name_plan_and_configuration_are_one_change_or_none() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (id, _) = story.ordered(&tenant, "Shop").await;
    works(&story).await;
    let path = format!("/api/v1/instances/{id}");
    let patch = |body: &serde_json::Value| Ask::new(Method::PATCH, path.clone()).by(&tenant.key).json(body);
    let seen = story.get(&tenant, &path).await.json();
    let (business, other) = (story.plan("managed-postgresql", "business").await, story.plan("uptime-monitoring", "basic").await);
    for (refused, code) in [
        (json!({ "name": " ", "plan": business }), "provisioning.invalid"),
        (json!({ "name": "Store", "plan": other }), "provisioning.other_service"),
        (json!({ "name": "Store", "plan": "pln_01h455vb4pex5vsknk084sn02q" }), "provisioning.no_such_plan"),
        (json!({ "name": "Store", "plan": business, "configuration": { "connection_limit": 100_000 } }), "provisioning.invalid"),
        (json!({ "name": " ", "plan": business, "configuration": { "connection_limit": 100 } }), "provisioning.invalid"),
    ] {
        let answer = story.ask(patch(&refused)).await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{refused}");
        assert!(answer.json()["errors"][0]["pointer"].is_string(), "{refused}");
        assert_eq!(story.get(&tenant, &path).await.json(), seen, "nothing of {refused} is done");
    }

    let whole = json!({ "name": "Store", "plan": business, "configuration": { "connection_limit": 100 } });
    let taken = story.ask(patch(&whole)).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text());
    let instance = &taken.json()["instance"];
    assert_eq!((&instance["name"], &instance["plan"], &instance["configuration"]["connection_limit"]), (&json!("Store"), &json!(business), &json!(100)));
    let version = seen["version"].as_i64().expect("a number");
    assert_eq!(instance["version"], json!(version + 1), "one change");
    works(&story).await;
    clean(&story, &tenant, id).await;
}

#[tokio::test]
async fn the_client_may_choose_the_id() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let mut body = story.order_body("Shop").await;
    body["id"] = json!("ins_01h455vb4pex5vsknk084sn02q");
    let ask = |body: &serde_json::Value| Ask::post("/api/v1/instances").by(&tenant.key).json(body);
    let first = story.ask(ask(&body)).await;
    assert_eq!((first.status, &first.json()["instance"]["id"]), (StatusCode::ACCEPTED, &body["id"]));
    let again = story.ask(ask(&body)).await;
    assert_eq!((again.status, &again.json()["operation"]), (StatusCode::ACCEPTED, &first.json()["operation"]));
    body["name"] = json!("Another");
    assert_eq!(story.ask(ask(&body)).await.problem(), (409, "provisioning.order_conflict".to_owned()));
}
