use integrations::{
    idempotency::{Answer, IdempotencyKey},
    CreateApiKey,
    server::{self, Begun, Running, Settled},
};
use kernel::{Need, Role};
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
    assert_eq!(server::settle(&cx, running, &answer(202)).await.expect("settles"), Settled::Kept);
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
    assert_eq!(server::settle(&cx, running, &answer(422)).await.expect("forgets"), Settled::Kept);
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
    assert_eq!(server::settle(&cx, lost, &answer(201)).await.expect("is told"), Settled::TakenOver);
    assert_eq!(posts(&cx, "{}").await, Begun::InFlight);
    assert_eq!(server::settle(&cx, second, &answer(201)).await.expect("settles"), Settled::Kept);
    assert_eq!(posts(&cx, "{}").await, Begun::Again(answer(201)));
}

#[tokio::test]
async fn a_day_later_the_key_is_free() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let running = runs(&cx, "{}").await;
    assert_eq!(server::settle(&cx, running, &answer(201)).await.expect("settles"), Settled::Kept);
    hub.at("2026-01-16T08:59:59Z");
    server::sweep(&hub.system(None)).await.expect("sweeps");
    assert_eq!(posts(&cx, "{}").await, Begun::Again(answer(201)));
    hub.at("2026-01-16T09:00:01Z");
    let running = runs(&cx, "other").await;
    assert_eq!(server::settle(&cx, running, &answer(201)).await.expect("settles"), Settled::Kept);
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

/// A change that leaves a row and an audit entry.
async fn makes_a_key(cx: &Cx) {
    let wish = CreateApiKey { name: "CI".into(), scopes: vec!["services:read".into()], expires_at: None };
    server::create_api_key(cx, wish).await.expect("makes");
}

/// Working keys and audit entries.
async fn left(cx: &Cx) -> (i64, i64) {
    let mut tx = cx.tenant_tx(Need::MEMBER).await.expect("opens");
    sqlx::query_as("SELECT (SELECT count(*) FROM integrations.api_keys), (SELECT count(*) FROM hub.audit_entries)").fetch_one(&mut *tx).await.expect("reads")
}

#[tokio::test]
async fn a_change_and_its_answer_are_both_there_or_neither_is() {
    let hub = Hub::start_with(2).await;
    let cx = hub.cx(hub.tenant(), Role::Owner);

    // As a process that is killed between the use case and its answer.
    let _lost = runs(&cx, "{}").await;
    let killed = cx.clone().holding();
    makes_a_key(&killed).await;
    drop(killed);
    assert_eq!(left(&cx).await, (0, 0));

    hub.at("2026-01-15T09:01:00Z");
    let slow = runs(&cx, "{}").await;
    let slow_cx = cx.clone().holding();
    makes_a_key(&slow_cx).await;
    assert_eq!(left(&cx).await, (0, 0));

    // The slow one's minute is over: another runs, and only one of them counts.
    hub.at("2026-01-15T09:02:00Z");
    let second = runs(&cx, "{}").await;
    assert_eq!(server::settle(&slow_cx, slow, &answer(201)).await.expect("is told"), Settled::TakenOver);
    let second_cx = cx.clone().holding();
    makes_a_key(&second_cx).await;
    assert_eq!(server::settle(&second_cx, second, &answer(201)).await.expect("settles"), Settled::Kept);
    assert_eq!(left(&cx).await, (1, 1));
    assert_eq!(posts(&cx, "{}").await, Begun::Again(answer(201)));
}

#[tokio::test]
async fn trouble_takes_the_change_back_and_a_refusal_leaves_its_entry() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let (running, held) = (runs(&cx, "{}").await, cx.clone().holding());
    makes_a_key(&held).await;
    server::take_back(&held, running).await.expect("takes back");
    assert_eq!(left(&cx).await, (0, 0));

    let member = hub.cx(cx.tenant().expect("an organisation"), Role::Member).holding();
    let running = runs(&cx, "{}").await;
    let wish = CreateApiKey { name: "CI".into(), scopes: vec!["services:read".into()], expires_at: None };
    assert!(server::create_api_key(&member, wish).await.is_err());
    server::forget(&member, running).await.expect("forgets");
    assert_eq!(left(&cx).await, (0, 1));
    let _ran = runs(&cx, "{}").await;
}

#[tokio::test]
async fn a_request_of_two_changes_does_not_wait_for_itself() {
    let hub = Hub::start_with(2).await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let (running, held) = (runs(&cx, "{}").await, cx.clone().holding());
    makes_a_key(&held).await;
    makes_a_key(&held).await;
    assert_eq!(left(&cx).await, (1, 1));
    assert_eq!(server::settle(&held, running, &answer(201)).await.expect("settles"), Settled::Kept);
    assert_eq!(left(&cx).await, (2, 2));
}
