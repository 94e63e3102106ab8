//! Pages and their cursors.

use crate::story::{Story, Tenant};
use axum::http::StatusCode;
use crate::story::Ask;
use serde_json::{Value, json};

async fn filled(story: &Story, slug: &str, count: usize) -> Tenant {
    let tenant = story.tenant(slug).await;
    for index in 0..count {
        story.ordered(&tenant, &format!("Database {index}")).await;
        story.hub.clock().set(story.hub.clock().now().plus(std::time::Duration::from_secs(1)));
    }
    tenant
}

fn names(page: &Value) -> Vec<String> {
    page["data"].as_array().expect("rows").iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let story = Story::begin().await;
    let tenant = filled(&story, "acme", 5).await;
    let mut path = "/api/v1/instances?limit=2&sort=oldest".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = story.get(&tenant, &path).await.json();
        seen.extend(names(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/instances?limit=2&sort=oldest&cursor={next}");
    }
    assert_eq!(seen, (0..5).map(|index| format!("Database {index}")).collect::<Vec<_>>());
    let found = story.get(&tenant, "/api/v1/instances?search=base%203").await.json();
    assert_eq!((names(&found), &found["next"]), (vec!["Database 3".to_owned()], &Value::Null));
}

#[tokio::test]
async fn a_cursor_is_good_for_its_organisation_and_filter_only() {
    let story = Story::begin().await;
    let (ours, theirs) = (filled(&story, "ours", 3).await, filled(&story, "theirs", 3).await);
    let page = story.get(&ours, "/api/v1/instances?limit=1").await.json();
    let cursor = page["next"].as_str().expect("there is more").to_owned();
    let good = format!("/api/v1/instances?limit=1&cursor={cursor}");
    assert_eq!(story.get(&ours, &good).await.status, StatusCode::OK);

    let mut changed = cursor.clone().into_bytes();
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("ASCII");
    for (who, path) in [
        (&theirs, good.clone()),
        (&ours, format!("/api/v1/instances?limit=1&cursor={changed}")),
        (&ours, format!("/api/v1/instances?limit=1&sort=name&cursor={cursor}")),
        (&ours, format!("/api/v1/instances?limit=1&search=x&cursor={cursor}")),
        (&ours, "/api/v1/instances?cursor=nonsense".to_owned()),
        (&ours, "/api/v1/instances?cursor=".to_owned()),
    ] {
        assert_eq!(story.get(who, &path).await.problem(), (400, "cursor.invalid".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn the_catalog_is_searched() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let all = story.get(&tenant, "/api/v1/offerings").await.json();
    assert!(all["data"].as_array().is_some_and(|rows| rows.len() >= 3));
    let databases = story.get(&tenant, "/api/v1/offerings?search=PostgreSQL").await.json();
    assert_eq!(databases["data"][0]["slug"], "managed-postgresql");
    let one = story.get(&tenant, "/api/v1/offerings/managed-postgresql").await.json();
    let by_id = story.get(&tenant, &format!("/api/v1/offerings/{}", one["id"].as_str().expect("an id"))).await.json();
    assert_eq!(one, by_id);
    let fee = &one["plans"][0]["fees"][0];
    assert!(fee["fee"]["amount"].is_string() && fee["fee"]["currency"].is_string() && fee["interval"].is_string());
    assert_eq!(story.get(&tenant, "/api/v1/offerings/unknown").await.problem(), (404, "catalog.not_found".to_owned()));
}

#[tokio::test]
async fn rows_that_come_meanwhile_neither_repeat_nor_hide_others() {
    let story = Story::begin().await;
    let tenant = filled(&story, "acme", 4).await;
    let first = story.get(&tenant, "/api/v1/instances?limit=2").await.json();
    story.ordered(&tenant, "Newcomer").await;
    let cursor = first["next"].as_str().expect("there is more");
    let second = story.get(&tenant, &format!("/api/v1/instances?limit=2&cursor={cursor}")).await.json();
    assert_eq!([names(&first), names(&second)].concat(), ["Database 3", "Database 2", "Database 1", "Database 0"]);
}

#[tokio::test]
async fn subscriptions_and_usage_come_page_by_page() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let mut ordered = Vec::new();
    for name in ["One", "Two", "Three"] {
        ordered.push(json!(story.billed(&tenant, name).await.0));
        story.hub.clock().set(story.hub.clock().now().plus(std::time::Duration::from_secs(1)));
    }
    ordered.reverse();
    for list in ["subscriptions", "usage", "subscriptions?state=running"] {
        let mut path = format!("/api/v1/{list}{}limit=2", if list.contains('?') { '&' } else { '?' });
        let base = path.clone();
        let mut seen = Vec::new();
        loop {
            let page = story.get(&tenant, &path).await;
            assert_eq!(page.status, StatusCode::OK, "{list}: {}", page.text());
            let page = page.json();
            seen.extend(page["data"].as_array().expect("rows").iter().map(|row| row["instance"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("{base}&cursor={next}");
        }
        assert_eq!(seen, ordered, "{list}");
        let cursor = path.split("cursor=").nth(1).expect("there were two pages");
        let elsewhere = story.get(&tenant, &format!("/api/v1/subscriptions?state=ended&cursor={cursor}")).await;
        assert_eq!(elsewhere.problem(), (400, "cursor.invalid".to_owned()));
    }
    assert_eq!(story.get(&tenant, "/api/v1/subscriptions?state=ended").await.json(), json!({ "data": [], "next": null }));
}

#[tokio::test]
async fn what_is_refused_is_listed_with_its_reason_and_told_again() {
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, _) = story.billed(&tenant, "Shop").await;
    let event = |id: &str, meter: &str, time: &str| {
        json!({ "specversion": "1.0", "id": id, "source": "/test", "type": meter, "subject": instance, "time": time, "data": { "value": "2.50" } })
    };
    // Before the instance was there; and none of the plan's meters.
    let before = event("1", "storage_gb_hours", "2026-01-01T09:00:00Z");
    let unknown = event("2", "requests", "2026-01-15T09:00:00Z");
    for (event, code) in [(&before, "event.not_subscribed"), (&before, "event.not_subscribed"), (&unknown, "event.unknown_meter"), (&unknown, "event.unknown_meter")] {
        let refused = story.ask(Ask::post("/api/v1/events").by(&tenant.key).raw("application/cloudevents+json", event.to_string())).await;
        assert_eq!(refused.problem(), (409, code.to_owned()));
    }
    let listed = story.get(&tenant, "/api/v1/events/refused").await.json();
    assert_eq!(
        listed,
        json!({
            "data": [{
                "because": "unknown_meter", "source": "/test", "id": "2", "instance": instance, "meter": "requests", "value": "2.5",
                "time": "2026-01-15T09:00:00Z", "received_at": "2026-01-15T09:00:00Z",
            }, {
                "because": "not_subscribed", "source": "/test", "id": "1", "instance": instance, "meter": "storage_gb_hours", "value": "2.5",
                "time": "2026-01-01T09:00:00Z", "received_at": "2026-01-15T09:00:00Z",
            }],
            "next": null,
        })
    );
}
