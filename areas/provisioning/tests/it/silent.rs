//! A server that swallows what is sent to it keeps nobody waiting who is on another.

use crate::story::Story;
use provisioning::server::{self, Drivers, driver::Driver, postgresql::PostgresqlDriver};
use sqlx::Connection;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

#[tokio::test]
async fn nobody_waits_for_a_server_that_never_answers() {
    let mut story = Story::begin().await;
    let mut ids = Vec::new();
    for number in 1..=10 {
        ids.push(story.ready(&format!("db {number}")).await);
    }
    let healthy = ids.pop().expect("ten were ordered");
    // Connections are taken, and nothing is ever said.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("postgresql://nobody:nothing@{}/postgres", silent.local_addr().expect("bound"));
    let driver = PostgresqlDriver::new(&[("local".into(), story.hub.provisioner_url.clone()), ("silent".into(), address)]).expect("servers");
    story.drivers = Drivers::new([Arc::new(driver) as Arc<dyn Driver>]);
    let mut owner = sqlx::PgConnection::connect(&story.hub.owner_url).await.expect("the test's database answers");
    sqlx::raw_sql("ALTER TABLE provisioning.instances NO FORCE ROW LEVEL SECURITY").execute(&mut owner).await.expect("the owner may");
    let moved = sqlx::query("UPDATE provisioning.instances SET server = 'silent' WHERE id <> $1").bind(healthy).execute(&mut owner).await.expect("moved");
    assert_eq!(moved.rows_affected(), 9);
    sqlx::raw_sql("ALTER TABLE provisioning.instances FORCE ROW LEVEL SECURITY").execute(&mut owner).await.expect("the owner may");

    // One after another, each would wait five seconds.
    let system = story.hub.system(None);
    story.hub.clock().set(story.hub.clock().now().plus(server::measure::EVERY));
    let begun = Instant::now();
    assert_eq!(server::measure::measure_due(&system, &story.drivers).await.expect("measured"), 10);
    assert_eq!(server::reconcile::reconcile_due(&system, &story.drivers).await.expect("looked at"), 10);
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    let seen = story.instance(healthy).await;
    assert!(seen.measures[0].value > 0, "{seen:#?}");
    assert_eq!(server::measure::measure_due(&system, &story.drivers).await.expect("measured"), 0, "the others are due again later");
    story.end().await;
}
