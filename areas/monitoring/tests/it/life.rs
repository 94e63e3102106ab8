//! The life of a check: down and up again, paused, changed, removed; told, counted, shown.

use crate::{
    story::{Story, new_tenant},
    target::{Answer, Target},
};
use kernel::{PageSize, Role, events::Event};
use monitoring::{
    check::Status,
    uptime::Verdict,
    server::{self, MonitoringError, Reach, prober::Prober},
};
use provisioning::{
    commands::{SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    server::ChangeError,
};
use serde_json::json;
use sqlx::{Connection, PgConnection};
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
    let month = &detail.check.last_30d;
    assert_eq!(month.tally.before + month.tally.watched(), 30 * 86_400_000_000);
    assert!(matches!(&month.verdict, Verdict::Part { watched_micros, .. } if *watched_micros == month.tally.watched()), "{:?}", month.verdict);
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
    let watched_micros = detail.last_90d.tally.up;
    assert_eq!(detail.last_90d.verdict, Verdict::NoOutage { watched_micros }, "a jump is no 100 %");
    // Twenty seconds of ninety days.
    assert_eq!((watched_micros, detail.last_90d.watched.as_deref()), (20_000_000, Some("0.000")));
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
async fn a_month_ends_at_midnight_of_the_organisations_zone() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    story.hub.at("2026-01-31T16:59:00Z");
    story.probes_after(0.0).await;
    let (id, system) = (story.check("Shop").await.id, story.hub.system(None));
    let months = async || {
        let detail = server::check_detail(&story.cx(), id).await.expect("readable");
        detail.months.into_iter().map(|month| (month.month.to_string(), month.frozen_at.is_some(), month.uptime.tally)).collect::<Vec<_>>()
    };
    // A minute before midnight in Jakarta, when in UTC the month has seven hours to go.
    assert_eq!(server::freeze_due(&system).await.expect("nothing is over"), 0);
    assert_eq!(months().await.len(), 1);
    story.hub.at("2026-01-31T17:00:00Z");
    assert_eq!(server::freeze_due(&system).await.expect("frozen"), 1);
    assert_eq!(server::freeze_due(&system).await.expect("nothing left"), 0);
    let seen = months().await;
    let names: Vec<(&str, bool)> = seen.iter().map(|(month, frozen, _)| (month.as_str(), *frozen)).collect();
    assert_eq!(names, [("2026-02-01", false), ("2026-01-01", true)]);
    let january = seen[1].2;
    let whole = january.up + january.unknown + january.before;
    assert_eq!(whole, 31 * 86_400_000_000, "all of January, by Jakarta's clocks");
    // The last result spoke for twenty seconds; the check was there from 15 January, 16:00.
    assert_eq!((january.up, january.before), (20_000_000, (14 * 24 + 16) * 3_600_000_000));
    let today = server::check_detail(&story.cx(), id).await.expect("readable").days[89].day;
    assert_eq!(today.to_string(), "2026-02-01");
}

#[tokio::test]
async fn an_organisation_that_moves_west_freezes_its_month_when_it_is_over_there() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    let (owner, system) = (story.cx(), story.hub.system(None));
    let form = identity::server::my_organisation(&owner).await.expect("readable").form();
    let form = identity::ProfileForm { country: "US".into(), street: "1 Main St".into(), city: "New York".into(), time_zone: "America/New_York".into(), ..form };
    identity::server::update_organisation(&owner, form).await.expect("moves");
    story.hub.at("2026-02-01T00:00:00Z");
    // Looked at as Jakarta had it, and found to be open still.
    assert_eq!(server::freeze_due(&system).await.expect("looked at"), 1);
    assert_eq!(server::freeze_due(&system).await.expect("not due"), 0);
    let id = story.check("Shop").await.id;
    let frozen = async || server::check_detail(&story.cx(), id).await.expect("readable").months.iter().filter(|month| month.frozen_at.is_some()).count();
    assert_eq!(frozen().await, 0);
    story.hub.at("2026-02-01T05:00:00Z");
    assert_eq!(server::freeze_due(&system).await.expect("frozen"), 1);
    assert_eq!(frozen().await, 1);
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
    let refused = provisioning::server::update_configuration(&story.cx(), bad).await.expect_err("the schema allows it, the driver does not");
    assert!(matches!(&refused, ChangeError::Fields(fields) if fields[0].field == "/configuration/checks/0/target"), "{refused:?}");
    story.works().await;
    let view = provisioning::server::get_instance(&story.cx(), instance).await.expect("readable");
    assert_eq!((view.state.code(), story.checks().await.len()), ("running", 2), "the old checks go on");

    provisioning::server::delete_instance(&story.cx(), instance, None).await.expect("accepted");
    story.works().await;
    assert!(story.check("Shop").await.paused);
    story.hub.clock().set(story.hub.clock().now().plus(provisioning::server::GRACE).plus(Duration::from_secs(1)));
    provisioning::server::purge_instance(&story.hub.system(None), story.tenant, instance).await.expect("it begins");
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
    let other = story.hub.cx(new_tenant(&story.hub, "globex", "UTC").await, Role::Owner);
    assert_eq!(server::overview(&other).await.expect("readable").checks, []);
    assert!(matches!(server::check_detail(&other, id).await, Err(MonitoringError::NotFound)));
    assert_eq!(server::samples(&other, instance, Some(id), PageSize::default(), None).await.expect("empty").rows, []);
    assert!(server::staff_open_incidents(&other).await.is_err());
}

#[tokio::test]
async fn a_bad_target_is_refused_beside_its_field_before_anything_is_ordered() {
    let story = Story::begin().await;
    let refused = story
        .tries_to_order(json!([
            {"name": "Shop", "kind": "http", "target": "https://shop.example.com/"},
            {"name": "Mail", "kind": "tcp", "target": "mail.example.com"},
            {"name": "Old", "kind": "http", "target": "ftp://files.example.com/"},
        ]))
        .await
        .expect_err("two targets are none");
    let fields: Vec<(&str, &str)> = refused.fields().iter().map(|field| (field.field.as_str(), field.code.as_str())).collect();
    assert_eq!(fields, [("/configuration/checks/1/target", "host_port"), ("/configuration/checks/2/target", "web_address")]);
    story.works().await;
    assert_eq!(story.checks().await, []);
}

#[tokio::test]
async fn two_monitors_share_the_work_and_never_probe_one_check_twice() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    let checks: Vec<_> = (0..40).map(|number| json!({"name": format!("c{number}"), "kind": "http", "target": target.url(), "interval_seconds": 5})).collect();
    story.orders(json!(checks)).await;
    let (system, other) = (story.hub.system(None), Prober::new(Reach::Everything));
    let (one, two, three) = tokio::join!(story.prober.probe_due(&system), other.probe_due(&system), other.probe_due(&system));
    assert_eq!([one, two, three].into_iter().map(|count| count.expect("probes")).sum::<usize>(), 40);
    assert_eq!(target.asked(), 40);
}

#[tokio::test]
async fn a_monitor_that_is_killed_leaves_its_checks_to_others_and_the_time_between_unknown() {
    let story = Story::begin().await;
    let target = Target::start(Answer::fine()).await;
    one_check(&story, &target).await;
    story.probes_after(0.0).await;
    target.now_answers(Answer::Silent);
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(5)));
    let (prober, system) = (story.prober.clone(), story.hub.system(None));
    let killed = tokio::spawn(async move { prober.probe_due(&system).await });
    while target.asked() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    killed.abort();
    assert!(killed.await.is_err());
    target.now_answers(Answer::fine());
    assert_eq!(story.probes_after(29.0).await, 0, "it may be under way still, for all that others know");
    assert_eq!(story.status("Shop").await, Status::Unknown);
    assert_eq!(story.probes_after(1.0).await, 1);
    let detail = server::check_detail(&story.cx(), story.check("Shop").await.id).await.expect("readable");
    // The last result spoke for twenty seconds; then nobody looked for fifteen.
    let tally = detail.last_24h.tally;
    assert_eq!((tally.up, tally.unknown, tally.down), (20_000_000, 15_000_000, 0));
}

#[tokio::test]
async fn a_result_of_another_target_is_not_the_checks() {
    let story = Story::begin().await;
    let (silent, fine) = (Target::start(Answer::Silent).await, Target::start(Answer::fine()).await);
    let instance = one_check(&story, &silent).await;
    let (prober, system) = (story.prober.clone(), story.hub.system(None));
    let probing = tokio::spawn(async move { prober.probe_due(&system).await });
    while silent.asked() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let configuration = json!({"checks": [{"name": "Shop", "kind": "http", "target": fine.url(), "interval_seconds": 5}]});
    let update = UpdateConfiguration { id: instance, name: None, configuration, if_version: None };
    provisioning::server::update_configuration(&story.cx(), update).await.expect("accepted");
    story.works().await;
    assert_eq!(probing.await.expect("ends").expect("probes"), 1);
    assert_eq!(story.status("Shop").await, Status::Unknown, "that was the old target's silence");
    assert_eq!(story.probes_after(0.0).await, 1);
    assert_eq!(story.status("Shop").await, Status::Up);
}

#[tokio::test]
async fn who_wishes_is_reminded_while_it_stays_down() {
    let story = Story::begin().await;
    let mut target = Target::start(Answer::fine()).await;
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 5, "retries": 0, "resend_every": 3}])).await;
    story.probes_after(0.0).await;
    target.stop().await;
    for _ in 0..7 {
        story.probes_after(5.0).await;
    }
    assert_eq!(story.mails().await, ["Shop is down", "Shop is still down", "Shop is still down"]);
}

#[tokio::test]
async fn an_address_that_nobody_confirmed_is_not_flooded() {
    let story = Story::begin().await;
    let mut target = Target::start(Answer::fine()).await;
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 5, "retries": 0, "resend_every": 1}])).await;
    story.probes_after(0.0).await;
    target.stop().await;
    for _ in 0..9 {
        story.probes_after(5.0).await;
    }
    assert_eq!(story.mails().await.len(), 5);
    story.probes_after(3600.0).await;
    assert_eq!(story.mails().await.len(), 6, "another hour");
}

#[tokio::test]
async fn who_was_not_told_that_it_is_down_is_told_in_the_next_hour_or_as_soon_as_he_confirms() {
    let story = Story::begin().await;
    let mut targets = Vec::new();
    let mut checks = Vec::new();
    for (name, count) in [("A", 5), ("B", 3), ("C", 1), ("D", 1)] {
        let target = Target::start(Answer::fine()).await;
        checks.extend((1..=count).map(|number| json!({"name": format!("{name}{number}"), "kind": "http", "target": target.url(), "interval_seconds": 5, "retries": 0})));
        targets.push(target);
    }
    story.orders(json!(checks)).await;
    story.probes_after(0.0).await;
    // Those on the first target are all that an address that nobody confirmed is told of in an hour.
    for target in &mut targets[..3] {
        target.stop().await;
        story.probes_after(5.0).await;
    }
    let mails = async || {
        let mut subjects = story.mails().await;
        subjects.sort();
        subjects
    };
    let told = ["A1 is down", "A2 is down", "A3 is down", "A4 is down", "A5 is down"];
    assert_eq!(mails().await, told);
    targets[2].comes_back().await;
    story.probes_after(3600.0).await;
    let told = [&told[..], &["B1 is down", "B2 is down", "B3 is down"]].concat();
    assert_eq!(mails().await, told, "what is down still, and nothing of what came back");

    // Two more are told, and the last waits, for longer than it takes to try sixty times.
    targets[2].stop().await;
    story.probes_after(5.0).await;
    targets[1].comes_back().await;
    story.probes_after(5.0).await;
    targets[3].stop().await;
    for _ in 0..70 {
        story.probes_after(5.0).await;
    }
    assert!(!mails().await.contains(&"D1 is down".to_owned()));
    let mut owner = PgConnection::connect(&story.hub.owner_url).await.expect("answers");
    sqlx::raw_sql("ALTER TABLE identity.people NO FORCE ROW LEVEL SECURITY; UPDATE identity.people SET email_verified_at = now(); ALTER TABLE identity.people FORCE ROW LEVEL SECURITY")
        .execute(&mut owner)
        .await
        .expect("the owner may");
    story.probes_after(5.0).await;
    assert!(mails().await.contains(&"D1 is down".to_owned()));
}
