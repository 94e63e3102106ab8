//! Workers that are killed in the middle, workers at the same work, and backends that never come right.

use crate::{
    fated::{Fate, fated},
    story::{LEASE, Story},
};
use async_trait::async_trait;
use kernel::Need;
use provisioning::{
    operation::{Message, OperationKind, OperationState},
    server::{
        self,
        driver::{DriverError, Reporter, Wanted},
        runner::run_operation,
    },
};
use sqlx::Connection;
use std::time::Duration;

#[tokio::test]
async fn a_worker_killed_after_any_step_leaves_work_that_another_ends_with_exactly_one_database() {
    let story = Story::begin().await;
    for step in 1..=4 {
        let accepted = story.order(&format!("killed at {step}")).await;
        let operation = accepted.operation.expect("an operation");
        story.hub.jobs("run_operation").await;
        let dying = fated(&story, Fate::HangsAt(step));
        let killed = tokio::time::timeout(Duration::from_millis(1_200), run_operation(&story.system(), &dying, operation, LEASE)).await;
        assert!(killed.is_err(), "it was to hang at step {step}");

        // Its lease has not run out: nobody else takes it.
        let detail = story.operation(operation).await;
        assert_eq!(detail.operation.state, OperationState::Running);
        run_operation(&story.system(), &story.drivers, operation, LEASE).await.expect("nothing to do");
        assert_eq!(story.state(operation).await, OperationState::Running);

        // It has: the sweep finds the work, without any job left in the queue.
        tokio::time::sleep(Duration::from_millis(3_500)).await;
        assert_eq!(server::reconcile::requeue_due(&story.hub.system(None)).await.expect("queued"), 1);
        story.works().await;
        let detail = story.operation(operation).await;
        assert_eq!(detail.operation.state, OperationState::Succeeded, "{detail:#?}");
        assert!(detail.log.iter().any(|line| line.message.code == "provisioning.log.continued"));
        assert_eq!(story.on_backend().await, (2 * step as i64, step as i64), "after step {step}");
    }
    story.end().await;
}

#[tokio::test]
async fn two_workers_at_one_operation_make_one_database() {
    let story = Story::begin().await;
    let operation = story.order("Shop").await.operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    let runs = (0..4).map(|_| {
        let (cx, drivers) = (story.system(), story.drivers.clone());
        tokio::spawn(async move { run_operation(&cx, &drivers, operation, LEASE).await })
    });
    for run in runs.collect::<Vec<_>>() {
        run.await.expect("no panic").expect("no fault");
    }
    assert_eq!(story.state(operation).await, OperationState::Succeeded);
    let started = story.operation(operation).await.log.iter().filter(|line| line.message.code == "provisioning.log.started").count();
    assert_eq!((started, story.on_backend().await), (1, (2, 1)));
    story.end().await;
}

#[tokio::test]
async fn ten_orders_at_once_make_ten_databases() {
    let story = Story::begin().await;
    for number in 0..10 {
        story.order(&format!("db {number}")).await;
    }
    story.works_at_once().await;
    assert_eq!(story.on_backend().await, (20, 10));
    story.end().await;
}

#[tokio::test]
async fn a_creation_that_fails_for_good_leaves_nothing_and_can_be_tried_again() {
    let story = Story::begin().await;
    let accepted = story.order("Shop").await;
    let operation = accepted.operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    run_operation(&story.system(), &fated(&story, Fate::Refuses), operation, LEASE).await.expect("runs");
    assert_eq!(story.state(operation).await, OperationState::CleaningUp);
    story.works().await;
    let detail = story.operation(operation).await;
    assert_eq!(detail.operation.state, OperationState::Failed);
    assert_eq!(detail.operation.error.expect("why").code, "provisioning.error.backend");
    assert_eq!(story.on_backend().await, (0, 0), "something was left");
    assert_eq!(story.instance(accepted.instance.id).await.state.code(), "failed");

    let again = server::retry_operation(&story.cx(), operation).await.expect("it may be tried again");
    assert_eq!((again.id, again.attempt), (operation, 2));
    story.works().await;
    assert_eq!(story.instance(accepted.instance.id).await.state.code(), "running");
    assert_eq!(story.on_backend().await, (2, 1));
    story.end().await;
}

#[tokio::test]
async fn what_waited_longer_than_its_time_is_tried_all_the_same() {
    let story = Story::begin().await;
    let operation = story.order("Shop").await.operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    let mut tx = story.system().tenant_tx(Need::SERVICES_READ).await.expect("opens");
    sqlx::query("UPDATE provisioning.operations SET gives_up_at = now() - interval '1 hour', try_at = now() - interval '1 hour'").execute(&mut *tx).await.expect("written");
    tx.commit_unaudited("a test's downtime").await.expect("committed");
    run_operation(&story.system(), &story.drivers, operation, LEASE).await.expect("runs");
    assert_eq!(story.state(operation).await, OperationState::Succeeded);
    story.end().await;
}

#[tokio::test]
async fn what_stands_in_line_keeps_its_place_and_a_lost_job_is_found() {
    let story = Story::begin().await;
    story.order("Shop").await;
    let mut tx = story.system().tenant_tx(Need::SERVICES_READ).await.expect("opens");
    sqlx::query("UPDATE provisioning.operations SET try_at = now() - interval '1 minute'").execute(&mut *tx).await.expect("written");
    tx.commit_unaudited("a test's backlog").await.expect("committed");
    let mut owner = sqlx::PgConnection::connect(&story.hub.owner_url).await.expect("answers");
    let place = "SELECT id, run_at::text FROM graphile_worker._private_jobs WHERE payload ->> 'name' = 'run_operation'";
    let before: (i64, String) = sqlx::query_as(place).fetch_one(&mut owner).await.expect("one job");
    assert_eq!(server::reconcile::requeue_due(&story.hub.system(None)).await.expect("looks"), 0);
    assert_eq!(sqlx::query_as::<_, (i64, String)>(place).fetch_one(&mut owner).await.expect("one job"), before);

    // One that failed and pauses although its operation is due does not stand in line.
    sqlx::raw_sql("UPDATE graphile_worker._private_jobs SET attempts = 9, run_at = now() + interval '2 hours'").execute(&mut owner).await.expect("written");
    assert_eq!(server::reconcile::requeue_due(&story.hub.system(None)).await.expect("queued"), 1);
    story.hub.jobs("run_operation").await;
    assert_eq!(server::reconcile::requeue_due(&story.hub.system(None)).await.expect("queued"), 1);
    story.works().await;
    assert_eq!(story.on_backend().await, (2, 1));
    story.end().await;
}

#[tokio::test]
async fn a_change_that_fails_for_good_leaves_the_old_plan_in_force() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let before = story.instance(id).await;
    let plan = story.plan("managed-postgresql", "business").await;
    let command = provisioning::commands::ChangePlan { id, plan, name: None, configuration: None, if_version: None };
    let operation = server::change_plan(&story.cx(), command).await.expect("taken").operation.expect("an operation");
    story.hub.jobs("run_operation").await;
    story.hub.events().await;
    run_operation(&story.system(), &fated(&story, Fate::Refuses), operation, LEASE).await.expect("runs");
    let after = story.instance(id).await;
    assert_eq!((after.plan, after.state.code()), (before.plan, "running"));
    assert!(after.operation.expect("the change").can_retry);

    // What of it reached the backend is brought back in line.
    story.reconciles().await;
    story.works().await;
    let repaired = story.instance(id).await;
    assert_eq!(repaired.operation.expect("the repair").kind, OperationKind::Repair);
    assert_eq!((repaired.drift.len(), repaired.state.code()), (0, "running"));
    story.end().await;
}

#[tokio::test]
async fn a_deletion_stops_a_creation_at_any_step_and_leaves_nothing() {
    let story = Story::begin().await;
    for step in 1..=4 {
        let accepted = story.order(&format!("deleted at {step}")).await;
        let (id, creation) = (accepted.instance.id, accepted.operation.expect("an operation"));
        story.hub.jobs("run_operation").await;
        let (cx, hanging) = (story.system(), fated(&story, Fate::HangsAt(step)));
        let working = tokio::spawn(async move { run_operation(&cx, &hanging, creation, LEASE).await });
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert_eq!(story.state(creation).await, OperationState::Running);
        assert!(story.instance(id).await.actions.contains(&"delete".to_owned()));

        let deletion = server::delete_instance(&story.cx(), id, None).await.expect("it does not wait for the creation");
        let again = server::delete_instance(&story.cx(), id, None).await.expect("the same request");
        assert_eq!((again.repeated, again.operation), (true, deletion.operation));
        story.works().await;
        working.await.expect("no panic").expect("it found that the operation is not its own any more");
        let stopped = story.operation(creation).await.operation;
        assert_eq!((stopped.state, stopped.can_retry), (OperationState::Failed, false));
        assert_eq!(stopped.error.expect("why").code, "provisioning.error.deleted_meanwhile");
        assert_eq!(story.state(deletion.operation.expect("an operation")).await, OperationState::Succeeded);
        assert_eq!(story.instance(id).await.state.code(), "deleted");
        assert_eq!(story.on_backend().await, (0, 0), "something was left of the creation at step {step}");
    }
    story.end().await;
}

#[tokio::test]
async fn a_creation_that_nobody_took_up_is_deleted_too_and_what_comes_late_is_removed() {
    let story = Story::begin().await;
    let accepted = story.order("Shop").await;
    let id = accepted.instance.id;
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    let view = story.instance(id).await;
    assert_eq!((view.state.code(), view.ready_at), ("deleted", None));
    assert!(!story.hub.events().await.iter().any(|event| matches!(event, kernel::events::Event::Provisioning(_))), "nobody was charged for it");

    // A worker that was in the middle of a statement makes it after all: the look after a deletion finds it.
    let accepted = story.order("Shop").await;
    let (id, creation) = (accepted.instance.id, accepted.operation.expect("an operation"));
    story.hub.jobs("run_operation").await;
    let (cx, hanging) = (story.system(), fated(&story, Fate::HangsAt(1)));
    let killed = tokio::time::timeout(Duration::from_millis(800), run_operation(&cx, &hanging, creation, LEASE)).await;
    assert!(killed.is_err(), "it was to hang");
    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    assert_eq!(story.on_backend().await, (0, 0));
    let wanted = Wanted {
        tenant: story.tenant,
        instance: id,
        name: "Shop".into(),
        plan: accepted.instance.plan,
        limits: accepted.instance.limits,
        configuration: accepted.instance.configuration,
        suspended: false,
        read_only: false,
        was_ready: false,
        allow_empty: false,
        server: "local".into(),
        verifier: Some(server::scram::verifier("secret")),
    };
    story.drivers.find("postgresql").expect("registered").create(&wanted, &Silent).await.expect("made, though nobody wants it");
    assert_eq!(story.on_backend().await, (2, 1));
    story.reconciles().await;
    story.works().await;
    assert_eq!(story.on_backend().await, (0, 0), "what came late is removed");
    assert_eq!(story.instance(id).await.state.code(), "deleted");
    story.end().await;
}

struct Silent;

#[async_trait]
impl Reporter for Silent {
    async fn step(&self, _name: &str) -> Result<(), DriverError> {
        Ok(())
    }
    async fn note(&self, _message: Message, _detail: Option<String>) -> Result<(), DriverError> {
        Ok(())
    }
}
