//! New instances go to the server that keeps the fewest, of those that answer.

use crate::story::Story;
use provisioning::server::{self, Drivers, driver::Driver, postgresql::PostgresqlDriver};
use sqlx::Connection;
use std::{collections::BTreeMap, sync::Arc};

/// Servers with how many instances each keeps.
async fn kept(story: &Story) -> BTreeMap<String, i64> {
    let mut owner = sqlx::PgConnection::connect(&story.hub.owner_url).await.expect("the test's database answers");
    sqlx::raw_sql("ALTER TABLE provisioning.instances NO FORCE ROW LEVEL SECURITY").execute(&mut owner).await.expect("the owner may");
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT server, count(*) FROM provisioning.instances GROUP BY server").fetch_all(&mut owner).await.expect("readable");
    rows.into_iter().collect()
}

fn spread(east: i64, west: i64) -> BTreeMap<String, i64> {
    BTreeMap::from([("east".to_owned(), east), ("west".to_owned(), west)])
}

#[tokio::test]
async fn two_servers_fill_evenly_also_when_many_order_at_once_and_one_that_is_away_takes_none() {
    let mut story = Story::begin().await;
    let url = story.hub.provisioner_url.clone();
    let away = "postgresql://nobody:nothing@127.0.0.1:1/postgres".to_owned();
    let driver = PostgresqlDriver::new(&[("away".into(), away), ("east".into(), url.clone()), ("west".into(), url)]).expect("servers");
    story.drivers = Drivers::new([Arc::new(driver) as Arc<dyn Driver>]);

    let first = story.ready("db 1").await;
    for number in 2..=4 {
        story.ready(&format!("db {number}")).await;
    }
    assert_eq!(kept(&story).await, spread(2, 2));

    for number in 5..=10 {
        story.order(&format!("db {number}")).await;
    }
    story.works_at_once().await;
    assert_eq!(kept(&story).await, spread(5, 5));
    assert_eq!(story.on_backend().await, (20, 10));

    // Where it was put it stays, whatever is done to it.
    server::rotate_credentials(&story.cx(), first).await.expect("accepted");
    story.works().await;
    assert_eq!(kept(&story).await, spread(5, 5));
    story.end().await;
}
