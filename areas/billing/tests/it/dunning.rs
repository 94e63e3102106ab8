//! Nobody pays, and then somebody does.

use crate::story::Story;
use billing::{dunning::{DunningPolicy, Standing}, server::{self, BillingError}, subscription::{Choice, State}, view::PaymentTerms};
use catalog::Interval;
use kernel::{Role, events::{Event, billing as events}};

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
async fn staff_settle_how_long_there_is_to_pay_and_what_follows() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let finance = story.hub.staff(Role::Finance);
    let policy = DunningPolicy { overdue: 2, warned: 4, restricted: 5, suspended: 6, ended: 10, notice: 1, retries: vec![1, 3, 7] };
    let terms = PaymentTerms { entity: "NKT".into(), net_days: 14, grace_terms: 1, dunning: policy.clone() };
    let wrong = PaymentTerms { entity: "n k".into(), net_days: -1, grace_terms: 13, dunning: DunningPolicy { ended: 6, ..policy } };
    let fields = wrong.check().into_iter().map(|field| field.field).collect::<Vec<_>>();
    assert_eq!(fields, ["entity", "net_days", "grace_terms", "dunning"]);
    assert!(matches!(server::save_payment_terms(&finance, wrong).await, Err(BillingError::Fields(_))));
    assert!(matches!(server::save_payment_terms(&story.cx(), terms.clone()).await, Err(BillingError::Denied(_))));
    server::save_payment_terms(&finance, terms).await.expect("saves");

    story.subscribes("starter", Interval::Monthly).await;
    let invoice = story.invoices().await.remove(0);
    assert!(invoice.row.number.starts_with("NKT-"), "{}", invoice.row.number);
    assert_eq!(invoice.row.due_on.to_string(), "2026-01-29");
    assert_eq!(on(&story, "2026-01-30").await, Standing::Good);
    assert_eq!(on(&story, "2026-01-31").await, Standing::Overdue);
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
async fn a_restricted_organisation_takes_no_larger_tier_until_it_has_paid() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let tier = story.subscribes("professional", Interval::Monthly).await;
    every_day(&story, "2026-01-16", "2026-01-28").await;
    let plan = async |code| story.plan("platform", code).await;
    let (starter, professional, enterprise) = (plan("starter").await, plan("professional").await, plan("enterprise").await);
    let to = |plan, interval| Choice { plan, interval };
    assert_eq!(on(&story, "2026-01-29").await, Standing::Restricted);
    let issued = story.invoices().await.len();
    for (wish, key) in [(to(enterprise, Interval::Monthly), "larger"), (to(professional, Interval::Annual), "longer")] {
        let refused = server::change_subscription(&story.cx(), tier, wish, key).await.expect_err("nothing more is charged for");
        assert!(matches!(refused, BillingError::Restricted), "{refused:?}");
        assert_eq!(refused.code(), "billing.restricted");
    }
    assert_eq!(story.invoices().await.len(), issued);
    let entry = ("billing.subscription.changed".to_owned(), tier.to_string(), "billing.restricted".to_owned());
    assert_eq!(story.hub.refusals(story.tenant).await, [entry.clone(), entry]);

    // A smaller one may wait, and be taken back by choosing the present one: neither charges anything.
    let waits = server::change_subscription(&story.cx(), tier, to(starter, Interval::Monthly), "smaller").await.expect("waits");
    assert_eq!(waits.state, State::Active { next: Some(to(starter, Interval::Monthly)) });
    let stays = server::change_subscription(&story.cx(), tier, to(professional, Interval::Monthly), "stays").await.expect("taken back");
    assert_eq!(stays.state, State::Active { next: None });

    let owed = server::account(&story.cx()).await.expect("reads").owed.minor;
    story.pays(None, owed, "T1").await.expect("records");
    // The key of the refused request is free: nothing was noted under it.
    let changed = server::change_subscription(&story.cx(), tier, to(enterprise, Interval::Monthly), "larger").await.expect("paid");
    assert_eq!(changed.choice.plan, enterprise);
    assert_eq!(story.invoices().await.len(), issued + 1);
}

#[tokio::test]
async fn paying_the_oldest_only_makes_the_standing_milder() {
    let story = owing().await;
    story.at("2026-02-15T03:00:00Z");
    assert_eq!(story.closes().await.len(), 1);
    every_day(&story, "2026-01-16", "2026-02-15").await;
    assert_eq!(server::account(&story.cx()).await.expect("reads").standing, Standing::Suspended);
    let first: i64 = story.invoices().await[..2].iter().map(|invoice| invoice.row.open.minor).sum();
    story.pays(None, first, "T1").await.expect("records");
    // What is left is due on 22 February.
    assert_eq!(server::account(&story.cx()).await.expect("reads").standing, Standing::Good);
    assert_eq!(on(&story, "2026-02-23").await, Standing::Overdue);
}

#[tokio::test]
async fn a_few_rupiah_too_little_stop_nothing() {
    let story = owing().await;
    let owed = server::account(&story.cx()).await.expect("reads").owed.minor;
    story.pays(None, owed - 999, "T1").await.expect("records");
    every_day(&story, "2026-01-16", "2026-02-14").await;
    let account = server::account(&story.cx()).await.expect("reads");
    assert_eq!((account.standing, account.owed.minor, account.next_standing), (Standing::Good, 999, None));
    assert_eq!(suspensions(&story).await, (0, 0));
    // With the next invoice it is due together: from that one's date, 22 February.
    story.at("2026-02-15T03:00:00Z");
    assert_eq!(story.closes().await.len(), 1);
    let next = server::account(&story.cx()).await.expect("reads").next_standing;
    assert_eq!(next.map(|(day, standing)| (day.to_string(), standing)), Some(("2026-02-23".to_owned(), Standing::Overdue)));
    assert_eq!(on(&story, "2026-02-22").await, Standing::Good);
    assert_eq!(on(&story, "2026-02-23").await, Standing::Overdue);
}

#[tokio::test]
async fn after_forty_five_days_subscriptions_end() {
    let story = owing().await;
    every_day(&story, "2026-01-16", "2026-03-08").await;
    assert_eq!(server::account(&story.cx()).await.expect("reads").standing, Standing::Ended);
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

#[tokio::test]
async fn after_an_outage_states_wait_for_their_notice() {
    let story = owing().await;
    let mails = async || story.mails().await.len();
    // Nobody looked for two weeks: the state of the first day is told, the next is announced, and nothing is stopped.
    assert_eq!(on(&story, "2026-02-05").await, Standing::Overdue);
    assert_eq!(mails().await, 2);
    assert_eq!(on(&story, "2026-02-05").await, Standing::Overdue, "a second run does nothing");
    let next = async || server::account(&story.cx()).await.expect("reads").next_standing.map(|(day, standing)| (day.to_string(), standing));
    assert_eq!(next().await, Some(("2026-02-06".to_owned(), Standing::Warned)), "what comes next comes later, too");
    assert_eq!(on(&story, "2026-02-06").await, Standing::Warned);
    assert_eq!(next().await, Some(("2026-02-10".to_owned(), Standing::Restricted)));
    // From here on as the policy has it, four days later each: restricted on day 7, suspended on day 14, ended on day 45.
    let mut seen = Vec::new();
    let mut standing = Standing::Warned;
    for day in 7..=60 {
        let date = kernel::Date::try_new(2026, 2, 1).expect("a date").plus_days(day - 1);
        let next = on(&story, &date.to_string()).await;
        if next != standing {
            seen.push((date.to_string(), next));
            standing = next;
        }
    }
    let seen: Vec<(&str, Standing)> = seen.iter().map(|(date, standing)| (date.as_str(), *standing)).collect();
    assert_eq!(seen, [("2026-02-10", Standing::Restricted), ("2026-02-17", Standing::Suspended), ("2026-03-20", Standing::Ended)]);
}

#[tokio::test]
async fn what_ended_for_debt_is_owed_to_its_end_and_a_new_beginning_charges_no_day_twice() {
    let story = Story::start_in("2026-01-15T09:00:00Z", kernel::Currency::Usd, "UTC", billing::tax::TaxRegime::None).await;
    story.subscribes("starter", Interval::Annual).await;
    every_day(&story, "2026-01-16", "2026-03-08").await;
    assert_eq!(server::account(&story.cx()).await.expect("reads").standing, Standing::Ended);
    let owed = server::account(&story.cx()).await.expect("reads").owed.minor;
    // 52 of 365 days of 100.00.
    assert_eq!(owed, 1425);
    story.pays(None, owed, "T1").await.expect("records");
    story.at("2026-03-09T03:00:00Z");
    story.subscribes("starter", Interval::Annual).await;
    let invoices = story.invoices().await;
    let total: i64 = invoices.iter().map(|invoice| invoice.row.total.minor).sum();
    let next = invoices.last().expect("one more").row.total.minor;
    assert_eq!(total - next, 1425, "what was had");
    // 343 of 365 days, to 15 February.
    assert_eq!(next, 9397);
}

/// Duns as it is done every day.
async fn every_day(story: &Story, first: &str, last: &str) {
    let mut date: kernel::Date = first.parse().expect("a date");
    while date <= last.parse().expect("a date") {
        on(story, &date.to_string()).await;
        date = date.plus_days(1);
    }
}

/// Finance settles other days on which states are entered.
async fn settles(story: &Story, [overdue, warned, restricted, suspended, ended]: [i64; 5]) {
    let finance = story.hub.staff(Role::Finance);
    let before = server::billing_settings(&finance).await.expect("reads");
    let dunning = DunningPolicy { overdue, warned, restricted, suspended, ended, notice: 1, retries: vec![1] };
    let terms = PaymentTerms { entity: before.seller.entity, net_days: before.net_days, grace_terms: before.grace_terms, dunning };
    server::save_payment_terms(&finance, terms).await.expect("saves");
}

/// Duns on the days on which it is due; answers with which standing and how many more mails each ended.
async fn as_due(story: &Story, first: &str, last: &str) -> Vec<(String, Standing, usize)> {
    let (mut date, mut seen): (kernel::Date, _) = (first.parse().expect("a date"), Vec::new());
    let system = story.hub.system(None);
    while date <= last.parse().expect("a date") {
        story.at(&format!("{date}T03:00:00Z"));
        if !server::due_dunning(&system, story.cx().now(), 10).await.expect("reads").is_empty() {
            let mails = story.mails().await.len();
            let standing = server::dun(&story.system()).await.expect("duns");
            seen.push((date.to_string(), standing, story.mails().await.len() - mails));
        }
        date = date.plus_days(1);
    }
    seen
}

fn days(seen: &[(&str, Standing, usize)]) -> Vec<(String, Standing, usize)> {
    seen.iter().map(|(day, standing, mails)| ((*day).to_owned(), *standing, *mails)).collect()
}

#[tokio::test]
async fn other_days_that_are_later_take_nothing_back() {
    let story = owing().await;
    every_day(&story, "2026-01-16", "2026-02-05").await;
    assert_eq!(suspensions(&story).await, (1, 0));
    settles(&story, [1, 20, 30, 40, 60]).await;
    // Announced on day 59 and ended on day 60.
    let expected = [("2026-02-06", Standing::Suspended, 0), ("2026-03-22", Standing::Suspended, 1), ("2026-03-23", Standing::Ended, 1)];
    let seen = as_due(&story, "2026-02-06", "2026-04-30").await;
    // What its end gives back or charges is invoiced beside it.
    assert_eq!(seen, days(&expected));
    assert_eq!(suspensions(&story).await, (0, 0));
}

#[tokio::test]
async fn a_state_whose_new_day_has_passed_is_announced_and_then_entered() {
    let story = owing().await;
    every_day(&story, "2026-01-16", "2026-01-29").await;
    story.at("2026-01-30T03:00:00Z");
    // Day 8: suspended on day 7.
    settles(&story, [1, 3, 5, 7, 45]).await;
    let expected = [("2026-01-30", Standing::Restricted, 1), ("2026-01-31", Standing::Suspended, 1), ("2026-03-09", Standing::Suspended, 1), ("2026-03-10", Standing::Ended, 1)];
    assert_eq!(as_due(&story, "2026-01-30", "2026-04-30").await, days(&expected));
    assert_eq!(suspensions(&story).await, (1, 0));
}

#[tokio::test]
async fn other_days_that_are_earlier_hold_for_who_is_in_dunning_already() {
    let story = owing().await;
    every_day(&story, "2026-01-16", "2026-02-07").await;
    // Day 16: ended on day 20.
    settles(&story, [1, 3, 7, 14, 20]).await;
    let expected = [("2026-02-07", Standing::Suspended, 0), ("2026-02-10", Standing::Suspended, 1), ("2026-02-11", Standing::Ended, 1)];
    assert_eq!(as_due(&story, "2026-02-07", "2026-04-30").await, days(&expected));
}

#[tokio::test]
async fn terms_that_keep_the_days_announce_nothing_anew() {
    let story = owing().await;
    every_day(&story, "2026-01-16", "2026-02-04").await;
    let finance = story.hub.staff(Role::Finance);
    let before = server::billing_settings(&finance).await.expect("reads");
    let terms = PaymentTerms { entity: before.seller.entity, net_days: 21, grace_terms: before.grace_terms, dunning: before.dunning };
    server::save_payment_terms(&finance, terms).await.expect("saves");
    assert_eq!(as_due(&story, "2026-02-04", "2026-02-05").await, days(&[("2026-02-05", Standing::Suspended, 1)]));
}
