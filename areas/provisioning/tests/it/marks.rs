//! By its mark a role is known as ours, also by the one that earlier versions left, and others' is let be. A database is
//! known by its name and its owner: what is written on it may be its customer's word.

use crate::story::{Story, gets_in};
use kernel::{InstanceId, Role, TenantId};
use provisioning::{
    commands::{ChangePlan, RepairChoice, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    operation::{OperationKind, OperationState},
    server::{self, driver::Wanted},
    view::Credentials,
};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

/// As versions before marked their objects: with the ids in the open.
fn former_mark(tenant: TenantId, id: InstanceId) -> String {
    format!("Service Hub {tenant} {id}")
}

/// The instance's login and owner roles.
fn roles(tenant: TenantId, id: InstanceId) -> (String, String) {
    let wanted = Wanted {
        tenant,
        instance: id,
        name: String::new(),
        plan: kernel::PlanId::from_uuid(id.uuid()),
        limits: Default::default(),
        configuration: Default::default(),
        suspended: false,
        read_only: false,
        was_ready: false,
        allow_empty: false,
        server: String::new(),
        verifier: None,
    };
    let short = wanted.short_name();
    (format!("t_{short}"), format!("o_{short}"))
}

/// As an earlier version left the instance.
async fn ages(story: &Story, id: InstanceId, database: &str) {
    let ((login, owner), mark) = (roles(story.tenant, id), former_mark(story.tenant, id));
    story.by_hand(&format!("COMMENT ON ROLE \"{login}\" IS '{mark}'; COMMENT ON ROLE \"{owner}\" IS '{mark}'")).await;
    story.by_hand(&format!("COMMENT ON DATABASE \"{database}\" IS '{mark}'")).await;
    assert_eq!((story.on_backend().await, marked(story, &mark).await), ((0, 0), 3));
}

/// How many roles and databases of the server bear this mark.
async fn marked(story: &Story, mark: &str) -> i64 {
    sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = $1)
              + (SELECT count(*) FROM pg_database WHERE shobj_description(oid, 'pg_database') = $1)",
    )
    .bind(mark)
    .fetch_one(&mut story.provisioner().await)
    .await
    .expect("countable")
}

/// Roles and databases whose names are the instance's own.
async fn names(story: &Story, id: InstanceId) -> BTreeSet<String> {
    let (login, _) = roles(story.tenant, id);
    let names: Vec<String> = sqlx::query_scalar("SELECT rolname::text FROM pg_roles WHERE rolname LIKE $1 UNION SELECT datname::text FROM pg_database WHERE datname LIKE $1")
        .bind(format!("%{}", login.trim_start_matches('t')))
        .fetch_all(&mut story.provisioner().await)
        .await
        .expect("listable");
    names.into_iter().collect()
}

/// A running instance of an earlier version, with something in its database.
async fn aged(story: &Story) -> (InstanceId, Credentials) {
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    let mut inside = gets_in(&credentials).await.expect("works");
    sqlx::raw_sql("CREATE TABLE goods (name text); INSERT INTO goods VALUES ('tea')").execute(&mut inside).await.expect("its owner may");
    ages(story, id, &credentials.database).await;
    (id, credentials)
}

async fn goods(credentials: &Credentials) -> i64 {
    let mut inside = gets_in(credentials).await.expect("the same credentials");
    sqlx::query_scalar("SELECT count(*) FROM goods").fetch_one(&mut inside).await.expect("kept")
}

#[tokio::test]
async fn marks_of_an_earlier_version_are_known_and_replaced_at_the_next_look() {
    let story = Story::begin().await;
    let (id, credentials) = aged(&story).await;
    let before = names(&story, id).await;
    story.reconciles().await;
    let seen: Vec<(String, String)> = story.instance(id).await.drift.into_iter().map(|difference| (difference.what, difference.found)).collect();
    let former = former_mark(story.tenant, id);
    assert_eq!(seen, [("database_mark".to_owned(), former.clone()), ("login_mark".to_owned(), former.clone())]);
    story.works().await;
    assert_eq!((story.on_backend().await, marked(&story, &former).await), ((2, 1), 0), "nothing of the old marks is left");
    assert_eq!((names(&story, id).await, goods(&credentials).await), (before, 1), "nothing was made a second time");
    story.reconciles().await;
    assert_eq!((story.instance(id).await.state.code(), story.instance(id).await.drift), ("running", vec![]));
    let repairs: Vec<_> = story.operations(id).await.into_iter().filter(|(kind, _)| *kind == OperationKind::Repair).collect();
    assert_eq!(repairs, [(OperationKind::Repair, OperationState::Succeeded)]);
    story.end().await;
}

#[tokio::test]
async fn a_database_of_an_earlier_version_that_was_renamed_is_taken_back_and_none_made_beside_it() {
    let story = Story::begin().await;
    let (id, credentials) = aged(&story).await;
    let before = names(&story, id).await;
    story.by_hand(&format!("ALTER DATABASE \"{}\" RENAME TO elsewhere_{}", credentials.database, std::process::id())).await;
    story.reconciles().await;
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "running", "{:#?}", story.instance(id).await.operation);
    assert_eq!((story.on_backend().await, names(&story, id).await), ((2, 1), before));
    assert_eq!(goods(&credentials).await, 1, "that one, and no empty one in its place");
    story.end().await;
}

/// What people do between an update of the program and the next look finds the old marks.
#[tokio::test]
async fn whatever_is_done_first_works_and_renews_the_marks() {
    let story = Story::begin().await;
    let (id, mut credentials) = aged(&story).await;
    let former = former_mark(story.tenant, id);
    let all = names(&story, id).await;
    let by_customer = SuspendInstance { id, by: SuspendedBy::Customer };
    let business = story.plan("managed-postgresql", "business").await;
    for (verb, state) in [("suspend", "suspended"), ("resume", "running"), ("rotate", "running"), ("change plan", "running"), ("repair", "running"), ("delete", "grace"), ("restore", "running")] {
        ages(&story, id, &credentials.database).await;
        match verb {
            "suspend" => server::suspend_instance(&story.cx(), by_customer).await.map(drop).expect("accepted"),
            "resume" => server::resume_instance(&story.cx(), by_customer).await.map(drop).expect("accepted"),
            "rotate" => server::rotate_credentials(&story.cx(), id).await.map(drop).expect("accepted"),
            "change plan" => server::change_plan(&story.cx(), ChangePlan { id, plan: business, name: None, configuration: None, if_version: None }).await.map(drop).expect("accepted"),
            "repair" => server::repair_instance(&story.hub.staff(Role::Operator), story.tenant, id, RepairChoice::KeepLoss).await.map(drop).expect("accepted"),
            "delete" => server::delete_instance(&story.cx(), id, None).await.map(drop).expect("accepted"),
            _ => server::restore_instance(&story.cx(), id).await.map(drop).expect("accepted"),
        }
        story.works().await;
        let view = story.instance(id).await;
        assert_eq!(view.state.code(), state, "{verb}: {:#?}", view.operation);
        assert_eq!((story.on_backend().await, marked(&story, &former).await), ((2, 1), 0), "{verb}");
        assert_eq!(names(&story, id).await, all, "{verb}");
        if verb == "rotate" {
            credentials = story.reveal(id).await;
        }
    }
    assert_eq!(goods(&credentials).await, 1);

    // Removed for good, nothing of it stays.
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    ages(&story, id, &credentials.database).await;
    story.hub.clock().set(story.hub.clock().now().plus(server::GRACE).plus(Duration::from_secs(1)));
    assert_eq!(story.purges().await, 1);
    story.works().await;
    assert_eq!((story.instance(id).await.state.code(), names(&story, id).await), ("deleted", BTreeSet::new()));
    story.end().await;
}

#[tokio::test]
async fn an_order_that_an_earlier_version_began_is_finished_with_what_is_there() {
    let story = Story::begin().await;
    let id = story.order("Shop").await.instance.id;
    let ((login, owner), mark) = (roles(story.tenant, id), former_mark(story.tenant, id));
    // It got as far as the first role.
    story.by_hand(&format!("CREATE ROLE \"{owner}\" NOLOGIN; COMMENT ON ROLE \"{owner}\" IS '{mark}'")).await;
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "running", "{:#?}", story.instance(id).await.operation);
    gets_in(&story.reveal(id).await).await.expect("it works");
    assert_eq!((story.on_backend().await, marked(&story, &mark).await), ((2, 1), 0));
    assert!(names(&story, id).await.is_superset(&[login, owner].into()));
    story.end().await;
}

#[tokio::test]
async fn what_bears_anothers_mark_is_never_touched() {
    let story = Story::begin().await;
    let other = InstanceId::from_uuid(story.cx().new_uuid());
    let someone = TenantId::from_uuid(story.cx().new_uuid());
    let marks = [former_mark(someone, other), former_mark(story.tenant, other), format!("{}{}", provisioning::server::postgresql::mark_of(someone), "0".repeat(20))];
    for mark in &marks {
        let id = story.order("Shop").await.instance.id;
        let (login, _) = roles(story.tenant, id);
        story.by_hand(&format!("CREATE ROLE \"{login}\" NOLOGIN; COMMENT ON ROLE \"{login}\" IS '{mark}'")).await;
        story.works().await;
        let view = story.instance(id).await;
        let failed = view.operation.expect("the order");
        assert_eq!((view.state.code(), failed.error.expect("why").code.as_str()), ("failed", "provisioning.error.foreign"), "{mark}");
        assert_eq!((names(&story, id).await, marked(&story, mark).await), ([login.clone()].into(), 1), "{mark}");
        story.by_hand(&format!("DROP ROLE \"{login}\"")).await;
    }

    // Nor where it is a role of one that runs, whatever is done to the instance.
    let id = story.ready("Store").await;
    let (login, owner) = roles(story.tenant, id);
    let credentials = story.reveal(id).await;
    for (limit, (mark, role)) in marks.iter().zip([&login, &owner, &login]).enumerate() {
        story.by_hand(&format!("COMMENT ON ROLE \"{role}\" IS '{mark}'")).await;
        let change = UpdateConfiguration { id, name: None, configuration: json!({"database_name": "shop", "connection_limit": limit + 1}), if_version: None };
        server::update_configuration(&story.cx(), change).await.expect("accepted");
        story.works().await;
        let change = story.instance(id).await.operation.expect("the change");
        assert_eq!((change.state, change.error.expect("why").code.as_str()), (OperationState::Failed, "provisioning.error.foreign"), "{mark}");
        assert_eq!((marked(&story, mark).await, story.on_backend().await), (1, (1, 1)), "{mark}");
        gets_in(&credentials).await.expect("as it was");
        // The hand that did it takes it back, and staff have it set right.
        story.by_hand(&format!("COMMENT ON ROLE \"{role}\" IS NULL")).await;
        server::repair_instance(&story.hub.staff(Role::Operator), story.tenant, id, RepairChoice::KeepLoss).await.expect("accepted");
        story.works().await;
        assert_eq!((story.instance(id).await.state.code(), story.on_backend().await), ("running", (2, 1)), "{mark}");
    }
    story.end().await;
}
