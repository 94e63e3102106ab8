//! Serves the interface over a throw-away database for testers from outside: linters, property-based testers.
//!
//!     HUB_TEST_ADDR=127.0.0.1:4010 cargo test -p api --test it serve -- --ignored --nocapture

use crate::story::Story;
use std::net::SocketAddr;

#[tokio::test]
#[ignore = "runs until it is stopped"]
async fn serve_for_testers_from_outside() {
    let address = std::env::var("HUB_TEST_ADDR").unwrap_or_else(|_| "127.0.0.1:4010".to_owned());
    let story = Story::begin().await;
    let tenant = story.tenant("acme").await;
    let (instance, invoice) = story.billed(&tenant, "Shop").await;
    println!("http://{address}/api/docs\nkey {}\ninstance {instance}\ninvoice {invoice}", tenant.key);
    let listener = tokio::net::TcpListener::bind(&address).await.expect("the address is free");
    let service = story.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.expect("serves");
}
