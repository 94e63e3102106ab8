//! What an event would have changed that was given up is found from how instance and bill stand.

use crate::{
    fated::{Fate, fated},
    story::{LEASE, Story, gets_in},
};
use billing::{subscription::{EndReason, State}, view::SubscriptionView};
use kernel::{InstanceId, Need};
use provisioning::{
    commands::ChangePlan,
    server::{self, runner::run_operation},
};
use std::time::Duration;

impl Story {
    /// Everything that was said is lost; an hour later instances are compared with their bills.
    async fn loses_events_and_compares(&self) -> usize {
        self.hub.events().await;
        self.hub.clock().set(self.hub.clock().now().plus(Duration::from_secs(3600)));
        let mended = server::in_step::compare_due(&self.hub.system(None)).await.expect("compares");
        self.works().await;
        mended
    }

    async fn bills(&self, id: InstanceId) -> Vec<SubscriptionView> {
        let all = billing::server::subscriptions(&self.cx()).await.expect("readable");
        all.into_iter().filter(|known| known.subject == billing::subscription::Subject::Instance { instance: id }).collect()
    }

    /// Nothing is left to bring in step.
    async fn is_in_step(&self) {
        assert_eq!(self.loses_events_and_compares().await, 0);
    }
}

#[tokio::test]
async fn an_instance_that_runs_uncharged_is_charged_from_when_it_was_ready_and_once() {
    let story = Story::begin().await;
    story.hears().await;
    let id = story.ready("Shop").await;
    let ready_at = story.instance(id).await.ready_at.expect("it runs");
    assert_eq!(story.loses_events_and_compares().await, 1);
    assert_eq!(story.bills(id).await.iter().map(|bill| bill.started_at).collect::<Vec<_>>(), [ready_at]);
    story.is_in_step().await;
    assert_eq!(story.bills(id).await.len(), 1);

    // It is deleted and comes back, and nobody hears of it.
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    let deleted_at = story.hub.clock().now();
    assert_eq!(story.loses_events_and_compares().await, 1);
    assert!(matches!(story.subscription(id).await.state, State::Ended { reason: EndReason::InstanceDeleted, at } if at == deleted_at));
    story.is_in_step().await;
    server::restore_instance(&story.cx(), id).await.expect("within the grace period");
    story.works().await;
    let restored_at = story.hub.clock().now();
    assert_eq!(story.loses_events_and_compares().await, 1);
    assert_eq!(story.subscription(id).await.started_at, restored_at);
    assert_eq!(story.instance(id).await.state.code(), "running");
    story.is_in_step().await;

    // Gone for good, it is not compared any more.
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.hears().await;
    story.hub.clock().set(story.hub.clock().now().plus(server::GRACE).plus(Duration::from_secs(1)));
    server::purge_instance(&story.hub.system(None), story.tenant, id).await.expect("begins");
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "deleted");
    story.is_in_step().await;
    let mut tx = story.system().tenant_tx(Need::SERVICES_READ).await.expect("opens");
    let again: bool = sqlx::query_scalar("SELECT compare_at IS NOT NULL FROM provisioning.instances").fetch_one(&mut *tx).await.expect("readable");
    assert!(!again);
    drop(tx);
    story.end().await;
}

#[tokio::test]
async fn an_instance_whose_subscription_is_over_is_taken_out_of_use() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    story.hears().await;
    story.pays("T-1").await;
    let subscription = story.subscription(id).await;
    billing::server::cancel_subscription(&story.cx(), subscription.id).await.expect("cancels");
    story.hub.at("2026-02-16T09:00:00Z");
    billing::server::close_terms(&story.system()).await.expect("closes");
    assert_eq!(story.loses_events_and_compares().await, 1);
    assert_eq!(story.instance(id).await.state.code(), "grace");
    assert!(gets_in(&credentials).await.is_err());
    story.is_in_step().await;
    story.end().await;
}

#[tokio::test]
async fn a_planned_plan_that_is_charged_for_takes_hold() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    story.hears().await;
    story.pays("T-1").await;
    let (dev, business) = (story.plan("managed-postgresql", "dev").await, story.plan("managed-postgresql", "business").await);
    let to = |plan| ChangePlan { id, plan, name: None, configuration: None, if_version: None };
    server::change_plan(&story.cx(), to(dev)).await.expect("waits");
    story.is_in_step().await;
    story.hub.at("2026-02-16T09:00:00Z");
    billing::server::close_terms(&story.system()).await.expect("closes");
    assert_eq!(story.loses_events_and_compares().await, 1);
    let view = story.instance(id).await;
    assert_eq!((view.plan, view.state.code()), (dev, "running"));
    story.is_in_step().await;

    // A larger plan that billing does not hear of is not taken back, and charged for from when it ran.
    story.pays("T-2").await;
    server::change_plan(&story.cx(), to(business)).await.expect("at once");
    story.works().await;
    let changed_at = story.hub.clock().now();
    story.hub.events().await;
    story.hub.clock().set(changed_at.plus(Duration::from_secs(3599)));
    assert_eq!(server::in_step::compare_due(&story.hub.system(None)).await.expect("compares"), 0, "it may still be heard");
    assert_eq!(story.loses_events_and_compares().await, 1);
    assert_eq!((story.instance(id).await.plan, story.subscription(id).await.choice.plan), (business, business));
    story.is_in_step().await;
    story.end().await;
}

#[tokio::test]
async fn a_restoration_that_a_repair_ended_is_metered_and_charged() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    story.hears().await;
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.hears().await;
    let restoration = server::restore_instance(&story.cx(), id).await.expect("within the grace period").operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    run_operation(&story.system(), &fated(&story, Fate::Refuses), restoration, LEASE).await.expect("runs");
    assert_eq!(story.instance(id).await.state.code(), "failed");
    story.reconciles().await;
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "running");
    let restored_at = story.hub.clock().now();
    story.hears().await;
    assert_eq!(story.subscription(id).await.started_at, restored_at);
    story.hub.clock().set(restored_at.plus(server::measure::EVERY));
    assert_eq!(server::measure::measure_due(&story.hub.system(None), &story.drivers).await.expect("measured"), 1);
    story.is_in_step().await;
    story.end().await;
}

#[tokio::test]
async fn debts_stop_what_did_not_hear_of_them() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    story.hears().await;
    story.day("2026-02-04T09:00:00Z").await;
    story.hub.at("2026-02-05T09:00:00Z");
    billing::server::dun(&story.system()).await.expect("duns");
    assert_eq!(story.loses_events_and_compares().await, 1);
    assert_eq!(story.instance(id).await.state.code(), "suspended");
    assert!(gets_in(&credentials).await.is_err());
    story.is_in_step().await;
    story.end().await;
}
