//! Changes of plan and configuration, suspensions by several parties, and what is refused.

use crate::story::{Story, gets_in};
use kernel::{Role, events::{Event, billing, provisioning as events}};
use provisioning::{
    commands::{ChangePlan, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    operation::OperationState,
    server::{self, ChangeError},
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

    let (tenant, at) = (story.tenant, story.hub.clock().now());
    let due = Event::Billing(billing::Event::SuspensionDue { tenant, at });
    server::handlers::on_event(&story.hub.system(None), &due).await.expect("heard");
    server::handlers::on_event(&story.hub.system(None), &due).await.expect("heard twice");
    story.works().await;
    assert!(gets_in(&credentials).await.is_err());
    let held = server::resume_instance(&story.cx(), by_customer(one)).await;
    assert!(matches!(held, Err(ChangeError::Held { by: SuspendedBy::Debt })));
    let debt_is_not_theirs = SuspendInstance { id: one, by: SuspendedBy::Debt };
    assert!(matches!(server::resume_instance(&story.cx(), debt_is_not_theirs).await, Err(ChangeError::Denied(_))));

    let lifted = Event::Billing(billing::Event::SuspensionLifted { tenant, at });
    server::handlers::on_event(&story.hub.system(None), &lifted).await.expect("heard");
    story.works().await;
    gets_in(&credentials).await.expect("paid");
    assert_eq!(story.instance(two).await.state.code(), "suspended", "the customer's own hold stays");
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
