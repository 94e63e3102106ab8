use integrations::{
    idempotency::{Answer, IdempotencyKey},
    server::{self, Begun, Running},
};
use kernel::Role;
use platform::{Cx, testing::Hub};

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("order-7").expect("is a key")
}

async fn posts(cx: &Cx, body: &str) -> Begun {
    server::begin(cx, key(), "POST", "/api/v1/instances", body.as_bytes()).await.expect("answers")
}

async fn runs(cx: &Cx, body: &str) -> Running {
    match posts(cx, body).await {
        Begun::Run(running) => running,
        other => panic!("{other:?}"),
    }
}

fn answer(status: u16) -> Answer {
    Answer { status, headers: vec![("location".into(), "/x".into())], body: b"{\"id\":1}".to_vec() }
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_another_body_is_refused() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let running = runs(&cx, "{}").await;
    assert_eq!(posts(&cx, "{}").await, Begun::InFlight);
    server::settle(&cx, running, &answer(202)).await.expect("settles");
    assert_eq!(posts(&cx, "{}").await, Begun::Again(answer(202)));
    assert_eq!(posts(&cx, "{ }").await, Begun::OtherRequest);
    let other_path = server::begin(&cx, key(), "POST", "/api/v1/quotes", b"{}").await.expect("answers");
    assert_eq!(other_path, Begun::OtherRequest);

    // Another organisation's key of the same name is another key.
    let stranger = hub.cx(hub.tenant(), Role::Owner);
    let _ran = runs(&stranger, "{}").await;
}

#[tokio::test]
async fn a_refused_input_is_not_kept() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let running = runs(&cx, "bad").await;
    server::settle(&cx, running, &answer(422)).await.expect("forgets");
    let running = runs(&cx, "mended").await;
    server::forget(&cx, running).await.expect("forgets");
    let _ran = runs(&cx, "again").await;
}

#[tokio::test]
async fn a_lost_request_runs_again_after_a_minute_and_the_late_one_changes_nothing() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let lost = runs(&cx, "{}").await;
    hub.at("2026-01-15T09:00:59Z");
    assert_eq!(posts(&cx, "{}").await, Begun::InFlight);
    hub.at("2026-01-15T09:01:00Z");
    let second = runs(&cx, "{}").await;
    server::settle(&cx, lost, &answer(500)).await.expect("does nothing");
    assert_eq!(posts(&cx, "{}").await, Begun::InFlight);
    server::settle(&cx, second, &answer(201)).await.expect("settles");
    assert_eq!(posts(&cx, "{}").await, Begun::Again(answer(201)));
}

#[tokio::test]
async fn a_day_later_the_key_is_free() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let running = runs(&cx, "{}").await;
    server::settle(&cx, running, &answer(201)).await.expect("settles");
    hub.at("2026-01-16T08:59:59Z");
    server::sweep(&hub.system(None)).await.expect("sweeps");
    assert_eq!(posts(&cx, "{}").await, Begun::Again(answer(201)));
    hub.at("2026-01-16T09:00:01Z");
    let running = runs(&cx, "other").await;
    server::settle(&cx, running, &answer(201)).await.expect("settles");
    hub.at("2026-01-17T09:00:02Z");
    server::sweep(&hub.system(None)).await.expect("sweeps");
    let _ran = runs(&cx, "third").await;
}

#[tokio::test]
async fn of_many_at_once_one_runs() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let tries: Vec<_> = (0..8).map(|_| { let cx = cx.clone(); tokio::spawn(async move { posts(&cx, "{}").await }) }).collect();
    let mut ran = 0;
    for one in tries {
        match one.await.expect("ends") {
            Begun::Run(_) => ran += 1,
            Begun::InFlight => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ran, 1);
}
