//! Bad input: what is wrong, where, and in which words.

use crate::story::{Ask, Story};
use serde_json::json;

#[tokio::test]
async fn bad_bodies_are_told_apart() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let ask = || Ask::post("/api/v1/instances").by(&tenant.key);

    let bad = story.ask(ask().raw("application/json", "{\"name\": \"x\",\n  plan}")).await;
    assert_eq!(bad.problem(), (400, "body.not_json".to_owned()));
    assert_eq!((&bad.json()["line"], &bad.json()["column"]), (&json!(2), &json!(3)));

    let large = story.ask(ask().raw("application/json", vec![b' '; 256 * 1024 + 1])).await;
    assert_eq!(large.problem(), (413, "body.too_large".to_owned()));
    let announced = story.ask(ask().with("content-length", "999999999").raw("application/json", "{}")).await;
    assert_eq!(announced.problem().0, 413);

    for (kind, body) in [("text/plain", "{}"), ("application/json; charset=latin1", "{}"), ("application/xml", "<a/>")] {
        let answer = story.ask(ask().raw(kind, body)).await;
        assert_eq!(answer.problem(), (415, "body.media_type".to_owned()), "{kind}");
        assert_eq!(answer.header("accept-post"), "application/json");
    }
    assert_eq!(story.ask(ask()).await.problem().0, 415);
    let packed = story.ask(ask().with("content-encoding", "gzip").raw("application/json", "{}")).await;
    assert_eq!(packed.problem().0, 415);

    let good = story.order_body("x").await;
    for (change, pointer, code) in [
        (json!({ "plan": "pln_nonsense" }), "/plan", "invalid"),
        (json!({ "name": 7 }), "/name", "wrong_type"),
        (json!({ "nmae": "x" }), "/nmae", "unknown_field"),
        (json!({ "name": "" }), "/name", "required"),
        (json!({ "name": "x".repeat(61) }), "/name", "too_long"),
        (json!({ "name": "a\u{0}b" }), "/name", "invalid"),
        (json!({ "configuration": [] }), "/configuration", "wrong_type"),
        (json!({ "configuration": { "connection_limit": "many" } }), "/configuration/connection_limit", "type"),
    ] {
        let mut body = good.clone();
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let answer = story.ask(ask().json(&body)).await;
        assert_eq!(answer.status.as_u16(), 422, "{change}: {}", answer.text());
        let error = &answer.json()["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{change}");
        assert!(error["detail"].as_str().is_some_and(|text| !text.is_empty()));
    }
    let array = story.ask(ask().raw("application/json", "[null, null]")).await;
    assert_eq!((array.problem(), &array.json()["errors"][0]["code"]), ((422, "body.invalid".to_owned()), &json!("wrong_type")));
    for plan in [json!("pln_01h455vb4pex5vsknk084sn02q"), json!(story.plan("platform", "professional").await)] {
        let unknown = story.ask(ask().json(&json!({ "plan": plan, "name": "x" }))).await;
        assert_eq!((unknown.problem(), &unknown.json()["errors"][0]["pointer"]), ((422, "provisioning.no_such_plan".to_owned()), &json!("/plan")));
    }
}

#[tokio::test]
async fn bad_queries_name_the_parameter() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let long = format!("search={}", "x".repeat(121));
    for (query, name) in [("limit=0", "limit"), ("limit=101", "limit"), ("limit=ten", "limit"), ("size=5", "size"), ("state=asleep", "state"), ("limit=1&limit=2", "limit"), ("search=%00", "search"), (long.as_str(), "search")] {
        let answer = story.get(&tenant, &format!("/api/v1/instances?{query}")).await;
        assert_eq!(answer.problem(), (400, "query.invalid".to_owned()), "{query}");
        assert_eq!(answer.json()["errors"][0]["parameter"], name, "{query}: {}", answer.text());
    }
    for (query, words) in [
        ("limit=ten", "A whole number from 1 to 100"),
        ("limit=", "A whole number from 1 to 100"),
        ("limit=99999999999999999999", "A whole number from 1 to 100"),
        ("sort=weekly", "One of newest, oldest, name"),
    ] {
        let answer = story.get(&tenant, &format!("/api/v1/instances?{query}")).await;
        assert_eq!(answer.json()["errors"][0]["detail"], words, "{query}: {}", answer.text());
    }
    let hours = story.get(&tenant, "/api/v1/instances/ins_01h455vb4pex5vsknk084sn02q/samples?hours=99999").await;
    assert_eq!(hours.json()["errors"][0]["detail"], "A whole number from 1 to 2160", "{}", hours.text());
    // Also where there is nothing to choose from.
    let answer = story.get(&tenant, "/api/v1/me?verbose=1").await;
    assert_eq!((answer.problem(), &answer.json()["errors"][0]["parameter"]), ((400, "query.invalid".to_owned()), &json!("verbose")));
    assert_eq!(story.get(&tenant, "/api/v1/instances?search=%E2%98%83&limit=1&sort=name").await.status.as_u16(), 200);
}
