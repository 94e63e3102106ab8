//! Nobody pays, and then somebody does.

use crate::story::Story;
use billing::{dunning::Standing, server};
use catalog::Interval;
use kernel::events::{Event, billing as events};

async fn owing() -> Story {
    let story = Story::start("2026-01-15T09:00:00Z").await; // due on 22 January
    story.subscribes("starter", Interval::Monthly).await;
    story.runs("managed-postgresql", "dev").await;
    story.jobs("send_mail").await;
    story.hub.events().await;
    story
}

async fn on(story: &Story, day: &str) -> Standing {
    story.at(&format!("{day}T03:00:00Z"));
    server::dun(&story.system()).await.expect("duns")
}

async fn suspensions(story: &Story) -> (usize, usize) {
    let events = story.hub.events().await;
    let count = |wanted: fn(&events::Event) -> bool| events.iter().filter(|event| matches!(event, Event::Billing(event) if wanted(event))).count();
    (count(|event| matches!(event, events::Event::SuspensionDue { .. })), count(|event| matches!(event, events::Event::SuspensionLifted { .. })))
}

#[tokio::test]
async fn states_follow_day_by_day_each_announced_and_payment_brings_everything_back() {
    let story = owing().await;
    let mut seen = Vec::new();
    for day in ["2026-01-22", "2026-01-23", "2026-01-24", "2026-01-25", "2026-01-28", "2026-01-29", "2026-02-04", "2026-02-05"] {
        let standing = on(&story, day).await;
        seen.push((day, standing, story.mails().await.len()));
    }
    use Standing::{Good, Overdue, Restricted, Suspended, Warned};
    assert_eq!(
        seen,
        [
            ("2026-01-22", Good, 0),
            ("2026-01-23", Overdue, 1),
            ("2026-01-24", Overdue, 2),
            ("2026-01-25", Warned, 3),
            ("2026-01-28", Warned, 4),
            ("2026-01-29", Restricted, 5),
            ("2026-02-04", Restricted, 6),
            ("2026-02-05", Suspended, 7),
        ]
    );
    assert_eq!(suspensions(&story).await, (1, 0));
    assert_eq!(on(&story, "2026-02-05").await, Suspended, "a second run does nothing");
    assert_eq!(suspensions(&story).await, (0, 0));

    let owed = server::account(&story.cx()).await.expect("reads").owed.minor;
    story.pays(None, owed, "T1").await.expect("records");
    assert_eq!(server::account(&story.cx()).await.expect("reads").standing, Good);
    assert_eq!(suspensions(&story).await, (0, 1));
}

#[tokio::test]
async fn paying_the_oldest_only_makes_the_standing_milder() {
    let story = owing().await;
    story.at("2026-02-15T03:00:00Z");
    assert_eq!(story.closes().await.len(), 1);
    assert_eq!(server::dun(&story.system()).await.expect("duns"), Standing::Suspended);
    let first: i64 = story.invoices().await[..2].iter().map(|invoice| invoice.row.open.minor).sum();
    story.pays(None, first, "T1").await.expect("records");
    // What is left is due on 22 February.
    assert_eq!(server::account(&story.cx()).await.expect("reads").standing, Standing::Good);
    assert_eq!(on(&story, "2026-02-23").await, Standing::Overdue);
}

#[tokio::test]
async fn after_forty_five_days_subscriptions_end() {
    let story = owing().await;
    assert_eq!(on(&story, "2026-03-08").await, Standing::Ended);
    let running = server::subscriptions(&story.cx()).await.expect("lists").into_iter().filter(|view| view.state.code() != "ended").count();
    assert_eq!(running, 0);
    assert!(story.closes().await.is_empty());
    assert!(!server::account(&story.cx()).await.expect("reads").standing.may_order());
}

#[tokio::test]
async fn due_dunning_names_the_tenant_from_the_first_overdue_midnight_on() {
    let story = owing().await;
    let system = story.hub.system(None);
    let at = |text: &str| text.parse().expect("a time");
    assert!(server::due_dunning(&system, at("2026-01-22T16:59:59Z"), 10).await.expect("reads").is_empty());
    assert_eq!(server::due_dunning(&system, at("2026-01-22T17:00:00Z"), 10).await.expect("reads"), [story.tenant]);
}
