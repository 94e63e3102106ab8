//! Prices, usage and invoices.

use crate::story::{Answer, Ask, Story, Tenant};
use axum::http::StatusCode;
use kernel::InstanceId;
use serde_json::{Value, json};

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

fn event(instance: InstanceId, id: &str, value: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/test", "type": "storage_gb_hours", "subject": instance,
        "time": "2026-01-15T09:00:00Z", "data": { "value": value },
    })
}

fn pointers(answer: &Answer) -> Vec<Value> {
    answer.json()["errors"].as_array().expect("errors").iter().map(|error| error["pointer"].clone()).collect()
}

async fn send(story: &Story, tenant: &Tenant, kind: &str, body: &Value) -> Answer {
    story.ask(Ask::post("/api/v1/events").by(&tenant.key).raw(kind, body.to_string())).await
}

#[tokio::test]
async fn an_event_counts_once_however_often_and_in_whichever_mode_it_is_sent() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, _) = story.billed(&tenant, "Shop").await;

    let first = send(&story, &tenant, ONE, &event(instance, "1", "2.5")).await;
    assert_eq!((first.status, &first.json()["accepted"]), (StatusCode::ACCEPTED, &json!(1)), "{}", first.text());
    let again = send(&story, &tenant, ONE, &event(instance, "1", "2.50")).await;
    assert_eq!((again.status, &again.json()["duplicate"]), (StatusCode::ACCEPTED, &json!(1)));
    let other = send(&story, &tenant, ONE, &event(instance, "1", "99")).await;
    assert_eq!(other.problem(), (409, "event.conflict".to_owned()));

    let binary = Ask::post("/api/v1/events")
        .by(&tenant.key)
        .with("ce-specversion", "1.0")
        .with("ce-id", "1")
        .with("ce-source", "/test")
        .with("ce-type", "storage_gb_hours")
        .with("ce-subject", instance.to_string())
        .with("ce-time", "2026-01-15T09:00:00Z")
        .json(&json!({ "value": 2.5 }));
    let binary = story.ask(binary).await;
    assert_eq!((binary.status, &binary.json()["duplicate"]), (StatusCode::ACCEPTED, &json!(1)), "{}", binary.text());

    for plain in [event(instance, "1", "2.5"), json!([event(instance, "1", "2.5")])] {
        let plain = send(&story, &tenant, "application/json", &plain).await;
        assert_eq!((plain.status, &plain.json()["duplicate"]), (StatusCode::ACCEPTED, &json!(1)), "{}", plain.text());
    }
    let mut named = event(instance, "2", "1");
    named["Bad-Attr"] = json!("x");
    let named = send(&story, &tenant, ONE, &named).await;
    assert_eq!((named.problem(), pointers(&named)), ((422, "event.invalid".to_owned()), vec![json!("/Bad-Attr")]));

    let usage = story.get(&tenant, &format!("/api/v1/instances/{instance}/usage")).await.json();
    let meter = usage["data"][0]["meters"].as_array().expect("meters").iter().find(|meter| meter["meter"] == "storage_gb_hours").expect("counted");
    assert_eq!((&meter["quantity"], &meter["events"]), (&json!("2.5"), &json!(1)));
    assert!(meter["derivation"].as_array().is_some_and(|steps| !steps.is_empty()));
    assert_eq!(story.get(&tenant, "/api/v1/usage").await.json(), usage);
}

#[tokio::test]
async fn a_batch_is_taken_event_by_event() {
    let story = Story::begin().await;
    let (ours, theirs) = (story.tenant("ours").await, story.tenant("theirs").await);
    let (instance, _) = story.billed(&ours, "Shop").await;
    let (foreign, _) = story.billed(&theirs, "Their shop").await;
    let mut bad = event(instance, "4", "1");
    bad["data"]["value"] = json!("-1");
    bad["time"] = json!("2027-01-01T00:00:00Z");
    let batch = json!([event(instance, "1", "1"), event(instance, "1", "1"), event(instance, "1", "2"), event(foreign, "3", "1"), bad, 7]);
    let answer = send(&story, &ours, BATCH, &batch).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["accepted"], &body["duplicate"], &body["refused"]), (&json!(1), &json!(1), &json!(4)));
    let told: Vec<(u64, &str)> = body["events"].as_array().expect("events").iter().map(|one| (one["status"].as_u64().unwrap_or_default(), one["code"].as_str().unwrap_or_default())).collect();
    assert_eq!(told, [(202, ""), (202, ""), (409, "event.conflict"), (409, "event.no_such_instance"), (422, "event.invalid"), (422, "event.invalid")]);
    let pointers: Vec<&Value> = body["events"][4]["errors"].as_array().expect("errors").iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/4/data/value", "/4/time"]);

    assert_eq!(send(&story, &ours, BATCH, &json!([])).await.status, StatusCode::ACCEPTED);
    assert_eq!(send(&story, &ours, BATCH, &json!({})).await.problem().0, 422);
    assert_eq!(send(&story, &ours, ONE, &json!([])).await.problem().0, 422);
    assert_eq!(send(&story, &ours, ONE, &json!({})).await.problem(), (422, "event.invalid".to_owned()));
    assert_eq!(send(&story, &ours, "application/json", &json!({})).await.problem(), (400, "header.invalid".to_owned()));
    let long: Vec<Value> = (0..1_001).map(|index| event(instance, &index.to_string(), "1")).collect();
    assert_eq!(send(&story, &ours, BATCH, &json!(long)).await.problem().0, 422);
    let large = story.ask(Ask::post("/api/v1/events").by(&ours.key).raw(BATCH, vec![b' '; 1024 * 1024 + 1])).await;
    assert_eq!(large.problem(), (413, "body.too_large".to_owned()));
}

/// What JSON numbers can say is taken as it is said, and what reading would round is refused, never counted as another.
#[tokio::test]
async fn a_number_is_counted_as_it_was_written_or_refused() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, _) = story.billed(&tenant, "Shop").await;
    let written = |id: &str, value: &str| event(instance, id, "N").to_string().replace("\"N\"", value);
    let ask = |kind: &str, body: String| story.ask(Ask::post("/api/v1/events").by(&tenant.key).raw(kind, body));

    for changed in ["0.1234567890123456", "0.1000000000000000055", "100000000000000000001.5"] {
        let refused = ask(ONE, written("1", changed)).await;
        assert_eq!(refused.problem(), (422, "event.invalid".to_owned()), "{changed}");
        assert_eq!((&refused.json()["errors"][0]["pointer"], &refused.json()["errors"][0]["code"]), (&json!("/data/value"), &json!("inexact")), "{changed}");
    }
    let binary = Ask::post("/api/v1/events")
        .by(&tenant.key)
        .with("ce-specversion", "1.0")
        .with("ce-id", "1")
        .with("ce-source", "/test")
        .with("ce-type", "storage_gb_hours")
        .with("ce-subject", instance.to_string())
        .with("ce-time", "2026-01-15T09:00:00Z")
        .raw("application/json", "{\"value\": 0.1000000000000000055}");
    assert_eq!(story.ask(binary).await.json()["errors"][0]["code"], "inexact");

    // In a batch each stands for itself; none of the refused identities is used up.
    let batch = format!("[{}, {}, {}]", written("1", "0.1000000000000000055"), written("2", "1.25e1"), written("3", "\"0.125000000000\""));
    let answer = ask(BATCH, batch).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS, "{}", answer.text());
    let body = answer.json();
    let outcomes: Vec<&Value> = body["events"].as_array().expect("events").iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["refused", "accepted", "accepted"], "{body}");
    assert_eq!(body["events"][0]["errors"][0]["pointer"], "/0/data/value");
    assert_eq!(ask(ONE, written("1", "123456789.012345")).await.status, StatusCode::ACCEPTED);
    assert_eq!(ask(ONE, written("4", "0.5000000000000000000000")).await.status, StatusCode::ACCEPTED);
    let usage = story.get(&tenant, &format!("/api/v1/instances/{instance}/usage")).await.json();
    let meter = usage["data"][0]["meters"].as_array().expect("meters").iter().find(|meter| meter["meter"] == "storage_gb_hours").expect("counted");
    assert_eq!((&meter["quantity"], &meter["events"]), (&json!("123456802.137345"), &json!(4)));
}

#[tokio::test]
async fn a_quote_and_an_order_refuse_numbers_that_reading_would_change() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let order = story.order_body("Shop").await;
    let quote = json!({ "plan": order["plan"], "usage": { "storage_gb_hours": "N" } });
    let ask = |path: &str, body: &Value, number: &str| story.ask(Ask::post(path).by(&tenant.key).raw("application/json", body.to_string().replace("\"N\"", number)));

    let refused = ask("/api/v1/quotes", &quote, "73000.0000000000000001").await;
    assert_eq!(refused.problem(), (422, "body.invalid".to_owned()));
    assert_eq!((&refused.json()["errors"][0]["pointer"], &refused.json()["errors"][0]["code"]), (&json!("/usage/storage_gb_hours"), &json!("inexact")));
    let mut prices = Vec::new();
    for same in ["73000", "7.3e4", "73000.0000000000000000", "\"73000\""] {
        let quoted = ask("/api/v1/quotes", &quote, same).await;
        assert_eq!(quoted.status, StatusCode::OK, "{same}: {}", quoted.text());
        prices.push(quoted.json()["each_term"]["subtotal"].clone());
    }
    assert!(prices.iter().all(|price| *price == prices[0]), "{prices:?}");

    let mut order = order;
    order["configuration"]["connection_limit"] = json!("N");
    let refused = ask("/api/v1/instances", &order, "4.0000000000000000001").await;
    assert_eq!(refused.problem(), (422, "body.invalid".to_owned()));
    assert_eq!(refused.json()["errors"][0]["pointer"], "/configuration/connection_limit");
    let half = ask("/api/v1/instances", &order, "4.5").await;
    assert_eq!(half.json()["errors"][0]["code"], "type", "that one is exact, but no whole number");
    // A whole number is one however it is written, and kept as one.
    let taken = ask("/api/v1/instances", &order, "4.0").await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text());
    assert_eq!(taken.json()["instance"]["configuration"]["connection_limit"].to_string(), "4");
}

#[tokio::test]
async fn no_key_takes_the_identity_of_what_the_platform_measures() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, _) = story.billed(&tenant, "Shop").await;
    let mut forged = event(instance, "measured-1", "0");
    forged["source"] = json!("provisioning/postgresql");
    assert_eq!(send(&story, &tenant, ONE, &forged).await.status, StatusCode::ACCEPTED);
    let measured = billing::server::UsageEvent {
        source: "provisioning/postgresql".into(),
        id: "measured-1".into(),
        instance,
        meter: "storage_gb_hours".into(),
        value: 5.into(),
        unique: None,
        at: "2026-01-15T09:00:00Z".parse().expect("a time"),
    };
    let outcome = billing::server::record_usage(&story.hub.system(Some(tenant.id)), &[measured]).await.expect("recorded");
    assert_eq!(outcome, [billing::server::UsageOutcome::Accepted]);
}

#[tokio::test]
async fn a_quote_is_the_bill_with_how_it_came_to_be() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let plan = story.order_body("x").await["plan"].clone();
    let ask = |body: Value| Ask::post("/api/v1/quotes").by(&tenant.key).json(&body);
    let quote = story.ask(ask(json!({ "plan": plan, "usage": { "storage_gb_hours": "73000" } }))).await;
    assert_eq!(quote.status, StatusCode::OK, "{}", quote.text());
    let quote = quote.json();
    assert_eq!((&quote["currency"], &quote["interval"]), (&json!("USD"), &json!("monthly")));
    let lines = quote["each_term"]["lines"].as_array().expect("lines");
    let sum: f64 = lines.iter().map(|line| line["amount"]["amount"].as_str().expect("text").parse::<f64>().expect("a number")).sum();
    assert_eq!(format!("{sum:.2}"), quote["each_term"]["subtotal"]["amount"].as_str().expect("text"));
    assert!(lines.iter().all(|line| line["derivation"].as_array().is_some_and(|steps| steps.last().is_some_and(|step| step["rounded"]["currency"] == "USD"))), "{lines:#?}");

    let rupiah = story.ask(ask(json!({ "plan": plan, "currency": "IDR" }))).await;
    assert_eq!((rupiah.status, &rupiah.json()["currency"]), (StatusCode::OK, &json!("IDR")), "{}", rupiah.text());
    for (body, pointer) in [
        (json!({ "plan": plan, "currency": "GBP" }), "/currency"),
        (json!({ "plan": plan, "interval": "weekly" }), "/interval"),
        (json!({ "plan": plan, "usage": { "storage_gb_hours": "-1" } }), "/usage/storage_gb_hours"),
        (json!({ "plan": plan, "usage": { "storage_gb_hours": "many" } }), "/usage/storage_gb_hours"),
    ] {
        let answer = story.ask(ask(body.clone())).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}: {}", answer.text());
    }
    let unsold = story.ask(ask(json!({ "plan": plan, "interval": "annual" }))).await;
    assert_eq!((unsold.problem(), pointers(&unsold)), ((422, "billing.not_sold".to_owned()), vec![json!("/interval")]));
    let unsold = story.ask(ask(json!({ "plan": plan, "interval": "quarterly", "currency": "IDR" }))).await;
    assert_eq!((unsold.problem(), pointers(&unsold)), ((422, "billing.not_sold".to_owned()), vec![json!("/interval"), json!("/currency")]));
    let unknown = story.ask(ask(json!({ "plan": "pln_01h455vb4pex5vsknk084sn02q" }))).await;
    assert_eq!((unknown.problem(), pointers(&unknown)), ((422, "billing.plan_not_found".to_owned()), vec![json!("/plan")]));
}

#[tokio::test]
async fn invoices_are_json_and_pdf() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, invoice) = story.billed(&tenant, "Shop").await;
    let path = format!("/api/v1/invoices/{invoice}");

    let list = story.get(&tenant, "/api/v1/invoices?state=open").await.json();
    assert_eq!((&list["data"][0]["id"], &list["next"]), (&json!(invoice), &Value::Null));
    let shown = story.get(&tenant, &path).await;
    assert_eq!(shown.header("content-type"), "application/json");
    let shown = shown.json();
    assert_eq!((&shown["number"], &shown["bill"]["total"]), (&list["data"][0]["number"], &list["data"][0]["total"]));
    assert!(shown["bill"]["lines"][0]["id"].as_str().is_some_and(|id| id.starts_with("lin_")));

    for ask in [Ask::get(path.clone()).with("accept", "application/pdf"), Ask::get(format!("{path}.pdf"))] {
        let pdf = story.ask(ask.by(&tenant.key)).await;
        assert_eq!((pdf.status, pdf.header("content-type")), (StatusCode::OK, "application/pdf"));
        assert!(pdf.body.starts_with(b"%PDF-"));
        assert!(pdf.header("content-disposition").contains(shown["number"].as_str().expect("a number")));
    }
    let html = story.ask(Ask::get(path).by(&tenant.key).with("accept", "text/html")).await;
    assert_eq!(html.problem().0, 406);

    let subscriptions = story.get(&tenant, "/api/v1/subscriptions").await.json();
    assert_eq!((&subscriptions["data"][0]["instance"], &subscriptions["data"][0]["state"]), (&json!(instance), &json!("active")));
}
