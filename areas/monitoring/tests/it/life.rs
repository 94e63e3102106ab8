//! The life of a check: down and up again, paused, changed, removed; told, counted, shown.

use crate::{
    story::{Story, new_tenant},
    target::{Answer, Target},
};
use kernel::{PageSize, Role, events::Event};
use monitoring::{
    check::Status,
    server::{self, MonitoringError},
};
use provisioning::{
    commands::{SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
};
use serde_json::json;
use std::time::{Duration, Instant};

async fn one_check(story: &Story, target: &Target) -> kernel::InstanceId {
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 5}])).await
}

#[tokio::test]
async fn down_after_its_further_try_told_once_and_up_again_told_once() {
    let story = Story::begin().await;
    let mut target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    assert_eq!(story.probes_after(0.0).await, 1);
    assert_eq!(story.status("Shop").await, Status::Up);
    assert_eq!(story.probes_after(4.0).await, 0, "not due");
    target.stop().await;
    assert_eq!(story.probes_after(1.0).await, 1);
    assert_eq!(story.status("Shop").await, Status::Degraded);
    assert_eq!(story.probes_after(0.3).await, 1, "the further try comes soon");
    assert_eq!(story.status("Shop").await, Status::Down);
    for _ in 0..3 {
        story.probes_after(5.0).await;
    }
    assert_eq!(story.mails().await, ["Shop is down"]);
    let open = server::overview(&story.cx()).await.expect("readable").open_incidents;
    assert_eq!((open.len(), open[0].problem.as_str()), (1, "refused"));
    assert_eq!(server::staff_open_incidents(&story.hub.staff(Role::Operator)).await.expect("staff may").len(), 1);

    target.comes_back().await;
    story.probes_after(5.0).await;
    story.probes_after(5.0).await;
    assert_eq!(story.status("Shop").await, Status::Up);
    assert_eq!(story.mails().await, ["Shop is down", "Shop is up again"]);
    let detail = server::check_detail(&story.cx(), story.check("Shop").await.id).await.expect("readable");
    assert_eq!(detail.incidents.len(), 1);
    let incident = &detail.incidents[0];
    assert_eq!(incident.closed_at.expect("closed").since(incident.opened_at), Duration::from_secs(20));
    assert_eq!((detail.last_24h.tally.down, detail.last_24h.tally.unknown), (20_000_000, 0));
    assert_eq!(detail.days.len(), 90);
    assert_eq!(detail.days[89].worst, Some(Status::Down));
    assert_eq!(detail.days[88].worst, None, "before it existed");
    let points = server::response_times(&story.cx(), detail.check.id, Duration::from_secs(86_400)).await.expect("readable");
    assert_eq!(points.iter().map(|point| (point.probes, point.failures)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1)), (8, 5));
}

/// Show 3, against the real clock.
#[tokio::test]
async fn a_stopped_server_turns_down_within_its_interval_and_a_second() {
    let story = Story::begin().await;
    let mut target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    // The hub of tests stands still: the time is moved along with the real one.
    let (clock, begun, started) = (story.hub.clock().clone(), story.hub.clock().now(), Instant::now());
    let ticking = tokio::spawn(async move {
        loop {
            clock.set(begun.plus(started.elapsed()));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let (prober, system) = (story.prober.clone(), story.hub.system(None));
    let running = tokio::spawn(async move { prober.run(system, std::future::pending()).await });
    let wait_for = async |status: Status| {
        let begun = Instant::now();
        while story.status("Shop").await != status {
            assert!(begun.elapsed() < Duration::from_secs(12), "it never turned {status:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    };
    wait_for(Status::Up).await;
    target.stop().await;
    let took = wait_for(Status::Down).await;
    assert!(took < Duration::from_secs(6), "down after {took:?}");
    target.comes_back().await;
    let took = wait_for(Status::Up).await;
    assert!(took < Duration::from_secs(6), "up after {took:?}");
    running.abort();
    ticking.abort();
}

#[tokio::test]
async fn a_jump_of_months_is_one_probe_and_the_time_between_is_unknown() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    story.probes_after(0.0).await;
    story.hub.at("2026-04-15T09:00:00Z");
    assert_eq!(story.status("Shop").await, Status::Unknown, "the last result is too old to speak for now");
    assert_eq!(story.probes_after(0.0).await, 1);
    assert_eq!(story.probes_after(1.0).await, 0);
    assert_eq!(target.asked(), 2);
    let detail = server::check_detail(&story.cx(), story.check("Shop").await.id).await.expect("readable");
    assert_eq!(detail.last_90d.tally.down, 0);
    assert!(detail.last_90d.tally.unknown > 89 * 86_400_000_000);
    assert_eq!(detail.last_90d.percent.as_deref(), Some("100.000"));
}

#[tokio::test]
async fn closed_months_are_frozen_and_stay_as_they_were() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    story.probes_after(0.0).await;
    story.hub.at("2026-02-01T00:00:05Z");
    assert_eq!(server::freeze_due(&story.hub.system(None)).await.expect("frozen"), 1);
    assert_eq!(server::freeze_due(&story.hub.system(None)).await.expect("nothing left"), 0);
    let id = story.check("Shop").await.id;
    let january = |detail: monitoring::view::CheckDetail| detail.months.into_iter().find(|month| month.month.to_string() == "2026-01-01").expect("frozen");
    let then = january(server::check_detail(&story.cx(), id).await.expect("readable"));
    assert!(then.frozen_at.is_some() && then.uptime.tally.unknown > 0);
    story.probes_after(5.0).await;
    story.hub.at("2026-04-01T00:00:05Z");
    server::freeze_due(&story.hub.system(None)).await.expect("frozen");
    assert_eq!(january(server::check_detail(&story.cx(), id).await.expect("readable")), then);
}

#[tokio::test]
async fn probes_are_counted_exactly_once() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    for _ in 0..130 {
        story.probes_after(5.0).await;
    }
    let system = story.hub.system(None);
    server::meter_due(&system).await.expect("nothing due");
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(600)));
    assert_eq!(server::meter_due(&system).await.expect("announced"), 1);
    assert_eq!(server::meter_due(&system).await.expect("nothing left"), 0);
    let events: Vec<_> = story.hub.events().await.into_iter().filter_map(|event| if let Event::Metered(metered) = event { Some(metered) } else { None }).collect();
    let ids: std::collections::BTreeSet<_> = events.iter().map(|event| event.id.clone()).collect();
    assert_eq!(ids.len(), events.len());
    assert!(events.iter().all(|event| event.meter == "checks_run"));
    let sum: i64 = events.iter().map(|event| event.value.parse::<i64>().expect("a number")).sum();
    assert_eq!((sum, target.asked()), (130, 130));
}

#[tokio::test]
async fn suspension_pauses_a_change_keeps_history_and_deletion_ends_it() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    let instance = one_check(&story, &target).await;
    story.probes_after(0.0).await;
    let id = story.check("Shop").await.id;
    let command = SuspendInstance { id: instance, by: SuspendedBy::Customer };
    provisioning::server::suspend_instance(&story.cx(), command).await.expect("accepted");
    story.works().await;
    let check = story.check("Shop").await;
    assert_eq!((check.paused, check.status), (true, Status::Unknown));
    assert_eq!(story.probes_after(60.0).await, 0);
    provisioning::server::resume_instance(&story.cx(), command).await.expect("accepted");
    story.works().await;
    assert_eq!(story.probes_after(0.0).await, 1);

    let configuration = json!({"checks": [
        {"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 10},
        {"name": "Port", "kind": "tcp", "target": target.address.to_string()},
    ]});
    let update = UpdateConfiguration { id: instance, name: None, configuration, if_version: None };
    provisioning::server::update_configuration(&story.cx(), update).await.expect("accepted");
    story.works().await;
    assert_eq!(story.probes_after(1.0).await, 2);
    assert_eq!(story.check("Shop").await.id, id, "its history goes on");
    let page = server::samples(&story.cx(), instance, None, PageSize::new(2), None).await.expect("readable");
    assert_eq!((page.rows.len(), page.next.is_some()), (2, true));

    let bad = UpdateConfiguration { id: instance, name: None, configuration: json!({"checks": [{"name": "Port", "kind": "tcp", "target": "no-port"}]}), if_version: None };
    provisioning::server::update_configuration(&story.cx(), bad).await.expect("the schema allows it");
    story.works().await;
    let view = provisioning::server::get_instance(&story.cx(), instance).await.expect("readable");
    let operation = view.operation.expect("the change");
    assert_eq!(operation.error.expect("why").code, "provisioning.error.bad_check");
    assert_eq!((view.state.code(), story.checks().await.len()), ("running", 2), "the old checks go on");

    provisioning::server::delete_instance(&story.cx(), instance, None).await.expect("accepted");
    story.works().await;
    assert!(story.check("Shop").await.paused);
    story.hub.clock().set(story.hub.clock().now().plus(provisioning::server::GRACE).plus(Duration::from_secs(1)));
    provisioning::server::purge_instance(&story.hub.system(Some(story.tenant)), instance).await.expect("it begins");
    story.works().await;
    assert_eq!(story.checks().await, []);
    assert!(matches!(server::check_detail(&story.cx(), id).await, Err(MonitoringError::NotFound)));
}

#[tokio::test]
async fn another_tenant_sees_nothing_of_it() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    let instance = one_check(&story, &target).await;
    story.probes_after(0.0).await;
    let id = story.check("Shop").await.id;
    let other = story.hub.cx(new_tenant(&story.hub, "globex").await, Role::Owner);
    assert_eq!(server::overview(&other).await.expect("readable").checks, []);
    assert!(matches!(server::check_detail(&other, id).await, Err(MonitoringError::NotFound)));
    assert_eq!(server::samples(&other, instance, Some(id), PageSize::default(), None).await.expect("empty").rows, []);
    assert!(server::staff_open_incidents(&other).await.is_err());
}
