//! Planned maintenance: nobody is told, everything is recorded, and the time is outside both sides of uptime.

use crate::{
    story::{Story, new_tenant},
    target::{Answer, Target},
};
use kernel::{CheckId, Role};
use monitoring::{
    check::Status,
    maintenance::{Chosen, PlanMaintenance, Stage},
    server::{self, MaintenanceError},
    uptime::Verdict,
};
use serde_json::json;
use std::time::Duration;

const HOUR: i64 = 3_600_000_000;

/// By the clocks of Jakarta, where it is 16:00 when the story begins.
fn wish(starts_at: &str, ends_at: &str, checks: Chosen) -> PlanMaintenance {
    PlanMaintenance { starts_at: format!("2026-01-15T{starts_at}"), ends_at: format!("2026-01-15T{ends_at}"), checks, words: "New disks".into() }
}

async fn shop(story: &Story, target: &Target) -> CheckId {
    story.orders(json!([{"name": "Shop", "kind": "http", "target": target.url(), "interval_seconds": 5, "retries": 0, "resend_every": 2}])).await;
    story.probes_after(0.0).await;
    story.check("Shop").await.id
}

#[tokio::test]
async fn what_goes_down_and_up_in_maintenance_is_recorded_and_told_to_nobody() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let mut target = Target::start(Answer::fine()).await;
    let id = shop(&story, &target).await;
    server::plan_maintenance(&story.cx(), wish("16:00", "17:00", Chosen::These(vec![id]))).await.expect("it may be");
    assert_eq!(story.check("Shop").await.maintenance_until.map(|until| until.to_string()).as_deref(), Some("2026-01-15T10:00:00Z"));
    target.stop().await;
    for _ in 0..5 {
        story.probes_after(5.0).await;
    }
    assert_eq!(story.status("Shop").await, Status::Down, "it is shown as it is");
    target.comes_back().await;
    story.probes_after(5.0).await;
    let detail = server::check_detail(&story.cx(), id).await.expect("readable");
    assert_eq!((detail.incidents.len(), detail.last_24h.tally.down), (1, 0));
    assert_eq!(detail.last_24h.tally.maintenance, 30_000_000);
    assert_eq!(detail.last_24h.verdict, Verdict::NoData, "what was seen so far was maintenance");
    assert_eq!(story.mails().await, [] as [&str; 0]);

    // Afterwards it counts and is told as always.
    story.hub.at("2026-01-15T10:00:00Z");
    story.probes_after(0.0).await;
    target.stop().await;
    story.probes_after(5.0).await;
    target.comes_back().await;
    story.probes_after(5.0).await;
    assert_eq!(story.mails().await, ["Shop is down", "Shop is up again"]);
    let tally = server::check_detail(&story.cx(), id).await.expect("readable").last_24h.tally;
    assert_eq!((tally.maintenance, tally.up, tally.down, tally.unknown), (HOUR, 5_000_000, 5_000_000, 0));
    assert!(story.check("Shop").await.maintenance_until.is_none());
}

#[tokio::test]
async fn what_is_still_down_when_maintenance_is_over_is_told_once() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let mut target = Target::start(Answer::fine()).await;
    shop(&story, &target).await;
    let id = server::plan_maintenance(&story.cx(), wish("16:00", "17:00", Chosen::All)).await.expect("it may be");
    target.stop().await;
    story.probes_after(5.0).await;
    story.probes_after(5.0).await;
    assert_eq!(story.mails().await, [] as [&str; 0]);
    server::cancel_maintenance(&story.cx(), id).await.expect("it ends early");
    for _ in 0..4 {
        story.probes_after(5.0).await;
    }
    assert_eq!(story.mails().await, ["Shop is down", "Shop is still down"], "and then reminded of as was asked for");
    target.comes_back().await;
    story.probes_after(5.0).await;
    assert_eq!(story.mails().await, ["Shop is down", "Shop is still down", "Shop is up again"]);
    assert!(matches!(server::cancel_maintenance(&story.cx(), id).await, Err(MaintenanceError::Over)));
}

#[tokio::test]
async fn maintenance_of_one_check_hides_no_outage_of_another() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let mut target = Target::start(Answer::fine()).await;
    let check = |name: &str| json!({"name": name, "kind": "http", "target": target.url(), "interval_seconds": 5, "retries": 0});
    story.orders(json!([check("Shop"), check("Mail")])).await;
    story.probes_after(0.0).await;
    let shop = story.check("Shop").await.id;
    server::plan_maintenance(&story.cx(), wish("16:00", "17:00", Chosen::These(vec![shop]))).await.expect("it may be");
    target.stop().await;
    story.probes_after(5.0).await;
    assert_eq!(story.mails().await, ["Mail is down"]);
    assert_eq!(server::overview(&story.cx()).await.expect("readable").worst, Some(Status::Down));
}

#[tokio::test]
async fn maintenance_is_planned_listed_and_taken_back() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let target = Target::start(Answer::fine()).await;
    let check = shop(&story, &target).await;
    let (cx, tenant) = (story.cx(), story.tenant);
    let later = server::plan_maintenance(&cx, wish("22:00", "23:00", Chosen::All)).await.expect("it may be");
    let sooner = server::plan_maintenance(&cx, wish("20:00", "21:00", Chosen::All)).await.expect("it may be");
    server::cancel_maintenance(&cx, later).await.expect("taken back");
    let stages = async || server::list_maintenance(&cx).await.expect("readable").into_iter().map(|one| (one.id, one.stage)).collect::<Vec<_>>();
    assert_eq!(stages().await, [(sooner, Stage::Planned), (later, Stage::Cancelled)]);
    let first = server::list_maintenance(&cx).await.expect("readable").remove(0);
    assert_eq!((first.starts_at.to_string().as_str(), first.checks.join(", ").as_str(), first.words.as_str()), ("2026-01-15T13:00:00Z", "Shop", "New disks"));
    story.hub.at("2026-01-15T13:30:00Z");
    assert_eq!(stages().await, [(sooner, Stage::Running), (later, Stage::Cancelled)]);
    server::cancel_maintenance(&cx, sooner).await.expect("ended early");
    let over = server::list_maintenance(&cx).await.expect("readable").into_iter().find(|one| one.id == sooner).expect("listed");
    assert_eq!((over.stage, over.ends_at.to_string().as_str()), (Stage::Ended, "2026-01-15T13:30:00Z"));
    story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(31 * 86_400)));
    assert_eq!(stages().await, []);

    // Refused: the past, others' checks, a reader, another organisation. Each but the last two leaves its entry.
    assert!(matches!(server::plan_maintenance(&cx, wish("20:00", "21:00", Chosen::All)).await, Err(MaintenanceError::Fields(fields)) if fields[0].code == "past"));
    assert!(matches!(server::cancel_maintenance(&cx, later).await, Err(MaintenanceError::Over)));
    let member = story.hub.cx(tenant, Role::Member);
    assert!(matches!(server::cancel_maintenance(&member, later).await, Err(MaintenanceError::Denied(_))));
    assert_eq!(server::list_maintenance(&member).await.expect("members read it"), []);
    let stranger = story.hub.cx(new_tenant(&story.hub, "globex", "UTC").await, Role::Owner);
    assert!(matches!(server::cancel_maintenance(&stranger, later).await, Err(MaintenanceError::NotFound)));
    let theirs = PlanMaintenance { starts_at: "2026-03-01T10:00".into(), ends_at: "2026-03-01T11:00".into(), checks: Chosen::These(vec![check]), words: String::new() };
    assert!(matches!(server::plan_maintenance(&stranger, theirs).await, Err(MaintenanceError::Fields(fields)) if fields[0].code == "unknown"));
    let entry = |action: &str, subject: String, code: &str| (action.to_owned(), subject, code.to_owned());
    assert_eq!(
        story.hub.refusals(tenant).await,
        [
            entry("monitoring.maintenance.planned", String::new(), "monitoring.invalid"),
            entry("monitoring.maintenance.cancelled", later.to_string(), "monitoring.maintenance_over"),
            entry("access.refused", "monitoring:write".to_owned(), ""),
        ]
    );
}

#[tokio::test]
async fn a_frozen_month_leaves_its_maintenance_out() {
    let story = Story::begin_in("Asia/Jakarta").await;
    let target = Target::start(Answer::fine()).await;
    let id = shop(&story, &target).await;
    server::plan_maintenance(&story.cx(), wish("18:00", "20:00", Chosen::All)).await.expect("it may be");
    story.hub.at("2026-02-01T00:00:05Z");
    server::freeze_due(&story.hub.system(None)).await.expect("frozen");
    let detail = server::check_detail(&story.cx(), id).await.expect("readable");
    let january = detail.months.iter().find(|month| month.frozen_at.is_some()).expect("frozen").uptime.tally;
    assert_eq!((january.up, january.maintenance), (20_000_000, 2 * HOUR));
    assert_eq!(january.up + january.unknown + january.before + january.maintenance, 31 * 24 * HOUR);
}
