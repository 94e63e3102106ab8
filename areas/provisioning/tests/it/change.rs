//! Changes of plan and configuration, suspensions by several parties, and what is refused.

use crate::{
    fated::{Fate, fated},
    story::{LEASE, Story, gets_in},
};
use kernel::{Role, events::{Event, billing, provisioning as events}};
use provisioning::{
    commands::{ChangePlan, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    operation::OperationState,
    server::{self, ChangeError, runner::run_operation},
};
use serde_json::json;
use sqlx::Row;

#[tokio::test]
async fn another_plan_and_configuration_reach_the_backend() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    story.hub.events().await;
    let (dev, business) = (story.plan("managed-postgresql", "dev").await, story.plan("managed-postgresql", "business").await);

    // 4 connections were chosen, which Dev allows; 40 it does not.
    let change = |plan, configuration| ChangePlan { id, plan, name: None, configuration, if_version: None };
    let refused = server::change_plan(&story.cx(), change(dev, Some(json!({"database_name": "shop", "connection_limit": 40})))).await;
    assert!(matches!(refused, Err(ChangeError::Fields(_))));
    let accepted = server::change_plan(&story.cx(), change(business, Some(json!({"database_name": "store", "connection_limit": 120, "extensions": ["citext"]})))).await.expect("taken");
    let busy = server::rotate_credentials(&story.cx(), id).await;
    assert!(matches!(busy, Err(ChangeError::Busy { operation }) if Some(operation) == accepted.operation));
    story.works().await;
    assert_eq!(story.state(accepted.operation.expect("one")).await, OperationState::Succeeded);
    let view = story.instance(id).await;
    assert_eq!((view.plan, view.state.code()), (business, "running"));
    assert!(view.endpoint["database"].starts_with("store_"));
    assert!(story.hub.events().await.iter().any(|event| matches!(event, Event::Provisioning(events::Event::PlanChanged { to, .. }) if *to == business)));
    let renamed = provisioning::view::Credentials { uri: credentials.uri.replace(&credentials.database, &view.endpoint["database"]), ..credentials };
    let mut inside = gets_in(&renamed).await.expect("the same password, the new name");
    let row = sqlx::query("SELECT (SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user), EXISTS (SELECT FROM pg_extension WHERE extname = 'citext')")
        .fetch_one(&mut inside)
        .await
        .expect("readable");
    assert_eq!((row.get::<i32, _>(0), row.get::<bool, _>(1)), (120, true));

    // Back down: refused with the numbers while more is used than Dev allows.
    server::measure::measure_instance(&story.hub.system(None), &story.drivers, story.tenant, id).await.expect("measured");
    sqlx::raw_sql("CREATE TABLE big AS SELECT 1").execute(&mut inside).await.expect("its owner may");
    sqlx::query("UPDATE provisioning.measurements SET storage_bytes = 3000000000").execute(&mut *as_tenant(&story).await).await.ok();
    let stale = server::update_configuration(
        &story.cx(),
        UpdateConfiguration { id, name: None, configuration: json!({}), if_version: Some(1) },
    )
    .await;
    assert!(matches!(stale, Err(ChangeError::Stale { .. })));
    let renamed = UpdateConfiguration { id, name: Some("Store".into()), configuration: view.configuration.clone(), if_version: Some(view.version) };
    let renamed = server::update_configuration(&story.cx(), renamed).await.expect("a name is no work");
    assert_eq!((renamed.operation, renamed.instance.name.as_str()), (None, "Store"));
    story.end().await;
}

#[tokio::test]
async fn a_name_that_comes_with_a_plan_is_told_to_whoever_writes_invoices() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    story.hears().await;
    story.pays("T-1").await;
    // At once, with the next term, and with the plan in force.
    for (plan, name) in [("business", "Store"), ("dev", "Depot"), ("business", "Barn")] {
        let plan = story.plan("managed-postgresql", plan).await;
        let command = ChangePlan { id, plan, name: Some(name.into()), configuration: None, if_version: None };
        server::change_plan(&story.cx(), command).await.expect("accepted");
        story.works().await;
        story.hears().await;
        let mut tx = as_tenant(&story).await;
        let told: String = sqlx::query_scalar("SELECT name FROM billing.service_names WHERE instance_id = $1").bind(id).fetch_one(&mut *tx).await.expect("readable");
        assert_eq!(told, name);
    }
    story.end().await;
}

async fn as_tenant(story: &Story) -> platform::TenantTx {
    story.system().tenant_tx(kernel::Need::SERVICES_READ).await.expect("opens")
}

#[tokio::test]
async fn a_downgrade_below_present_use_is_refused_with_the_numbers() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let mut tx = as_tenant(&story).await;
    sqlx::query("INSERT INTO provisioning.measurements (tenant_id, instance_id, at, storage_bytes, connections) VALUES ($1, $2, $3, 3000000000, 2)")
        .bind(story.tenant)
        .bind(id)
        .bind(story.hub.clock().now())
        .execute(&mut *tx)
        .await
        .expect("written");
    tx.commit_unaudited("a test's measure").await.expect("committed");
    let dev = story.plan("managed-postgresql", "dev").await;
    match server::change_plan(&story.cx(), ChangePlan { id, plan: dev, name: None, configuration: None, if_version: None }).await {
        Err(ChangeError::BelowUse { meter, used, limit }) => assert_eq!((meter.as_str(), used, limit), ("storage_bytes", 3_000_000_000, 1_000_000_000)),
        other => panic!("{other:?}"),
    }
    assert_eq!(story.instance(id).await.state.code(), "running");
    story.end().await;
}

#[tokio::test]
async fn debt_stops_instances_and_payment_brings_back_those_that_nobody_else_holds() {
    let story = Story::begin().await;
    let (one, two) = (story.ready("One").await, story.ready("Two").await);
    let credentials = story.reveal(one).await;
    let by_customer = |id| SuspendInstance { id, by: SuspendedBy::Customer };
    server::suspend_instance(&story.cx(), by_customer(two)).await.expect("accepted");
    story.works().await;
    story.hears().await;

    // Due on 22 January.
    story.day("2026-02-06T09:00:00Z").await;
    assert_eq!(story.instance(one).await.state.code(), "suspended");
    assert!(gets_in(&credentials).await.is_err());
    let held = server::resume_instance(&story.cx(), by_customer(one)).await;
    assert!(matches!(held, Err(ChangeError::Held { by: SuspendedBy::Debt })));
    let debt_is_not_theirs = SuspendInstance { id: one, by: SuspendedBy::Debt };
    assert!(matches!(server::resume_instance(&story.cx(), debt_is_not_theirs).await, Err(ChangeError::Denied(_))));
    let (tenant, at) = (story.tenant, story.hub.clock().now());
    let due = Event::Billing(billing::Event::SuspensionDue { tenant, at });
    let (before, operations) = (story.instance(one).await.version, story.operations(one).await);
    story.heard(&due).await.expect("heard twice");
    assert_eq!((story.instance(one).await.version, story.operations(one).await), (before, operations));

    story.pays("T-1").await;
    gets_in(&credentials).await.expect("paid");
    assert_eq!(story.instance(two).await.state.code(), "suspended", "the customer's own hold stays");
    story.end().await;
}

#[tokio::test]
async fn who_paid_while_one_instance_was_busy_is_not_stopped_again() {
    let story = Story::begin().await;
    let (one, two) = (story.ready("One").await, story.ready("Two").await);
    let credentials = story.reveal(one).await;
    story.hears().await;
    story.day("2026-02-04T09:00:00Z").await;
    story.hub.at("2026-02-05T09:00:00Z");
    ::billing::server::dun(&story.system()).await.expect("duns");
    let due = story.hub.events().await.into_iter().find(|event| matches!(event, Event::Billing(billing::Event::SuspensionDue { .. }))).expect("said");
    let configuration = json!({"database_name": "shop", "connection_limit": 3});
    server::update_configuration(&story.cx(), UpdateConfiguration { id: two, name: None, configuration, if_version: None }).await.expect("taken");
    assert!(story.heard(&due).await.expect_err("one is busy").passing);
    story.works().await;
    assert_eq!((story.instance(one).await.state.code(), story.instance(two).await.state.code()), ("suspended", "running"));

    story.pays("T-1").await;
    assert_eq!(story.instance(one).await.state.code(), "running");
    // The job that failed comes again, hours later.
    story.heard(&due).await.expect("nothing is left to do");
    story.works().await;
    assert_eq!((story.instance(one).await.state.code(), story.instance(two).await.state.code()), ("running", "running"));
    gets_in(&credentials).await.expect("paid");

    // The other way round: an old word of payment does not let run what is to stand still.
    let lifted = Event::Billing(billing::Event::SuspensionLifted { tenant: story.tenant, at: story.hub.clock().now() });
    story.day("2026-02-16T09:00:00Z").await;
    story.day("2026-03-12T09:00:00Z").await;
    assert_eq!(story.instance(one).await.state.code(), "suspended");
    story.heard(&lifted).await.expect("heard");
    story.works().await;
    assert_eq!(story.instance(one).await.state.code(), "suspended");
    story.end().await;
}

#[tokio::test]
async fn a_name_given_while_a_change_runs_stays_when_that_fails_and_when_it_is_tried_again() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let configure = |name: Option<&str>, configuration| UpdateConfiguration { id, name: name.map(str::to_owned), configuration, if_version: None };
    let change = configure(None, json!({"database_name": "shop", "connection_limit": 3}));
    let operation = server::update_configuration(&story.cx(), change).await.expect("taken").operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    let under_way = story.instance(id).await.configuration;
    let renamed = server::update_configuration(&story.cx(), configure(Some("Store"), under_way)).await.expect("a name is no work");
    assert_eq!((renamed.operation, renamed.instance.name.as_str()), (None, "Store"));

    run_operation(&story.system(), &fated(&story, Fate::Refuses), operation, LEASE).await.expect("runs");
    let failed = story.instance(id).await;
    assert_eq!(story.state(operation).await, OperationState::Failed);
    assert_eq!((failed.name.as_str(), &failed.configuration["connection_limit"]), ("Store", &json!(4)));
    let again = configure(Some("Storehouse"), failed.configuration);
    server::update_configuration(&story.cx(), again).await.expect("a name is no work");
    server::retry_operation(&story.cx(), operation).await.expect("tried again");
    story.works().await;
    let done = story.instance(id).await;
    assert_eq!((done.name.as_str(), &done.configuration["connection_limit"]), ("Storehouse", &json!(3)));
    story.end().await;
}

#[tokio::test]
async fn staff_see_every_organisations_operations_with_the_backends_words_and_tenants_without() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let operation = story.instance(id).await.operation.expect("the order").id;
    let staff = story.hub.staff(Role::Operator);
    let page = server::list_all_operations(&staff, None, Default::default()).await.expect("staff may");
    assert_eq!(page.rows.len(), 1);
    let detail = server::staff_operation(&staff, story.tenant, operation).await.expect("staff may");
    assert!(detail.log.iter().any(|line| line.message.code == "provisioning.step.database"), "{:?}", detail.log);
    assert!(server::list_all_operations(&story.cx(), None, Default::default()).await.is_err());
    assert!(matches!(server::retry_operation(&story.cx(), operation).await, Err(ChangeError::NotRetryable)));
    story.end().await;
}
