//! Pages and their cursors.

use crate::story::{Story, Tenant};
use axum::http::StatusCode;
use serde_json::Value;

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
