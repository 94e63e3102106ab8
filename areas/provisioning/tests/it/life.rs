//! The whole life of a managed database, as its customer sees it.

use crate::story::{Story, gets_in};
use kernel::{Role, events::{Event, provisioning as events}, live::{Live, LiveChange}};
use provisioning::{
    commands::{ListInstances, OrderInstance, SuspendInstance},
    instance::SuspendedBy,
    server::{self, ChangeError, OrderError, ReadError, RevealError},
    view::CredentialsState,
};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn order_connect_suspend_resume_rotate_delete_restore_remove() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    assert!(matches!(story.hub.events().await.last(), Some(Event::Provisioning(events::Event::InstanceReady { instance, .. })) if *instance == id));
    assert_eq!(story.on_backend().await, (2, 1));

    let view = story.instance(id).await;
    assert_eq!(view.credentials, CredentialsState::Unseen);
    assert_eq!(view.operation.as_ref().map(|operation| operation.percent), Some(100));
    let told = async || match platform::live::changes_after(&story.cx(), 0).await.expect("readable") {
        platform::live::Missed::Changes(changes) => changes,
        platform::live::Missed::TooOld(head) => panic!("{head}"),
    };
    let before = told().await.len();
    let credentials = story.reveal(id).await;
    let shown = &told().await[before..];
    assert!(matches!(shown, [LiveChange { what: Live::Instance { id: other, .. }, .. }] if *other == id), "other pages hear of it: {shown:?}");
    assert!(matches!(server::reveal_credentials(&story.cx(), id).await, Err(RevealError::AlreadyShown)));
    assert!(credentials.database.starts_with("shop_"), "{credentials:?}");
    let mut inside = gets_in(&credentials).await.expect("the credentials work");
    sqlx::raw_sql("CREATE TABLE goods (name text); INSERT INTO goods VALUES ('tea')").execute(&mut inside).await.expect("its owner may");
    let owner: String = sqlx::query_scalar("SELECT tableowner::text FROM pg_tables WHERE tablename = 'goods'").fetch_one(&mut inside).await.expect("there");
    assert!(owner.starts_with("o_"), "what customers make belongs to the owner role: {owner}");

    // The limit that the customer chose.
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(gets_in(&credentials).await.expect("within the limit"));
    }
    assert!(gets_in(&credentials).await.is_err(), "a fifth connection was let in");
    drop(others);

    let by_customer = SuspendInstance { id, by: SuspendedBy::Customer };
    server::suspend_instance(&story.cx(), by_customer).await.expect("accepted");
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "suspended");
    assert!(sqlx::query("SELECT 1").execute(&mut inside).await.is_err(), "an open session lived on");
    assert!(gets_in(&credentials).await.is_err(), "a suspended database let someone in");

    server::resume_instance(&story.cx(), by_customer).await.expect("accepted");
    story.works().await;
    gets_in(&credentials).await.expect("it is back");

    server::rotate_credentials(&story.cx(), id).await.expect("accepted");
    story.works().await;
    assert!(gets_in(&credentials).await.is_err(), "the old password still works");
    let fresh = story.reveal(id).await;
    let mut inside = gets_in(&fresh).await.expect("the new password works");
    let goods: i64 = sqlx::query_scalar("SELECT count(*) FROM goods").fetch_one(&mut inside).await.expect("kept");
    assert_eq!(goods, 1);
    drop(inside);

    story.hub.events().await;
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "grace");
    assert!(gets_in(&fresh).await.is_err());
    assert_eq!(story.on_backend().await, (2, 1), "its data is kept");
    server::restore_instance(&story.cx(), id).await.expect("within the grace period");
    story.works().await;
    gets_in(&fresh).await.expect("it is back with its credentials");
    let said: Vec<_> = story.hub.events().await.into_iter().filter(|event| matches!(event, Event::Provisioning(_))).collect();
    assert!(matches!(said[..], [Event::Provisioning(events::Event::InstanceDeleted { .. }), Event::Provisioning(events::Event::InstanceRestored { .. })]), "{said:?}");

    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    let system = story.hub.system(None);
    assert_eq!(server::due_purges(&system, story.hub.clock().now(), 10).await.expect("readable"), []);
    story.hub.clock().set(story.hub.clock().now().plus(server::GRACE).plus(Duration::from_secs(1)));
    assert_eq!(server::reconcile::requeue_due(&system).await.expect("nothing was lost"), 0);
    assert_eq!(story.hub.jobs("purge_instance").await, Vec::<serde_json::Value>::new(), "the scheduler removes it, and nobody else");
    assert_eq!((story.purges().await, story.purges().await), (1, 0));
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "deleted");
    assert_eq!(story.on_backend().await, (0, 0), "nothing is left");
    assert_eq!(server::list_instances(&story.cx(), ListInstances::default()).await.expect("readable").rows, []);
    story.end().await;
}

#[tokio::test]
async fn the_same_order_twice_is_one_instance_and_another_under_its_id_is_refused() {
    let story = Story::begin().await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let id = kernel::InstanceId::from_uuid(story.cx().new_uuid());
    let order = OrderInstance { id: Some(id), plan, name: "Shop".into(), configuration: json!({}) };
    let first = server::order_instance(&story.cx(), order.clone()).await.expect("taken");
    let again = server::order_instance(&story.cx(), order.clone()).await.expect("taken");
    assert_eq!((again.repeated, again.operation), (true, first.operation));
    let other = OrderInstance { name: "Other".into(), ..order.clone() };
    assert!(matches!(server::order_instance(&story.cx(), other).await, Err(OrderError::Conflict)));

    // Two at once.
    let id = Some(kernel::InstanceId::from_uuid(story.cx().new_uuid()));
    let (cx, order) = (story.cx(), OrderInstance { id, ..order });
    let (one, two) = tokio::join!(server::order_instance(&cx, order.clone()), server::order_instance(&cx, order.clone()));
    let (one, two) = (one.expect("taken"), two.expect("taken"));
    assert_eq!(one.operation, two.operation);
    assert!(one.repeated != two.repeated);
    story.works().await;
    assert_eq!(story.on_backend().await, (4, 2));
    story.end().await;
}

#[tokio::test]
async fn another_tenant_with_the_same_id_gets_a_database_of_its_own_and_sees_nothing() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let other = Story::new_tenant(&story.hub, "globex").await;
    let cx = story.hub.cx(other, Role::Owner);
    assert!(matches!(server::get_instance(&cx, id).await, Err(ReadError::NotFound)));
    assert!(matches!(server::rotate_credentials(&cx, id).await, Err(ChangeError::NotFound)));
    assert!(matches!(server::reveal_credentials(&cx, id).await, Err(RevealError::NotFound)));
    let plan = story.plan("managed-postgresql", "dev").await;
    let order = OrderInstance { id: Some(id), plan, name: "Mine".into(), configuration: json!({"database_name": "shop"}) };
    server::order_instance(&cx, order).await.expect("the id is free in this organisation");
    story.works().await;
    let theirs = server::reveal_credentials(&cx, id).await.expect("shown");
    let ours = story.reveal(id).await;
    assert_ne!(theirs.database, ours.database);
    let across = provisioning::view::Credentials { uri: theirs.uri.replace(&theirs.database, &ours.database), ..theirs.clone() };
    assert!(gets_in(&across).await.is_err(), "one tenant got into another's database");
    let hub_itself = provisioning::view::Credentials { uri: theirs.uri.replace(&theirs.database, "postgres"), ..theirs };
    assert!(gets_in(&hub_itself).await.is_err(), "a tenant got into the server's own database");
    story.end_of(other).await;
    story.end().await;
}

#[tokio::test]
async fn wrong_orders_are_refused_field_by_field_and_by_the_tier() {
    let story = Story::begin().await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let order = |name: &str, configuration| OrderInstance { id: None, plan, name: name.into(), configuration };
    let refused = server::order_instance(&story.cx(), order("", json!({}))).await.expect_err("no name");
    assert_eq!(refused.fields()[0].field, "name");
    let refused = server::order_instance(&story.cx(), order("x", json!({"database_name": "No Good", "connection_limit": 99}))).await.expect_err("bad");
    let mut fields: Vec<_> = refused.fields().iter().map(|field| field.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["/configuration/connection_limit", "/configuration/database_name"]);
    let tier = catalog::server::tier_plans(&story.hub.nobody()).await.expect("readable")[0].plan.id;
    let refused = server::order_instance(&story.cx(), OrderInstance { plan: tier, ..order("x", json!({})) }).await;
    assert!(matches!(refused, Err(OrderError::NoSuchPlan)));
    for number in 0..10 {
        server::order_instance(&story.cx(), order(&format!("db {number}"), json!({}))).await.expect("within the tier");
    }
    let refused = server::order_instance(&story.cx(), order("one too many", json!({}))).await;
    assert!(matches!(refused, Err(OrderError::LimitReached { limit: 10 })));
    assert!(server::order_instance(&story.hub.cx(story.tenant, Role::Member), order("x", json!({}))).await.is_err());
}

#[tokio::test]
async fn lists_are_paged_searched_and_sorted() {
    let story = Story::begin().await;
    for name in ["Beta", "alpha", "Gamma"] {
        story.order(name).await;
        story.hub.clock().set(story.hub.clock().now().plus(Duration::from_secs(1)));
    }
    let names = |page: &kernel::Page<provisioning::view::InstanceRow>| page.rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
    let mut list = ListInstances { sort: provisioning::commands::InstanceSort::Name, size: kernel::PageSize::new(2), ..Default::default() };
    let first = server::list_instances(&story.cx(), list.clone()).await.expect("readable");
    assert_eq!(names(&first), ["alpha", "Beta"]);
    list.cursor = first.next;
    let second = server::list_instances(&story.cx(), list.clone()).await.expect("readable");
    assert_eq!((names(&second), second.next), (vec!["Gamma".to_owned()], None));
    let elsewhere = ListInstances { search: Some("amm".into()), ..list.clone() };
    assert!(matches!(server::list_instances(&story.cx(), elsewhere).await, Err(ReadError::BadCursor)));
    let found = ListInstances { search: Some("AMM".into()), ..Default::default() };
    assert_eq!(names(&server::list_instances(&story.cx(), found).await.expect("readable")), ["Gamma"]);
    let newest = server::list_instances(&story.cx(), ListInstances::default()).await.expect("readable");
    assert_eq!(names(&newest), ["Gamma", "alpha", "Beta"]);
    let all = server::list_all_instances(&story.hub.staff(Role::Operator), None, ListInstances::default()).await.expect("staff may");
    assert_eq!(all.rows.len(), 3);
    assert_eq!(server::staff_counts(&story.hub.staff(Role::Operator)).await.expect("readable").by_state.get("creating"), Some(&3));
}
