//! What happens on the backend behind our back is seen, shown and set right.

use crate::story::{Story, gets_in};
use kernel::{InstanceId, Role};
use provisioning::{
    commands::RepairChoice,
    operation::{OperationKind, OperationState},
    plan::Gravity,
    server,
    view::Credentials,
};

#[tokio::test]
async fn a_role_that_was_dropped_by_hand_comes_back_with_its_password() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    let mut inside = gets_in(&credentials).await.expect("works");
    sqlx::raw_sql("CREATE TABLE goods (name text)").execute(&mut inside).await.expect("its owner may");
    drop(inside);
    story.by_hand(&format!("DROP ROLE \"{}\"", credentials.user)).await;
    assert!(gets_in(&credentials).await.is_err());

    story.reconciles().await;
    let view = story.instance(id).await;
    assert_eq!(view.drift[0].what, "login_role");
    assert_eq!(view.state.code(), "updating");
    story.works().await;
    gets_in(&credentials).await.expect("repaired, with the password that only its customer knows");
    let view = story.instance(id).await;
    assert_eq!((view.state.code(), view.drift.len()), ("running", 0));
    let operation = view.operation.expect("the repair");
    assert_eq!((operation.kind, operation.state), (OperationKind::Repair, OperationState::Succeeded));
    let log = story.operation(operation.id).await.log;
    assert!(log.iter().any(|line| line.message.code == "provisioning.log.drift" && line.message.args["what"] == "login_role"), "{log:?}");

    story.reconciles().await;
    assert_eq!(story.instance(id).await.state.code(), "running", "nothing to do is not done");
    story.end().await;
}

#[tokio::test]
async fn hand_made_changes_of_access_are_undone() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    story
        .by_hand(&format!(
            "ALTER ROLE \"{0}\" NOLOGIN CREATEDB CONNECTION LIMIT 900 PASSWORD 'known'; GRANT CONNECT ON DATABASE \"{1}\" TO PUBLIC",
            credentials.user, credentials.database
        ))
        .await;
    story.reconciles().await;
    let mut seen: Vec<String> = story.instance(id).await.drift.into_iter().map(|difference| difference.what).collect();
    seen.sort();
    assert_eq!(seen, ["connection_limit", "database_open_to_all", "login_allowed", "server_rights"]);
    story.works().await;
    gets_in(&credentials).await.expect("the customer's password is back too");
    story.reconciles().await;
    assert_eq!(story.instance(id).await.drift, []);
    story.end().await;
}

impl Story {
    /// A service whose database a hand dropped, and that was looked at since.
    async fn loses_its_database(&self) -> (InstanceId, Credentials) {
        let id = self.ready("Shop").await;
        let credentials = self.reveal(id).await;
        self.by_hand(&format!("DROP DATABASE \"{}\" WITH (FORCE)", credentials.database)).await;
        self.reconciles().await;
        self.works().await;
        (id, credentials)
    }
}

#[tokio::test]
async fn a_lost_database_is_not_made_anew_until_staff_decide() {
    let story = Story::begin().await;
    let (id, credentials) = story.loses_its_database().await;
    let view = story.instance(id).await;
    assert_eq!((view.state.code(), view.drift[0].gravity), ("failed", Gravity::DataLoss));
    assert_eq!(view.operation.expect("the repair").error.expect("why").code, "provisioning.error.data_lost");
    story.reconciles().await;
    story.works().await;
    assert_eq!(story.on_backend().await.1, 0, "an empty database was put in its place");

    let staff = story.hub.staff(Role::Operator);
    server::repair_instance(&staff, story.tenant, id, RepairChoice::RecreateEmpty).await.expect("staff may");
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "running");
    gets_in(&credentials).await.expect("empty, but there");
    story.end().await;
}

#[tokio::test]
async fn one_whose_database_is_lost_can_be_deleted() {
    let story = Story::begin().await;
    let (id, credentials) = story.loses_its_database().await;
    let deletion = server::delete_instance(&story.cx(), id, None).await.expect("accepted").operation.expect("an operation");
    story.works().await;
    assert_eq!((story.state(deletion).await, story.instance(id).await.state.code()), (OperationState::Succeeded, "grace"));
    assert!(gets_in(&credentials).await.is_err());
    story.end().await;
}

#[tokio::test]
async fn one_that_is_suspended_stays_shut_after_a_repair() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    let command = provisioning::commands::SuspendInstance { id, by: provisioning::instance::SuspendedBy::Customer };
    server::suspend_instance(&story.cx(), command).await.expect("accepted");
    story.works().await;
    story.by_hand(&format!("ALTER ROLE \"{}\" LOGIN CONNECTION LIMIT 5", credentials.user)).await;
    gets_in(&credentials).await.expect("the hand opened it");
    story.reconciles().await;
    story.works().await;
    assert!(gets_in(&credentials).await.is_err());
    assert_eq!(story.instance(id).await.state.code(), "suspended");
    story.end().await;
}
