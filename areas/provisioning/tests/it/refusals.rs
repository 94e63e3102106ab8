//! What the rules refuse stands in the audit trail, whoever asked and however.

use crate::story::Story;
use kernel::{InstanceId, Role};
use provisioning::{
    commands::{ChangePlan, OrderInstance, RepairChoice, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    server,
};
use serde_json::json;

#[tokio::test]
async fn every_refused_change_leaves_one_entry() {
    let story = Story::begin().await;
    let cx = story.cx();
    let (standard, business, tier) = (story.plan("managed-postgresql", "standard").await, story.plan("managed-postgresql", "business").await, story.plan("platform", "starter").await);
    let order = |id, plan, name: &str| OrderInstance { id, plan, name: name.into(), configuration: json!({"database_name": "shop", "connection_limit": 4}) };
    let id = InstanceId::from_uuid(cx.new_uuid());
    server::order_instance(&cx, order(Some(id), tier, "Shop")).await.expect_err("a tier is no service");
    server::order_instance(&cx, order(None, standard, " ")).await.expect_err("it has no name");
    server::order_instance(&cx, order(Some(id), standard, "Shop")).await.expect("taken");
    server::order_instance(&cx, order(Some(id), standard, "Shop")).await.expect("the same again is no other order");
    server::order_instance(&cx, order(Some(id), standard, "Other")).await.expect_err("the id is taken");
    let by = |by| SuspendInstance { id, by };
    let change = |plan| ChangePlan { id, plan, name: None, configuration: None, if_version: None };
    server::suspend_instance(&cx, by(SuspendedBy::Customer)).await.expect_err("it is being set up");
    server::change_plan(&cx, change(business)).await.expect_err("it is being set up");
    server::rotate_credentials(&cx, id).await.expect_err("it is being set up");
    server::reveal_credentials(&cx, id).await.expect_err("there are none yet");
    story.works().await;
    let operation = story.instance(id).await.operation.expect("the creation").id;
    server::retry_operation(&cx, operation).await.expect_err("it did not fail");
    let configuration = json!({"database_name": "shop", "connection_limit": 4});
    server::update_configuration(&cx, UpdateConfiguration { id, name: None, configuration, if_version: Some(99) }).await.expect_err("stale");
    server::delete_instance(&cx, id, Some(99)).await.expect_err("stale");
    // Where staff act, the entry is the organisation's; what the platform tries again leaves none.
    let unknown = InstanceId::from_uuid(cx.new_uuid());
    server::restore_instance(&cx, unknown).await.expect_err("unknown");
    server::repair_instance(&story.hub.staff(Role::Operator), story.tenant, unknown, RepairChoice::KeepLoss).await.expect_err("unknown");
    server::delete_instance(&story.system(), id, Some(99)).await.expect_err("stale");

    let (id, operation) = (id.to_string(), operation.to_string());
    let entry = |action: &str, subject: &str, code: &str| (format!("provisioning.{action}"), subject.to_owned(), format!("provisioning.{code}"));
    assert_eq!(
        story.hub.refusals(story.tenant).await,
        [
            entry("instance.ordered", &id, "no_such_plan"),
            entry("instance.ordered", "", "invalid"),
            entry("instance.ordered", &id, "order_conflict"),
            entry("instance.suspended", &id, "busy"),
            entry("instance.plan_changed", &id, "busy"),
            entry("credentials.rotated", &id, "busy"),
            entry("credentials.revealed", &id, "no_credentials"),
            entry("operation.retried", &operation, "not_retryable"),
            entry("instance.configured", &id, "stale"),
            entry("instance.deleted", &id, "stale"),
            entry("instance.restored", &unknown.to_string(), "not_found"),
            entry("instance.repair_ordered", &unknown.to_string(), "not_found"),
        ]
    );
    story.end().await;
}
