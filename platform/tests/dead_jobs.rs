//! Jobs that were given up are seen, and tried again when somebody says so.
#![cfg(feature = "testing")]

use kernel::{Need, PlanId, Role, events::{Event, billing}};
use platform::{jobs, telemetry, testing::Hub};
use serde_json::json;
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn a_job_that_was_given_up_is_told_with_its_last_words_and_can_be_tried_again() {
    let hub = Hub::start().await;
    let (tenant, system) = (hub.tenant(), hub.system(None));
    let mut tx = hub.cx(tenant, Role::Owner).tenant_tx(Need::SERVICES_WRITE).await.expect("an owner may");
    let plan = PlanId::from_uuid(hub.platform.new_uuid());
    let instance = kernel::InstanceId::from_uuid(hub.platform.new_uuid());
    let event = Event::Billing(billing::Event::PlanDue { tenant, instance, from: plan, to: plan, at: hub.clock().now() });
    tx.announce(&event).await.expect("said");
    tx.audit("test.changed", "x", json!({}));
    tx.commit().await.expect("commits");
    let dead = async || {
        let mut tx = system.system_tx().await.expect("opens");
        jobs::dead(&mut tx).await.expect("readable")
    };
    assert_eq!(dead().await, []);

    let mut owner = PgConnection::connect(&hub.owner_url).await.expect("answers");
    sqlx::raw_sql("UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'busy'").execute(&mut owner).await.expect("the owner may");
    let found = dead().await;
    assert_eq!(found.len(), 1);
    let job = &found[0];
    assert_eq!((job.name.as_str(), job.tenant.clone(), job.last_error.as_deref()), ("event billing.plan_due", Some(tenant.to_string()), Some("busy")));
    assert_eq!(jobs::dead(&mut owner).await.expect("the owner may"), found);
    assert!(sqlx::query("SELECT hub.dead_jobs(1)").execute(&mut hub.raw_login().await).await.is_err(), "the login role alone may not");

    // More than one look answers are counted all the same.
    let many = "SELECT hub.add_job('mail', '{}', NULL, interval '0') FROM generate_series(1, 1000);
                UPDATE graphile_worker._private_jobs SET attempts = max_attempts";
    sqlx::raw_sql(many).execute(&mut owner).await.expect("the owner may");
    assert_eq!((dead().await.len(), jobs::dead_number(&mut owner).await.expect("the owner may")), (1_000, 1_001));
    assert!(sqlx::query("SELECT hub.count_dead_jobs()").execute(&mut hub.raw_login().await).await.is_err(), "the login role alone may not");
    let metrics = telemetry::start_metrics().expect("the first of this process");
    jobs::count_dead(&system).await.expect("counts");
    assert!(metrics.render().lines().any(|line| line == format!("{} 1001", telemetry::DEAD_JOBS)), "{}", metrics.render());
    sqlx::raw_sql("DELETE FROM graphile_worker._private_jobs WHERE payload ->> 'name' = 'mail'").execute(&mut owner).await.expect("the owner may");

    assert_eq!(jobs::retry_dead(&system).await.expect("queues"), 1);
    assert_eq!(dead().await, []);
    let ready: bool = sqlx::query_scalar("SELECT attempts = 0 AND run_at <= now() FROM graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("one job");
    assert!(ready);
    assert_eq!(hub.events().await, [event]);
}
