//! Changes of status of long ago go when nothing is computed from them any more, results after five weeks.

use crate::{
    story::Story,
    target::{Answer, Target},
};
use kernel::Need;
use monitoring::server;
use serde_json::json;

async fn changes(story: &Story) -> i64 {
    let mut tx = story.cx().tenant_tx(Need::SERVICES_READ).await.expect("opens");
    sqlx::query_scalar("SELECT count(*) FROM monitoring.status_changes").fetch_one(&mut *tx).await.expect("reads")
}

#[tokio::test]
async fn old_changes_go_once_their_months_are_frozen_and_the_last_one_stays() {
    let story = Story::begin().await;
    let mut target = Target::start(Answer::fine()).await;
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 5, "retries": 0}])).await;
    story.probes_after(0.0).await;
    target.stop().await;
    story.probes_after(5.0).await;
    target.comes_back().await;
    story.probes_after(5.0).await;
    // Up, down, up; then we were not looking for more than a year, and are again.
    story.hub.at("2027-03-20T09:00:00Z");
    story.probes_after(0.0).await;
    let (system, before) = (story.hub.system(None), changes(&story).await);
    assert_eq!(before, 5, "up, down, up, unknown, up");
    let id = story.check("Shop").await.id;
    // Not before the months are frozen: they are computed from them.
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 0);
    while server::freeze_due(&system).await.expect("freezes") > 0 {}
    let detail = server::check_detail(&story.cx(), id).await.expect("readable");
    // 428 days later all but the last that was before the cut are gone: it says how it was from then on.
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 3);
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 0);
    assert_eq!(changes(&story).await, 2);
    let after = server::check_detail(&story.cx(), id).await.expect("readable");
    assert_eq!((after.last_90d, after.days, after.months), (detail.last_90d, detail.days, detail.months), "what is shown is the same");
}

#[tokio::test]
async fn more_results_go_in_a_day_than_the_shortest_interval_brings() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 5}])).await;
    story.probes_after(0.0).await;
    // A day of every five seconds, six weeks ago.
    let mut tx = story.cx().tenant_tx(Need::MONITORING_WRITE).await.expect("opens");
    sqlx::query(
        "INSERT INTO monitoring.samples (tenant_id, check_id, at, status)
         SELECT tenant_id, id, $1::timestamptz - interval '42 days' + n * interval '5 seconds', 'up'
           FROM monitoring.checks, generate_series(1, 17280) n",
    )
    .bind(story.hub.clock().now())
    .execute(&mut *tx)
    .await
    .expect("written");
    tx.commit_unaudited("a test").await.expect("commits");
    let results = async || {
        let mut tx = story.cx().tenant_tx(Need::SERVICES_READ).await.expect("opens");
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM monitoring.samples").fetch_one(&mut *tx).await.expect("reads")
    };
    story.probes_after(60.0).await;
    assert_eq!(results().await, 17_282, "not at every probe");
    for _ in 0..4 {
        story.probes_after(3600.0).await;
    }
    assert_eq!(results().await, 6, "of one and the same day");
}
