//! Checks that cannot be frozen or metered hold up nobody's.

use crate::{
    story::Story,
    target::{Answer, Target},
};
use monitoring::server;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// More than are looked at at once, and due before every other.
const BROKEN: i32 = 501;

/// Copies of the one check whose configuration nobody can read, until it is mended.
async fn break_many(owner: &mut PgConnection) {
    sqlx::query(
        "INSERT INTO monitoring.checks
                (tenant_id, id, instance_id, name, spec, created_at, state, status, status_since, runs, runs_from, runs_due, open_month, freeze_at)
         SELECT tenant_id, gen_random_uuid(), instance_id, 'broken ' || n, '{}', created_at, state, status, status_since, runs, runs_from,
                runs_due - interval '1 second', open_month, freeze_at - interval '1 second'
           FROM monitoring.checks, generate_series(1, $1) n",
    )
    .bind(BROKEN)
    .execute(owner)
    .await
    .expect("the owner may");
}

#[tokio::test]
async fn many_that_fail_hold_up_no_other_and_are_tried_again_later() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url()}])).await;
    story.hub.at("2026-01-31T23:57:00Z");
    story.probes_after(0.0).await;
    let mut owner = PgConnection::connect(&story.hub.owner_url).await.expect("answers");
    sqlx::raw_sql("ALTER TABLE monitoring.checks NO FORCE ROW LEVEL SECURITY").execute(&mut owner).await.expect("the owner may");
    break_many(&mut owner).await;
    let system = story.hub.system(None);
    let passes = |seconds: u64| story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(seconds)));

    story.hub.at("2026-02-01T00:00:05Z");
    assert_eq!(server::meter_due(&system).await.expect("none can be"), 0);
    assert_eq!(server::meter_due(&system).await.expect("the others come"), 1);
    let mut frozen = 0;
    for _ in 0..3 {
        frozen += server::freeze_due(&system).await.expect("goes on");
    }
    assert_eq!(frozen, 1, "two batches cannot be, in the third is the one that can");

    sqlx::raw_sql("UPDATE monitoring.checks SET spec = (SELECT spec FROM monitoring.checks WHERE name = 'Shop')").execute(&mut owner).await.expect("the owner may");
    passes(59);
    assert_eq!(server::meter_due(&system).await.expect("not yet"), 0);
    passes(1);
    let metered = server::meter_due(&system).await.expect("mended") + server::meter_due(&system).await.expect("mended");
    assert_eq!(metered, BROKEN as usize);
    assert_eq!(server::freeze_due(&system).await.expect("not yet"), 0);
    passes(3540);
    let mut frozen = 0;
    for _ in 0..3 {
        frozen += server::freeze_due(&system).await.expect("mended");
    }
    assert_eq!(frozen, BROKEN as usize);
}

/// A probe after the five minutes closes them, also where announcing them was put off.
#[tokio::test]
async fn what_is_announced_late_is_announced_by_its_own_five_minutes() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 20}])).await;
    story.hub.at("2026-01-31T23:59:50Z");
    story.probes_after(0.0).await;
    let mut owner = PgConnection::connect(&story.hub.owner_url).await.expect("answers");
    sqlx::raw_sql("ALTER TABLE monitoring.checks NO FORCE ROW LEVEL SECURITY; UPDATE monitoring.checks SET runs_due = runs_due + interval '1 minute'")
        .execute(&mut owner)
        .await
        .expect("the owner may");
    story.probes_after(20.0).await;
    let metered: Vec<_> = story.hub.events().await.into_iter().filter_map(|event| if let kernel::events::Event::Metered(metered) = event { Some(metered) } else { None }).collect();
    let seen: Vec<_> = metered.iter().map(|one| (one.value.as_str(), one.at.to_string())).collect();
    assert_eq!(seen, [("1", "2026-01-31T23:59:50Z".to_owned())]);
}
