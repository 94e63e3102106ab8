//! Subscriptions that end take their instances along, deleted instances end their subscriptions, and neither goes round.

use crate::{
    fated::{Fate, fated},
    story::{LEASE, Story, gets_in},
};
use billing::{
    server::{BillingError, Promise},
    subscription::{Choice, EndReason, State},
};
use catalog::Interval;
use kernel::{Need, Role, events::{Event, billing as events}};
use provisioning::{
    commands::{ChangePlan, OrderInstance},
    operation::{OperationKind, OperationState},
    server::{self, ChangeError, OrderError, runner::run_operation},
    view::Planned,
};
use serde_json::json;

fn ended(state: State) -> Option<EndReason> {
    match state {
        State::Ended { reason, .. } => Some(reason),
        State::Trialing { .. } | State::Active { .. } | State::Cancelling { .. } => None,
    }
}

fn deleted_once(operations: &[(OperationKind, OperationState)]) -> bool {
    operations.iter().filter(|(kind, state)| (*kind, *state) == (OperationKind::Delete, OperationState::Succeeded)).count() == 1
}

#[tokio::test]
async fn a_cancelled_subscription_takes_its_instance_out_of_use_with_its_last_day_and_keeps_the_data() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    story.hears().await;
    story.pays("T-1").await;
    let subscription = story.subscription(id).await;
    billing::server::cancel_subscription(&story.cx(), subscription.id).await.expect("cancels");
    assert_eq!(story.instance(id).await.planned, Some(Planned::End { on: subscription.term.end }));
    gets_in(&credentials).await.expect("it runs to the end of what is paid for");

    story.day("2026-02-16T09:00:00Z").await;
    let view = story.instance(id).await;
    assert_eq!((view.state.code(), view.planned), ("grace", None));
    assert!(gets_in(&credentials).await.is_err());
    assert_eq!(story.on_backend().await, (2, 1), "its data is kept");
    assert_eq!(ended(story.subscription(id).await.state), Some(EndReason::Cancelled));
    let line = story.log(id).await.into_iter().find(|line| line.code == "provisioning.log.subscription_ended").expect("its activity says why");
    assert_eq!(line.args["reason"], "cancelled");
    assert!(deleted_once(&story.operations(id).await));

    // It comes back within the grace period under a new subscription, and the old end, heard again, does not touch it.
    server::restore_instance(&story.cx(), id).await.expect("within the grace period");
    story.works().await;
    story.hears().await;
    gets_in(&credentials).await.expect("it is back");
    let fresh = story.subscription(id).await;
    assert_ne!(fresh.id, subscription.id);
    assert_eq!(fresh.state, State::Active { next: None });
    let (tenant, at) = (story.tenant, "2026-02-15T00:00:00Z".parse().expect("a time"));
    let again = events::Event::SubscriptionEnded { tenant, subscription: subscription.id, instance: Some(id), reason: EndReason::Cancelled, at };
    story.heard(&Event::Billing(again)).await.expect("heard");
    assert_eq!(story.instance(id).await.state.code(), "running");
    story.end().await;
}

#[tokio::test]
async fn who_never_pays_is_stopped_on_day_14_and_ended_on_day_45_and_gets_it_back_for_the_money() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    story.hears().await;
    // Due on 22 January.
    story.day("2026-02-06T09:00:00Z").await;
    assert_eq!(story.instance(id).await.state.code(), "suspended");
    assert!(gets_in(&credentials).await.is_err());
    story.day("2026-03-07T09:00:00Z").await;
    assert_eq!(story.instance(id).await.state.code(), "suspended");

    story.day("2026-03-08T20:00:00Z").await;
    let view = story.instance(id).await;
    assert_eq!(view.state.code(), "grace");
    assert_eq!(ended(story.subscription(id).await.state), Some(EndReason::Unpaid));
    assert_eq!(story.on_backend().await, (2, 1), "its data is kept");
    let line = story.log(id).await.into_iter().find(|line| line.code == "provisioning.log.subscription_ended").expect("its activity says why");
    assert_eq!(line.args["reason"], "unpaid");
    assert!(deleted_once(&story.operations(id).await));

    // Back only for the money, and then without the hold that the debt had put on it.
    let refused = server::restore_instance(&story.cx(), id).await.expect_err("nothing is paid");
    assert!(matches!(refused, ChangeError::Restricted), "{refused:?}");
    assert_eq!(refused.code(), "billing.restricted");
    story.pays("T-1").await;
    server::restore_instance(&story.cx(), id).await.expect("paid, and within the grace period");
    story.works().await;
    story.hears().await;
    assert_eq!(story.instance(id).await.state.code(), "running");
    gets_in(&credentials).await.expect("it is back with what it held");
    story.end().await;
}

#[tokio::test]
async fn a_deleted_instance_ends_its_subscription_gets_the_rest_of_the_fee_and_does_not_come_round() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    story.hears().await;
    let term = story.subscription(id).await.term;
    let fee = billing::server::account(&story.cx()).await.expect("an account").owed;
    // 15 of the 31 days from 15 January on are used, 16 are given back.
    story.hub.at("2026-01-30T12:00:00Z");
    assert_eq!(term.days(), 31);
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.hears().await;
    assert_eq!(ended(story.subscription(id).await.state), Some(EndReason::InstanceDeleted));
    let owed = billing::server::account(&story.cx()).await.expect("an account").owed;
    assert!(owed < fee, "{owed:?} is left of {fee:?}");
    let operations = story.operations(id).await;
    assert_eq!(operations, [(OperationKind::Delete, OperationState::Succeeded), (OperationKind::Create, OperationState::Succeeded)]);
    assert_eq!(story.instance(id).await.state.code(), "grace");

    story.day("2026-02-16T09:00:00Z").await;
    assert_eq!(story.operations(id).await.len(), 2, "the end of its term has nothing to end");
    story.end().await;
}

#[tokio::test]
async fn in_whatever_order_they_are_heard_a_deleted_instance_is_charged_no_further_and_a_restored_one_is() {
    let story = Story::begin().await;
    story.hears().await;
    let id = story.ready("Shop").await;
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.hears_in(|events| events.into_iter().rev().collect()).await;
    assert_eq!(ended(story.subscription(id).await.state), Some(EndReason::InstanceDeleted));

    story.hub.at("2026-01-16T09:00:00Z");
    server::restore_instance(&story.cx(), id).await.expect("within the grace period");
    story.works().await;
    story.hears().await;
    story.hub.at("2026-01-17T09:00:00Z");
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.hub.at("2026-01-18T09:00:00Z");
    server::restore_instance(&story.cx(), id).await.expect("within the grace period");
    story.works().await;
    story.hears_in(|events| events.into_iter().rev().collect()).await;
    let running = story.subscription(id).await;
    assert_eq!(running.state, State::Active { next: None });
    assert_eq!(running.started_at.to_string(), "2026-01-18T09:00:00Z");
    story.end().await;
}

#[tokio::test]
async fn an_organisation_in_debt_orders_nothing_until_it_has_paid() {
    let story = Story::begin().await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let order = |number: u128| OrderInstance { id: Some(kernel::InstanceId::from_uuid(uuid::Uuid::from_u128(number))), plan, name: "Shop".into(), configuration: json!({}) };
    let first = server::order_instance(&story.cx(), order(1)).await.expect("taken").instance.id;
    story.works().await;
    story.hears().await;
    story.day("2026-01-28T09:00:00Z").await;
    server::order_instance(&story.cx(), order(2)).await.expect("warned is not restricted");
    story.works().await;

    story.day("2026-01-29T09:00:00Z").await;
    let refused = server::order_instance(&story.cx(), order(3)).await.expect_err("restricted");
    assert!(matches!(refused, OrderError::Restricted), "{refused:?}");
    assert_eq!(refused.code(), "billing.restricted");
    assert!(refused.to_string().contains("pay them, then order again"), "{refused}");
    assert!(server::order_instance(&story.cx(), order(1)).await.expect("the same order is the same answer").repeated);
    assert_eq!(story.instance(first).await.state.code(), "running", "what runs goes on");

    story.day("2026-02-06T09:00:00Z").await;
    assert!(matches!(server::order_instance(&story.cx(), order(3)).await, Err(OrderError::Restricted)), "suspended is worse");
    story.pays("T-1").await;
    server::order_instance(&story.cx(), order(3)).await.expect("paid");
    story.works().await;
    story.end().await;
}

#[tokio::test]
async fn an_organisation_in_debt_does_not_try_again_what_would_be_charged_for_and_staff_may() {
    let story = Story::begin().await;
    story.ready("Shop").await;
    story.hears().await;
    story.day("2026-01-28T09:00:00Z").await;
    let creation = story.order("Second").await.operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    run_operation(&story.system(), &fated(&story, Fate::Refuses), creation, LEASE).await.expect("runs");
    story.works().await;
    assert_eq!(story.state(creation).await, OperationState::Failed);

    story.day("2026-01-29T09:00:00Z").await;
    let refused = server::retry_operation(&story.cx(), creation).await.expect_err("restricted");
    assert!(matches!(refused, ChangeError::Restricted), "{refused:?}");
    assert_eq!(story.state(creation).await, OperationState::Failed);
    let staff = story.hub.staff(Role::Operator).for_tenant(story.tenant, Need::PROVIDER_OPERATE).expect("operators may");
    server::retry_operation(&staff, creation).await.expect("theirs to decide");
    story.works().await;
    assert_eq!(story.state(creation).await, OperationState::Succeeded);
    story.end().await;
}

#[tokio::test]
async fn a_deleted_service_comes_back_only_where_the_tier_has_room() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let order = async |number: usize| server::order_instance(&story.cx(), OrderInstance { id: None, plan, name: format!("db {number}"), configuration: json!({}) }).await;
    for number in 1..=9 {
        order(number).await.expect("within STARTER");
    }
    let last = order(10).await.expect("within STARTER").instance.id;
    let refused = server::restore_instance(&story.cx(), id).await.expect_err("ten are there");
    assert!(matches!(refused, ChangeError::LimitReached { limit: 10 }), "{refused:?}");
    assert_eq!((refused.code(), story.instance(id).await.state.code()), ("provisioning.limit_reached", "grace"));
    server::delete_instance(&story.cx(), last, None).await.expect("accepted");
    story.works().await;
    server::restore_instance(&story.cx(), id).await.expect("nine are there");
    story.works().await;
    assert!(matches!(order(11).await, Err(OrderError::LimitReached { limit: 10 })));
    story.end().await;
}

#[tokio::test]
async fn what_is_not_sold_by_the_month_in_their_currency_is_neither_ordered_nor_changed_to() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    story.hears().await;
    // The next version of Business is not sold to those who pay in dollars.
    let operator = story.hub.staff(Role::Operator);
    let offering = catalog::server::public_offering(&story.hub.nobody(), "managed-postgresql").await.expect("readable").expect("seeded");
    let draft = catalog::server::start_draft(&operator, offering.offering.id).await.expect("begins").draft.expect("a draft");
    let mut plans: Vec<_> = draft.plans.into_iter().map(|plan| plan.terms).collect();
    let business = plans.iter_mut().find(|terms| terms.code == "business").expect("it ships");
    for component in &mut business.components {
        component.prices.retain(|price| price.currency != kernel::Currency::Usd);
    }
    catalog::server::save_draft(&operator, offering.offering.id, plans).await.expect("saves");
    catalog::server::publish(&operator, offering.offering.id).await.expect("publishes");
    let business = story.plan("managed-postgresql", "business").await;
    let configuration = json!({"database_name": "shop", "connection_limit": 4});
    let order = OrderInstance { id: None, plan: business, name: "Second".into(), configuration };
    let refused = server::order_instance(&story.cx(), order).await.expect_err("it could not be charged for");
    assert!(matches!(refused, OrderError::NotSold), "{refused:?}");
    assert_eq!(refused.code(), "billing.not_sold");
    let change = ChangePlan { id, plan: business, name: None, configuration: None, if_version: None };
    let refused = server::change_plan(&story.cx(), change).await.expect_err("it could not be charged for");
    assert!(matches!(refused, ChangeError::NotSold), "{refused:?}");
    story.end().await;
}

#[tokio::test]
async fn the_tier_that_is_subscribed_to_says_how_many_by_the_catalog() {
    let story = Story::begin().await;
    story.hears().await;
    let order = async |name: String| {
        let plan = story.plan("managed-postgresql", "dev").await;
        server::order_instance(&story.cx(), OrderInstance { id: None, plan, name, configuration: json!({}) }).await
    };
    for number in 0..10 {
        order(format!("db {number}")).await.expect("within STARTER, which was chosen");
    }
    assert!(matches!(order("one too many".into()).await, Err(OrderError::LimitReached { limit: 10 })));
    let tiers = catalog::server::tier_plans(&story.hub.nobody()).await.expect("readable");
    let professional = tiers.iter().find(|card| card.plan.terms.code == "professional").expect("it ships");
    let billing_cx = story.cx();
    billing::server::subscribe_tier(&billing_cx, professional.plan.id, Interval::Monthly).await.expect("subscribes");
    let professional_limit = professional.plan.terms.limit("instances").expect("it has one");
    assert_eq!(professional_limit, 50);
    order("the eleventh".into()).await.expect("within PROFESSIONAL");

    // A smaller tier is planned, not yet in force: nor are its limits.
    let starter = tiers.iter().find(|card| card.plan.terms.code == "starter").expect("it ships");
    billing::server::subscribe_tier(&billing_cx, starter.plan.id, Interval::Monthly).await.expect("changes");
    let mut tx = story.system().tenant_tx(Need::SERVICES_READ).await.expect("opens");
    let tier = identity::server::organisation(&mut tx).await.expect("readable").tier;
    assert_eq!(tier, Some(identity::Tier::Professional));
    drop(tx);
    order("the twelfth".into()).await.expect("still within PROFESSIONAL");
    story.works().await;
    story.hears().await;
    story.pays("T-1").await;
    story.day("2026-02-16T09:00:00Z").await;
    let refused = order("the thirteenth".into()).await;
    assert!(matches!(refused, Err(OrderError::LimitReached { limit: 10 })), "{refused:?}");
    story.end().await;
}

#[tokio::test]
async fn a_smaller_tier_is_refused_while_more_services_run_than_it_allows() {
    let story = Story::begin().await;
    story.hears().await;
    let (professional, starter) = (story.plan("platform", "professional").await, story.plan("platform", "starter").await);
    let tier = billing::server::subscribe_tier(&story.cx(), professional, Interval::Monthly).await.expect("subscribes").id;
    let plan = story.plan("managed-postgresql", "dev").await;
    let mut last = None;
    for number in 1..=11 {
        let order = OrderInstance { id: None, plan, name: format!("db {number}"), configuration: json!({}) };
        last = Some(server::order_instance(&story.cx(), order).await.expect("PROFESSIONAL allows 50").instance.id);
    }
    story.works().await;
    story.hears().await;

    let to = Choice { plan: starter, interval: Interval::Monthly };
    let preview = billing::server::preview_change(&story.cx(), tier, to).await.err();
    let change = billing::server::change_subscription(&story.cx(), tier, to, "down").await.err();
    let anew = billing::server::subscribe_tier(&story.cx(), starter, Interval::Monthly).await.err();
    for refused in [preview, change, anew] {
        let refused = refused.expect("eleven do not fit");
        assert!(matches!(refused, BillingError::BelowUse { what: Promise::Instances, used: 11, limit: 10 }), "{refused:?}");
        assert_eq!((refused.code(), refused.to_string().as_str()), ("billing.below_use", "11 instances are in use, the tier allows 10"));
    }
    assert_eq!(billing::server::subscription(&story.cx(), tier).await.expect("readable").state, State::Active { next: None });

    server::delete_instance(&story.cx(), last.expect("eleven were ordered"), None).await.expect("accepted");
    story.works().await;
    story.hears().await;
    let changed = billing::server::change_subscription(&story.cx(), tier, to, "down").await.expect("ten fit");
    assert_eq!(changed.state, State::Active { next: Some(to) });
    story.end().await;
}
