//! Who gets in: every operation of the document, asked by nobody, by a key without its scope, and for another
//! organisation's things.

use crate::{
    document::operations,
    story::{Ask, Story},
};
use axum::http::{Method, StatusCode};
use serde_json::json;

/// Operations whose id is nobody's own: the catalog is the same for all. May only shrink.
const SHARED: &[&str] = &["/api/v1/offerings/{id}"];

fn asked(method: &Method, path: &str, id: &str) -> Ask {
    let ask = Ask::new(method.clone(), path.replace("{id}", id));
    match (method, path) {
        (&Method::PATCH, _) => ask.json(&json!({ "name": "Another name" })),
        (&Method::POST, "/api/v1/instances") => ask.json(&json!({ "plan": "pln_01h455vb4pex5vsknk084sn02q", "name": "x" })),
        (&Method::POST, "/api/v1/quotes") => ask.json(&json!({ "plan": "pln_01h455vb4pex5vsknk084sn02q" })),
        (&Method::POST, "/api/v1/events") => ask.raw("application/cloudevents+json", "{}"),
        _ => ask,
    }
}

#[tokio::test]
async fn nobody_gets_in_and_no_cookie_helps() {
    let story = Story::begin().await;
    for (method, path, _) in operations(&story).await {
        for ask in [
            asked(&method, &path, "x"),
            asked(&method, &path, "x").by("hub_live_0000000000000000000000000000000000000000000"),
            asked(&method, &path, "x").with("cookie", "hub_session=abc"),
            asked(&method, &path, "x").with("authorization", "Basic YTpi"),
        ] {
            let answer = story.ask(ask).await;
            assert_eq!(answer.problem(), (401, "access.signed_out".to_owned()), "{method} {path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_key_reaches_as_far_as_its_scopes_and_refused_changes_are_on_record() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    for (method, path, operation) in operations(&story).await {
        let scopes: Vec<&str> = operation["security"][0]["key"].as_array().expect("scopes").iter().filter_map(|scope| scope.as_str()).collect();
        let [scope] = scopes[..] else {
            assert!(scopes.is_empty(), "{path}");
            continue;
        };
        let others: Vec<&str> = kernel::Role::Admin.permissions().names().into_iter().filter(|name| *name != scope).collect();
        let key = story.key(tenant.id, &others).await;
        let answer = story.ask(asked(&method, &path, "x").by(&key)).await;
        assert_eq!(answer.problem(), (403, "access.denied".to_owned()), "{method} {path}");
        assert_eq!(answer.json()["scope"], *scope);
        assert_eq!(answer.header("www-authenticate"), format!("Bearer realm=\"Service Hub\", error=\"insufficient_scope\", scope=\"{scope}\""));
    }
    let cx = story.hub.cx(tenant.id, kernel::Role::Owner);
    let mut tx = cx.tenant_tx(kernel::Need::MEMBER).await.expect("opens");
    let refused: i64 = sqlx::query_scalar("SELECT count(*) FROM hub.audit_entries WHERE action = 'access.refused' AND refused").fetch_one(&mut *tx).await.expect("reads");
    assert!(refused > 0);
}

#[tokio::test]
async fn another_organisations_id_answers_byte_for_byte_as_an_unknown_one() {
    let story = Story::begin().await;
    let (ours, theirs) = (story.tenant("ours").await, story.tenant("theirs").await);
    let (_, operation) = story.ordered(&theirs, "Their database").await;
    let (instance, invoice) = story.billed(&theirs, "Their other database").await;
    for (method, path, _) in operations(&story).await.into_iter().filter(|(_, path, _)| path.contains("{id}") && !SHARED.contains(&path.as_str())) {
        let (known, unknown) = match path.split('/').nth(3) {
            Some("instances") => (instance.to_string(), "ins_01h455vb4pex5vsknk084sn02q"),
            Some("operations") => (operation.to_string(), "op_01h455vb4pex5vsknk084sn02q"),
            Some("invoices") => (invoice.to_string(), "inv_01h455vb4pex5vsknk084sn02q"),
            other => panic!("say here how an id of {other:?} of another organisation is got"),
        };
        let mut bodies = Vec::new();
        for id in [known.as_str(), unknown, "no-id-at-all"] {
            let answer = story.ask(asked(&method, &path, id).by(&ours.key)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path} {id}: {}", answer.text());
            let mut headers: Vec<(String, String)> = Vec::new();
            for (name, value) in &answer.headers {
                // What counts requests and names them differs from one request to the next, whatever they ask for.
                let differs = ["x-trace-id", "traceparent", "ratelimit"].contains(&name.as_str());
                headers.push((name.to_string(), if differs { String::new() } else { value.to_str().expect("visible ASCII").to_owned() }));
            }
            headers.sort();
            bodies.push((answer.body, headers));
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{method} {path}");
    }
}

#[tokio::test]
async fn limits_are_told_before_they_are_reached() {
    let story = Story::begin().await;
    let starter = story.organisation("small", "STARTER").await;
    let key = story.key(starter, &["services:read"]).await;
    let first = story.ask(Ask::get("/api/v1/me").by(&key)).await;
    assert_eq!((first.header("ratelimit-policy"), first.header("ratelimit")), ("\"default\";q=60;w=60", "\"default\";r=59;t=1"));
    let mut last = first;
    for _ in 0..70 {
        last = story.ask(Ask::get("/api/v1/me").by(&key)).await;
        if last.status != StatusCode::OK {
            break;
        }
    }
    assert_eq!(last.problem(), (429, "rate.exceeded".to_owned()));
    assert!(last.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1));
}

#[tokio::test]
async fn guessing_keys_is_stopped_and_good_keys_at_the_same_address_go_on() {
    let story = Story::begin().await;
    let (used, unused) = (story.tenant("used").await, story.tenant("unused").await);
    assert_eq!(story.get(&used, "/api/v1/me").await.status, StatusCode::OK);
    let guess = || Ask::get("/api/v1/me").by("hub_live_0000000000000000000000000000000000000000000");
    for _ in 0..60 {
        assert_eq!(story.ask(guess()).await.problem().0, 401);
    }
    let stopped = story.ask(guess()).await;
    assert_eq!(stopped.problem(), (429, "access.too_many_failures".to_owned()));
    assert!(!stopped.header("retry-after").is_empty());
    assert_eq!(story.get(&used, "/api/v1/me").await.status, StatusCode::OK);
    assert_eq!(story.get(&unused, "/api/v1/me").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(story.ask(Ask::get("/api/v1/me")).await.problem().0, 401);
    story.hub.at("2026-01-15T09:01:01Z");
    assert_eq!(story.get(&unused, "/api/v1/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_its_database_it_says_when_to_come_back() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    story.hub.platform.db.close().await;
    let answer = story.get(&tenant, "/api/v1/instances").await;
    assert_eq!(answer.problem(), (503, "fault.passing".to_owned()));
    assert_eq!((answer.header("retry-after"), &answer.json()["trace_id"]), ("5", &json!(answer.header("x-trace-id"))));
    assert_eq!(answer.json()["instance"].as_str().map(|urn| urn.replace('-', "")), Some(format!("urn:uuid:{}", answer.header("x-trace-id"))));
}

#[tokio::test]
async fn a_key_learns_whose_it_is() {
    let story = Story::begin().await;
    let tenant = story.organisation("acme", "PROFESSIONAL").await;
    let key = story.key(tenant, &["services:read", "usage:write"]).await;
    let me = story.ask(Ask::get("/api/v1/me").by(&key)).await.json();
    assert_eq!(me["organisation"]["id"], tenant.to_string());
    assert_eq!((&me["organisation"]["tier"], &me["scopes"]), (&json!("PROFESSIONAL"), &json!(["services:read", "usage:write"])));
}

#[tokio::test]
async fn wrong_addresses_methods_and_forms_are_told_apart() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    for nowhere in ["/api/v1/nothing/here", "/api/v1", "/api/v1/", "/api", "/api/", "/api/v2/me", "/api/docs/"] {
        assert_eq!(story.get(&tenant, nowhere).await.problem(), (404, "route.not_found".to_owned()), "{nowhere}");
    }
    let method = story.ask(Ask::new(Method::PUT, "/api/v1/instances").by(&tenant.key)).await;
    assert_eq!(method.problem(), (405, "route.method".to_owned()));
    assert_eq!(method.header("allow"), "GET,HEAD,POST");
    let form = story.ask(Ask::get("/api/v1/me").by(&tenant.key).with("accept", "text/html")).await;
    assert_eq!(form.problem(), (406, "route.not_acceptable".to_owned()));
    let head = story.ask(Ask::new(Method::HEAD, "/api/v1/me").by(&tenant.key)).await;
    assert_eq!((head.status, head.body.len(), head.header("content-type")), (StatusCode::OK, 0, "application/json"));
}

#[tokio::test]
async fn every_answer_says_under_which_trace_it_is_logged() {
    let story = Story::begin().await;
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for path in ["/api/v1/me", "/api/v1/nothing", "/api/docs", "/api/v1/openapi.json"] {
        let answer = story.ask(Ask::get(path).with("traceparent", sent)).await;
        assert_eq!(answer.header("x-trace-id"), "4bf92f3577b34da6a3ce929d0e0e4736", "{path}");
        assert!(answer.header("traceparent").starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
        assert_eq!(story.ask(Ask::get(path)).await.header("x-trace-id").len(), 32);
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    assert_eq!(story.get(&tenant, "/api/v1/me").await.status, StatusCode::OK);
    let owner = story.hub.cx(tenant.id, kernel::Role::Owner);
    let key = integrations::server::api_keys(&owner).await.expect("lists").remove(0);
    integrations::server::revoke_api_key(&owner, key.id).await.expect("revokes");
    let refused = story.get(&tenant, "/api/v1/me").await;
    assert_eq!(refused.problem(), (401, "access.signed_out".to_owned()));
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"Service Hub\", error=\"invalid_token\"");
}
