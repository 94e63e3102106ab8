//! Metering: storage-hours exact to the microsecond, also where a simulated clock jumps.

use crate::{
    fated::{Fate, fated},
    story::{Story, gets_in},
};
use kernel::events::{Event, Metered};
use provisioning::server;
use rust_decimal::Decimal;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

async fn metered(story: &Story, meter: &str) -> Vec<Metered> {
    let events = story.hub.events().await.into_iter().filter_map(|event| match event {
        Event::Metered(metered) => Some(metered),
        Event::Identity(_) | Event::Provisioning(_) | Event::Billing(_) => None,
    });
    events.filter(|event| event.meter == meter).collect()
}

async fn measures(story: &Story) {
    while server::measure::measure_due(&story.hub.system(None), &story.drivers).await.expect("measured") > 0 {}
}

#[tokio::test]
async fn storage_hours_over_a_month_long_jump_are_exact_and_counted_once() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    measures(&story).await;
    assert_eq!(metered(&story, "storage_gb_hours").await, [], "no time has passed");
    let bytes = story.instance(id).await.measures[0].value;
    assert!(bytes > 1_000_000, "{bytes}");

    let from = story.hub.clock().now();
    story.hub.at("2026-02-15T09:00:00Z");
    measures(&story).await;
    let events = metered(&story, "storage_gb_hours").await;
    assert_eq!(events.len(), 32, "one a UTC day");
    let ids: std::collections::BTreeSet<_> = events.iter().map(|event| event.id.clone()).collect();
    assert_eq!(ids.len(), 32);
    assert_eq!(events[0].at, from);
    assert_eq!(events[31].at.to_string(), "2026-02-15T00:00:00Z");
    let sum: Decimal = events.iter().map(|event| event.value.parse::<Decimal>().expect("a decimal")).sum();
    let exact = Decimal::from(bytes) * Decimal::from(744) / Decimal::from(1_000_000_000);
    assert!((sum - exact).abs() < Decimal::new(1, 9), "{sum} for {exact}");
    measures(&story).await;
    assert_eq!(metered(&story, "storage_gb_hours").await, []);

    // Without asking the backend, up to this moment, once; what was measured lately is left.
    story.hub.clock().set(story.hub.clock().now().plus(server::measure::EVERY));
    assert_eq!(server::measure::settle_storage(&story.hub.system(None), story.tenant).await.expect("nothing to do"), 0);
    story.hub.clock().set(story.hub.clock().now().plus(server::measure::EVERY).plus(Duration::from_secs(60)));
    for expected in [1, 0] {
        server::measure::settle_storage(&story.hub.system(None), story.tenant).await.expect("settled");
        assert_eq!(metered(&story, "storage_gb_hours").await.len(), expected);
    }

    // Deleting bills the last minutes.
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(3600)));
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    assert_eq!(metered(&story, "storage_gb_hours").await.len(), 1);
    story.works().await;
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(86_400)));
    measures(&story).await;
    assert_eq!(metered(&story, "storage_gb_hours").await, [], "a deleted instance costs nothing");
    story.end().await;
}

#[tokio::test]
async fn measured_values_are_forgotten_after_400_days() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    for (later, kept) in [(0, 1), (400, 2), (1, 2)] {
        story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(later * 86_400)));
        server::measure::measure_instance(&story.hub.system(None), &story.drivers, story.tenant, id).await.expect("measured");
        let mut tx = story.system().tenant_tx(kernel::Need::SERVICES_READ).await.expect("opens");
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM provisioning.measurements").fetch_one(&mut *tx).await.expect("readable");
        assert_eq!(count, kept, "{later} days later");
    }
    story.end().await;
}

#[tokio::test]
async fn the_days_connection_peak_is_the_highest_that_any_look_saw() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    let sessions = [gets_in(&credentials).await.expect("in"), gets_in(&credentials).await.expect("in"), gets_in(&credentials).await.expect("in")];
    story.reconciles().await;
    for session in sessions {
        sqlx::Connection::close(session).await.expect("closed");
    }
    measures(&story).await;
    let peaks = metered(&story, "connection_peak").await;
    assert_eq!(peaks.iter().map(|event| event.value.as_str()).collect::<Vec<_>>(), ["3"]);
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(600)));
    measures(&story).await;
    assert_eq!(metered(&story, "connection_peak").await, [], "no higher than before");
    story.end().await;
}

#[tokio::test]
async fn what_is_kept_beyond_the_quota_is_shown_and_stops_growth_but_is_never_deleted() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    let mut tx = story.system().tenant_tx(kernel::Need::SERVICES_READ).await.expect("opens");
    sqlx::query("UPDATE provisioning.instances SET limits = '{\"storage_gb\": 0, \"connections\": 50}'").execute(&mut *tx).await.expect("written");
    tx.commit_unaudited("a test's plan").await.expect("committed");
    measures(&story).await;
    assert_eq!(story.instance(id).await.over_quota, provisioning::view::OverQuota::ReadOnly);
    story.reconciles().await;
    story.works().await;
    let mut inside = gets_in(&credentials).await.expect("it may still be read");
    assert!(sqlx::raw_sql("CREATE TABLE more (x int)").execute(&mut inside).await.is_err(), "it grew");
    story.end().await;
}

#[tokio::test]
async fn people_are_told_by_mail_at_each_mark_of_what_is_allowed_once_a_month() {
    let mut story = Story::begin().await;
    let id = story.ready("Shop").await;
    let bytes = Arc::new(AtomicI64::new(0));
    story.drivers = fated(&story, Fate::Keeps(bytes.clone()));
    // Standard allows 20 GB.
    let [half, much, nearly] = [50, 75, 90].map(|percent| format!("Shop has used {percent} % of its storage"));
    let full = "Shop has used all of its storage".to_owned();
    let mut expected = Vec::new();
    const LATER: Duration = Duration::from_secs(32 * 24 * 3600);
    for (later, megabytes, told) in [
        (server::measure::EVERY, 9_999, None),
        (server::measure::EVERY, 10_000, Some(half)),
        (server::measure::EVERY, 16_000, Some(much)),
        (server::measure::EVERY, 18_000, Some(nearly.clone())),
        (server::measure::EVERY, 5_000, None),
        (server::measure::EVERY, 18_100, None),
        (server::measure::EVERY, 20_000, Some(full.clone())),
        (server::measure::EVERY, 22_500, None),
        // Another month tells what holds then, past all marks at once.
        (LATER, 21_000, Some(full)),
        (LATER, 18_500, Some(nearly)),
        (LATER, 5_000, None),
    ] {
        bytes.store(megabytes * 1_000_000, Ordering::SeqCst);
        story.hub.clock().set(story.hub.clock().now().plus(later));
        server::measure::measure_instance(&story.hub.system(None), &story.drivers, story.tenant, id).await.expect("measured");
        expected.extend(told);
        let mails = platform::mail::mailbox(&story.system()).await.expect("readable");
        let told: Vec<_> = mails.iter().rev().filter(|mail| mail.subject.starts_with("Shop has used")).collect();
        assert_eq!(told.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), expected, "at {megabytes} MB");
        assert!(told.iter().all(|mail| mail.recipient == "acme@owners.test"), "{told:?}");
        if megabytes == 18_000 {
            assert!(told[2].text.contains("18 GB of 20 GB are stored."), "{}", told[2].text);
        }
    }
    story.end().await;
}
