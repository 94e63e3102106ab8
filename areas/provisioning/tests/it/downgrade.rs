//! A smaller plan waits for the term's end, on the bill as on the backend.

use crate::story::{Story, gets_in};
use billing::{dunning::Standing, server::Wanted as Invoices, subscription::State};
use kernel::{InstanceId, PageSize, PlanId, events::{Event, billing as events}};
use provisioning::{
    commands::{ChangePlan, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    operation::{OperationKind, OperationState},
    server::{self, ChangeError},
    view::Planned,
};
use serde_json::json;
use sqlx::Row;

const AFTER_THE_TERM: &str = "2026-02-16T09:00:00Z";

fn to(id: InstanceId, plan: PlanId) -> ChangePlan {
    ChangePlan { id, plan, name: None, configuration: None, if_version: None }
}

async fn lines(story: &Story) -> Vec<String> {
    let page = billing::server::list_invoices(&story.cx(), Invoices::All, None, PageSize::new(1)).await.expect("readable");
    let newest = billing::server::get_invoice(&story.cx(), page.rows[0].id).await.expect("readable");
    newest.lines.iter().map(|line| format!("{} {}", line.line.draft.kind.code(), line.line.draft.amount.minor)).collect()
}

async fn changes(story: &Story, id: InstanceId) -> Vec<OperationState> {
    story.operations(id).await.into_iter().filter(|(kind, _)| *kind == OperationKind::ChangePlan).map(|(_, state)| state).collect()
}

/// A running instance on Standard whose term began on 15 January and is paid, the smaller plan, and its own.
async fn on_standard(story: &Story) -> (InstanceId, PlanId, PlanId) {
    let id = story.ready("Shop").await;
    story.hears().await;
    story.pays("T-0").await;
    let (dev, standard) = (story.plan("managed-postgresql", "dev").await, story.plan("managed-postgresql", "standard").await);
    (id, dev, standard)
}

#[tokio::test]
async fn it_is_shown_can_be_taken_back_and_takes_hold_once_on_bill_and_backend() {
    let story = Story::begin().await;
    let (id, dev, standard) = on_standard(&story).await;
    let credentials = story.reveal(id).await;
    let on = story.subscription(id).await.term.end;

    let accepted = server::change_plan(&story.cx(), to(id, dev)).await.expect("taken");
    assert_eq!((accepted.operation, accepted.repeated, accepted.instance.plan), (None, false, standard));
    assert!(matches!(&accepted.instance.planned, Some(Planned::Plan { plan, on: day, .. }) if (*plan, *day) == (dev, on)), "{:?}", accepted.instance.planned);
    let again = server::change_plan(&story.cx(), to(id, dev)).await.expect("taken");
    assert_eq!((again.repeated, again.instance.version), (true, accepted.instance.version));

    let kept = server::keep_plan(&story.cx(), id).await.expect("taken back");
    assert_eq!((kept.repeated, kept.instance.planned), (false, None));
    assert_eq!(story.subscription(id).await.state, State::Active { next: None });
    assert!(server::keep_plan(&story.cx(), id).await.expect("nothing to do").repeated);
    server::change_plan(&story.cx(), to(id, dev)).await.expect("taken");
    let stays = server::change_plan(&story.cx(), to(id, standard)).await.expect("the present plan is chosen");
    assert_eq!((stays.operation, stays.instance.planned), (None, None));
    server::change_plan(&story.cx(), to(id, dev)).await.expect("taken");

    // What is configured meanwhile holds then, too; what the smaller plan does not allow is refused now.
    let configure = |limit: i64| UpdateConfiguration { id, name: None, configuration: json!({"database_name": "shop", "connection_limit": limit}), if_version: None };
    let refused = server::update_configuration(&story.cx(), configure(30)).await;
    assert!(matches!(refused, Err(ChangeError::Fields(_))), "{refused:?}");
    server::update_configuration(&story.cx(), configure(3)).await.expect("both plans allow it");
    story.works().await;

    story.day(AFTER_THE_TERM).await;
    let view = story.instance(id).await;
    assert_eq!((view.plan, view.planned, view.state.code()), (dev, None, "running"));
    assert_eq!(view.limits["storage_gb"], 1);
    assert_eq!(view.configuration["connection_limit"], 3);
    assert_eq!(changes(&story, id).await, [OperationState::Succeeded]);
    assert!(story.log(id).await.iter().any(|line| line.code == "provisioning.log.plan_due"));
    assert_eq!(story.subscription(id).await.choice.plan, dev);
    assert_eq!(lines(&story).await.len(), 1, "the new term's fee and nothing given back");
    let mut inside = gets_in(&credentials).await.expect("the same credentials");
    let row = sqlx::query("SELECT (SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user)").fetch_one(&mut inside).await.expect("readable");
    assert_eq!(row.get::<i32, _>(0), 3);

    let (tenant, at) = (story.tenant, story.hub.clock().now());
    let due = Event::Billing(events::Event::PlanDue { tenant, instance: id, from: standard, to: dev, at });
    story.heard(&due).await.expect("heard again");
    story.hears().await;
    assert_eq!(changes(&story, id).await.len(), 1, "the backend follows once");
    story.end().await;
}

#[tokio::test]
async fn a_deletion_says_that_it_drops_what_was_planned() {
    let story = Story::begin().await;
    let (id, dev, standard) = on_standard(&story).await;
    let on = story.subscription(id).await.term.end;
    server::change_plan(&story.cx(), to(id, dev)).await.expect("waits");
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    let dropped = provisioning::operation::Message::new("provisioning.log.plan_dropped").with("on", on);
    assert!(story.log(id).await.contains(&dropped), "{:?}", story.log(id).await);
    story.works().await;
    story.hears().await;
    server::restore_instance(&story.cx(), id).await.expect("within its grace");
    story.works().await;
    story.hears().await;
    let view = story.instance(id).await;
    assert_eq!((view.plan, view.planned), (standard, None));
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    assert!(!story.log(id).await.contains(&dropped), "nothing was planned");
    story.end().await;
}

#[tokio::test]
async fn a_larger_plan_takes_hold_at_once_and_takes_the_smaller_ones_place() {
    let story = Story::begin().await;
    let (id, dev, _) = on_standard(&story).await;
    let business = story.plan("managed-postgresql", "business").await;
    server::change_plan(&story.cx(), to(id, dev)).await.expect("waits");
    let accepted = server::change_plan(&story.cx(), to(id, business)).await.expect("taken");
    assert!(accepted.operation.is_some());
    assert_eq!(accepted.instance.planned, None);
    story.works().await;
    story.hears().await;
    assert_eq!((story.instance(id).await.plan, story.subscription(id).await.choice.plan), (business, business));
    story.day(AFTER_THE_TERM).await;
    assert_eq!((story.instance(id).await.plan, story.subscription(id).await.choice.plan), (business, business));
    assert_eq!(changes(&story, id).await.len(), 1);
    story.end().await;
}

#[tokio::test]
async fn while_unpaid_invoices_restrict_no_larger_plan_is_taken_and_payment_opens_it_again() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    story.hears().await;
    let (dev, standard, business) = (story.plan("managed-postgresql", "dev").await, story.plan("managed-postgresql", "standard").await, story.plan("managed-postgresql", "business").await);
    // The first fee is due on 22 January; warned is not restricted yet.
    story.day("2026-01-28T09:00:00Z").await;
    assert_eq!(billing::server::account(&story.cx()).await.expect("readable").standing, Standing::Warned);
    story.day("2026-01-29T09:00:00Z").await;
    assert_eq!(billing::server::account(&story.cx()).await.expect("readable").standing, Standing::Restricted);

    let before = (story.instance(id).await, story.operations(id).await, invoices(&story).await);
    let larger = ChangePlan { name: Some("Store".into()), configuration: Some(json!({"database_name": "store", "connection_limit": 100})), ..to(id, business) };
    for wish in [to(id, business), larger] {
        let refused = server::change_plan(&story.cx(), wish).await.expect_err("nothing more is charged for");
        assert!(matches!(refused, ChangeError::Restricted), "{refused:?}");
        assert_eq!(refused.code(), "billing.restricted");
    }
    story.works().await;
    story.hears().await;
    let after = (story.instance(id).await, story.operations(id).await, invoices(&story).await);
    assert_eq!(after, before, "neither name nor configuration nor bill moved");
    assert_eq!(story.subscription(id).await.state, State::Active { next: None });
    let entry = ("provisioning.instance.plan_changed".to_owned(), id.to_string(), "billing.restricted".to_owned());
    assert_eq!(story.hub.refusals(story.tenant).await, [entry.clone(), entry]);

    // What costs nothing more is theirs to choose: the present plan's configuration, a smaller plan, and that it stays.
    server::change_plan(&story.cx(), to(id, dev)).await.expect("a smaller one waits");
    let stays = server::change_plan(&story.cx(), to(id, standard)).await.expect("the present one");
    assert_eq!((stays.operation, stays.instance.planned), (None, None));

    story.pays("T-1").await;
    assert_eq!(billing::server::account(&story.cx()).await.expect("readable").standing, Standing::Good);
    server::change_plan(&story.cx(), to(id, business)).await.expect("paid");
    story.works().await;
    story.hears().await;
    assert_eq!((story.instance(id).await.plan, story.subscription(id).await.choice.plan), (business, business));
    assert_eq!(invoices(&story).await, before.2 + 1);
    story.end().await;
}

async fn invoices(story: &Story) -> usize {
    billing::server::list_invoices(&story.cx(), Invoices::All, None, PageSize::default()).await.expect("readable").rows.len()
}

#[tokio::test]
async fn one_that_stands_still_follows_too_and_stays_shut() {
    let story = Story::begin().await;
    let (id, dev, _) = on_standard(&story).await;
    let credentials = story.reveal(id).await;
    server::change_plan(&story.cx(), to(id, dev)).await.expect("waits");
    server::suspend_instance(&story.cx(), SuspendInstance { id, by: SuspendedBy::Customer }).await.expect("accepted");
    story.works().await;
    story.day(AFTER_THE_TERM).await;
    let view = story.instance(id).await;
    assert_eq!((view.plan, view.state.code()), (dev, "suspended"));
    assert!(gets_in(&credentials).await.is_err());
    story.end().await;
}

#[tokio::test]
async fn one_that_is_cancelled_plans_nothing() {
    let story = Story::begin().await;
    let (id, dev, _) = on_standard(&story).await;
    billing::server::cancel_subscription(&story.cx(), story.subscription(id).await.id).await.expect("cancels");
    let refused = server::change_plan(&story.cx(), to(id, dev)).await;
    assert!(matches!(refused, Err(ChangeError::Cancelled)), "{refused:?}");
    story.end().await;
}

#[tokio::test]
async fn where_more_is_used_by_then_the_present_plan_goes_on_and_people_are_told() {
    let story = Story::begin().await;
    let (id, dev, standard) = on_standard(&story).await;
    server::change_plan(&story.cx(), to(id, dev)).await.expect("it fits today");
    story.hub.at("2026-02-10T09:00:00Z");
    story.keeps(id, 3_000_000_000).await;
    story.hub.jobs("send_mail").await;

    story.day(AFTER_THE_TERM).await;
    let view = story.instance(id).await;
    assert_eq!((view.plan, view.planned, view.state.code()), (standard, None, "running"));
    let subscription = story.subscription(id).await;
    assert_eq!((subscription.choice.plan, subscription.state), (standard, State::Active { next: None }));
    let dropped = view.operation.expect("it stands among the operations");
    assert_eq!((dropped.kind, dropped.state, dropped.can_retry), (OperationKind::ChangePlan, OperationState::Failed, false));
    let why = dropped.error.expect("why");
    assert_eq!((why.code.as_str(), why.args["used"].as_str(), why.args["limit"].as_str()), ("provisioning.error.below_use", "3000000000", "1000000000"));
    assert_eq!(told(&story).await, 1);
    assert_eq!(changes(&story, id).await, [OperationState::Failed]);
    story.end().await;
}

#[tokio::test]
async fn growth_in_the_last_moment_puts_the_bill_back_to_the_plan_that_goes_on() {
    let story = Story::begin().await;
    let (id, dev, standard) = on_standard(&story).await;
    let fee = lines(&story).await.remove(0);
    server::change_plan(&story.cx(), to(id, dev)).await.expect("it fits today");
    story.hub.at(AFTER_THE_TERM);
    // The term closes, and only then is it found that more is kept.
    billing::server::close_terms(&story.system()).await.expect("closes");
    let smaller = lines(&story).await.remove(0);
    assert_ne!(smaller, fee);
    story.keeps(id, 3_000_000_000).await;
    story.hears().await;
    assert_eq!((story.instance(id).await.plan, story.subscription(id).await.choice.plan), (standard, standard));
    assert_eq!(told(&story).await, 1);
    // One day of the term has passed: 27 of 28 are given back and charged.
    let put_back = lines(&story).await;
    assert_eq!(put_back.len(), 2, "{put_back:?}");
    assert!(put_back[0].starts_with("credit -") && put_back[1].starts_with("fee "), "{put_back:?}");
    assert_eq!(changes(&story, id).await, [OperationState::Failed]);
    story.end().await;
}

/// Mails that say that a plan goes on.
async fn told(story: &Story) -> usize {
    let mails = platform::mail::mailbox(&story.system()).await.expect("readable");
    mails.iter().filter(|mail| mail.subject == "Shop keeps its plan").count()
}
