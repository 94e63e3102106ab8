//! Metering: exactly once, in any order, late or too late.

use crate::story::{Story, adds_up, event, lines};
use billing::{
    server::{self, UsageOutcome},
    view::{REPORTED, RefusedBecause, SetAside},
};
use kernel::PageSize;
use platform::testing::Hub;
use rust_decimal::Decimal;
use sqlx::Connection;

const TOO_LATE: UsageOutcome = UsageOutcome::Refused { because: RefusedBecause::TooLate };

async fn watched() -> (Story, kernel::InstanceId) {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    (story, instance)
}

async fn counted(story: &Story) -> (Decimal, u64) {
    let meter = server::usage_report(&story.cx(), None).await.expect("reports").remove(0).meters.remove(0);
    (meter.quantity, meter.events)
}

#[tokio::test]
async fn g65_a_repeat_counts_once_and_another_payload_is_a_conflict() {
    let (story, instance) = watched().await;
    let at = "2026-01-15T10:00:00Z";
    story.at("2026-01-15T11:00:00Z");
    assert_eq!(story.uses(instance, "checks_run", "e1", "100", at).await, UsageOutcome::Accepted);
    assert_eq!(story.uses(instance, "checks_run", "e1", "100.0", at).await, UsageOutcome::Duplicate);
    assert_eq!(story.uses(instance, "checks_run", "e1", "101", at).await, UsageOutcome::Conflict);
    let batch = [event(instance, "checks_run", "e2", "5", at), event(instance, "checks_run", "e2", "5", at), event(instance, "checks_run", "e2", "6", at)];
    let outcomes = server::record_usage(&story.system(), &batch).await.expect("records");
    assert_eq!(outcomes, [UsageOutcome::Accepted, UsageOutcome::Duplicate, UsageOutcome::Conflict]);
    assert_eq!(counted(&story).await, (Decimal::from(105), 2));
}

#[tokio::test]
async fn g65_a_failed_write_leaves_no_key_behind() {
    let (story, instance) = watched().await;
    story.at("2026-01-15T11:00:00Z");
    owner(&story.hub, "ALTER TABLE billing.meter_totals ADD CONSTRAINT broken CHECK (sum < 50) NOT VALID").await;
    let event = event(instance, "checks_run", "e1", "100", "2026-01-15T10:00:00Z");
    assert!(server::record_usage(&story.system(), std::slice::from_ref(&event)).await.is_err());
    owner(&story.hub, "ALTER TABLE billing.meter_totals DROP CONSTRAINT broken").await;
    assert_eq!(server::record_usage(&story.system(), &[event]).await.expect("records"), [UsageOutcome::Accepted]);
    assert_eq!(counted(&story).await, (Decimal::from(100), 1));
}

async fn owner(hub: &Hub, sql: &'static str) {
    let mut connection = sqlx::PgConnection::connect(&hub.owner_url).await.expect("the database answers");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("the owner may");
}

#[tokio::test]
async fn concurrent_repeats_count_once() {
    let (story, instance) = watched().await;
    story.at("2026-01-15T11:00:00Z");
    let events: Vec<_> = (0..50).map(|number| event(instance, "checks_run", &format!("e{number}"), "2", "2026-01-15T10:00:00Z")).collect();
    let system = story.system();
    let (one, two, three) = tokio::join!(server::record_usage(&system, &events), server::record_usage(&system, &events), server::record_usage(&system, &events));
    let accepted: usize = [one, two, three].into_iter().flat_map(|outcomes| outcomes.expect("records")).filter(|outcome| *outcome == UsageOutcome::Accepted).count();
    assert_eq!((accepted, counted(&story).await), (50, (Decimal::from(100), 50)));
}

#[tokio::test]
async fn usage_is_charged_with_the_term_it_happened_in_and_late_usage_with_the_next() {
    let (story, instance) = watched().await;
    story.at("2026-02-14T20:00:00Z");
    // The term ends at 17:00Z; it is not closed yet when these arrive.
    assert_eq!(story.uses(instance, "checks_run", "in", "251000", "2026-02-14T16:59:59Z").await, UsageOutcome::Accepted);
    assert_eq!(story.uses(instance, "checks_run", "next", "10", "2026-02-14T17:00:00Z").await, UsageOutcome::Accepted);
    let closed = story.closes().await;
    // 250,000 are included; one started package of a thousand at 200.
    assert_eq!(lines(&closed[0]), ["usage 200", "fee 35000"]);
    assert_eq!(counted(&story).await, (Decimal::from(10), 1), "what belongs to the next term waited for it");

    assert_eq!(story.uses(instance, "checks_run", "late", "1500", "2026-02-01T00:00:00Z").await, UsageOutcome::Accepted);
    story.at("2026-03-14T20:00:00Z");
    let closed = story.closes().await;
    adds_up(&closed[0]);
    assert_eq!(lines(&closed[0]), ["usage 0", "fee 35000", "late 400"]);
    story.at("2026-04-14T20:00:00Z");
    assert_eq!(lines(&story.closes().await[0]), ["fee 35000"], "late usage is charged once");

    assert_eq!(story.uses(instance, "checks_run", "older", "1500", "2026-02-02T00:00:00Z").await, TOO_LATE);
    assert_eq!(story.uses(instance, "checks_run", "older", "1500", "2026-02-02T00:00:00Z").await, TOO_LATE, "a repeat is told the same");
    assert_eq!(story.uses(instance, "checks_run", "older", "1", "2026-02-02T00:00:00Z").await, UsageOutcome::Conflict);
    let batch = [event(instance, "checks_run", "oldest", "1", "2026-02-02T00:00:00Z"), event(instance, "checks_run", "oldest", "1", "2026-02-02T00:00:00Z")];
    assert_eq!(server::record_usage(&story.system(), &batch).await.expect("records"), [TOO_LATE, TOO_LATE]);
    let first = server::refused_usage(&story.cx(), None, PageSize::new(1)).await.expect("lists");
    let second = server::refused_usage(&story.cx(), first.next.as_deref(), PageSize::new(1)).await.expect("lists");
    assert_eq!(([first.rows[0].id.as_str(), second.rows[0].id.as_str()], second.next), (["oldest", "older"], None));
}

#[tokio::test]
async fn events_that_come_before_the_subscription_wait_for_it() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let instance = kernel::InstanceId::from_uuid(story.hub.platform.new_uuid());
    story.at("2026-01-15T09:05:00Z");
    assert_eq!(story.uses(instance, "checks_run", "early", "7", "2026-01-15T09:04:00Z").await, UsageOutcome::Accepted);
    let plan = story.plan("uptime-monitoring", "basic").await;
    let since = "2026-01-15T09:03:00Z".parse().expect("a time");
    server::start_instance_subscription(&story.system(), instance, plan, since).await.expect("starts");
    assert_eq!(counted(&story).await, (Decimal::from(7), 1));
}

#[tokio::test]
async fn wrong_events_are_told_apart_from_right_ones() {
    let (story, instance) = watched().await;
    let batch = [
        event(instance, "checks_run", "good", "1", "2026-01-15T09:00:00Z"),
        event(instance, "", "bad", "-1", "2026-01-15T09:00:00Z"),
        event(instance, "checks_run", "ahead", "1", "2026-01-16T09:00:00Z"),
        event(instance, "checks_run", "huge", "10000000000000", "2026-01-15T09:00:00Z"),
    ];
    let outcomes = server::record_usage(&story.system(), &batch).await.expect("records");
    assert_eq!(outcomes[0], UsageOutcome::Accepted);
    let codes: Vec<Vec<String>> = outcomes[1..]
        .iter()
        .map(|outcome| match outcome {
            UsageOutcome::Invalid { errors } => errors.iter().map(|error| error.code.clone()).collect(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, [vec!["length", "negative"], vec!["future"], vec!["too_large"]]);
}

/// Each refused event: id and reason.
async fn refused(story: &Story) -> Vec<(String, RefusedBecause)> {
    let mut rows = server::refused_usage(&story.cx(), None, PageSize::new(50)).await.expect("lists").rows;
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.into_iter().map(|row| (row.id, row.because)).collect()
}

#[tokio::test]
async fn what_is_refused_is_kept_with_its_reason() {
    use RefusedBecause::{NotSubscribed, TooLate, UnknownMeter};
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let instance = kernel::InstanceId::from_uuid(story.hub.platform.new_uuid());
    let told = async |id: &str, meter: &str, at: &str| {
        let event = server::UsageEvent { source: format!("{}/probe", REPORTED), ..event(instance, meter, id, "1", at) };
        server::record_usage(&story.system(), &[event]).await.expect("records").remove(0)
    };
    let because = |because| UsageOutcome::Refused { because };
    // Nothing is known of it yet: all wait for the subscription, which begins at 09:03.
    for (id, meter, at) in [("a-early", "checks_run", "2026-01-15T09:02:59Z"), ("b-unknown", "requests", "2026-01-15T09:04:00Z"), ("c-good", "checks_run", "2026-01-15T09:03:00Z")] {
        assert_eq!(told(id, meter, at).await, UsageOutcome::Accepted, "{id}");
    }
    assert_eq!(refused(&story).await, []);
    let plan = story.plan("uptime-monitoring", "basic").await;
    server::start_instance_subscription(&story.system(), instance, plan, "2026-01-15T09:03:00Z".parse().expect("a time")).await.expect("starts");
    assert_eq!(counted(&story).await, (Decimal::ONE, 1));

    story.at("2026-01-16T09:00:00Z");
    assert_eq!(told("d-before", "checks_run", "2026-01-15T09:00:00Z").await, because(NotSubscribed));
    assert_eq!(told("e-unknown", "requests", "2026-01-16T08:00:00Z").await, because(UnknownMeter));
    assert_eq!(told("e-unknown", "requests", "2026-01-16T08:00:00Z").await, because(UnknownMeter), "a repeat is told the same");
    // What the platform measures by itself is measured for every plan.
    assert_eq!(story.uses(instance, "requests", "own", "1", "2026-01-16T08:00:00Z").await, UsageOutcome::Accepted);
    for day in ["2026-02-14T20:00:00Z", "2026-03-14T20:00:00Z", "2026-04-14T20:00:00Z"] {
        story.at(day);
        story.closes().await;
    }
    assert_eq!(told("f-late", "checks_run", "2026-01-20T00:00:00Z").await, because(TooLate));

    // One that belongs to a term that will not begin: cancelled, over, and not closed yet.
    let subscription = server::subscriptions(&story.cx()).await.expect("lists").remove(0).id;
    server::cancel_subscription(&story.cx(), subscription).await.expect("cancels");
    story.at("2026-05-14T17:05:00Z");
    assert_eq!(told("g-after", "checks_run", "2026-05-14T17:01:00Z").await, UsageOutcome::Accepted, "the next term may still begin");
    story.closes().await;
    let expected = [
        ("a-early", NotSubscribed), ("b-unknown", UnknownMeter), ("d-before", NotSubscribed), ("e-unknown", UnknownMeter), ("f-late", TooLate),
        ("g-after", NotSubscribed),
    ];
    assert_eq!(refused(&story).await, expected.map(|(id, because)| (id.to_owned(), because)));
}

/// A watched service that is deleted at noon of 25 January in Jakarta, ten of its 31 days after it began, with nothing used.
async fn deleted() -> (Story, kernel::InstanceId) {
    let (story, instance) = watched().await;
    story.at("2026-01-25T05:00:00Z");
    server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");
    story.closes().await;
    (story, instance)
}

#[tokio::test]
async fn late_usage_of_the_only_subscription_that_ended_is_charged_when_its_term_would_have_ended() {
    let (story, instance) = deleted().await;
    let before = story.invoices().await.len();
    story.at("2026-01-26T00:00:00Z");
    assert_eq!(story.uses(instance, "checks_run", "late", "81000", "2026-01-20T00:00:00Z").await, UsageOutcome::Accepted);
    assert!(story.closes().await.is_empty(), "its term would not be over yet");
    let due = |time: &str| time.parse::<kernel::Timestamp>().expect("a time");
    // The term would have ended on 15 February, at 17:00Z of the day before; the scheduler leaves ten minutes.
    let system = story.hub.system(None);
    assert_eq!(server::due_terms(&system, due("2026-02-14T17:09:59Z"), 10).await.expect("reads"), []);
    assert_eq!(server::due_terms(&system, due("2026-02-14T17:10:00Z"), 10).await.expect("reads"), [story.tenant]);

    story.at("2026-02-14T17:10:00Z");
    let closed = story.closes().await;
    assert_eq!(closed.len(), 1);
    adds_up(&closed[0]);
    // Ten of 31 days cover 80,645.16 of 250,000 checks: one started thousand at 200.
    assert_eq!(lines(&closed[0]), ["late 200"]);
    assert_eq!(closed[0].row.issued_on.to_string(), "2026-02-15");

    // A term later once more, and then no more: the grace window has two.
    assert_eq!(story.uses(instance, "checks_run", "later", "1000", "2026-01-21T00:00:00Z").await, UsageOutcome::Accepted);
    story.at("2026-03-14T17:10:00Z");
    assert_eq!(story.closes().await.iter().map(lines).collect::<Vec<_>>(), [["late 200"]]);
    assert_eq!(story.uses(instance, "checks_run", "too late", "1000", "2026-01-22T00:00:00Z").await, TOO_LATE);
    story.at("2026-06-30T00:00:00Z");
    assert!(story.closes().await.is_empty());
    assert_eq!(story.invoices().await.len(), before + 2);
}

#[tokio::test]
async fn where_nothing_came_late_an_ended_subscription_is_charged_no_more() {
    let (story, _) = deleted().await;
    let before = story.invoices().await.len();
    story.at("2026-06-30T00:00:00Z");
    assert!(story.closes().await.is_empty());
    assert_eq!(story.invoices().await.len(), before);
    assert_eq!(server::due_terms(&story.hub.system(None), "2027-01-01T00:00:00Z".parse().expect("a time"), 10).await.expect("reads"), []);
}

#[tokio::test]
async fn a_change_of_plan_closes_no_term() {
    let (story, instance) = watched().await;
    let change = async |code: &str| {
        let plan = story.plan("uptime-monitoring", code).await;
        server::follow_instance_plan(&story.system(), instance, plan, story.cx().now()).await.expect("follows");
    };
    for day in ["2026-02-14", "2026-03-14"] {
        story.at(&format!("{day}T20:00:00Z"));
        story.closes().await;
    }
    story.at("2026-03-20T03:00:00Z");
    change("team").await;
    story.at("2026-03-25T03:00:00Z");
    change("scale").await;
    story.at("2026-03-26T03:00:00Z");
    let late = async |id: &str, at: &str| story.uses(instance, "checks_run", id, "1", at).await;
    for (id, at) in [("running", "2026-03-21T03:00:00Z"), ("last", "2026-03-01T03:00:00Z"), ("before", "2026-02-01T03:00:00Z")] {
        assert_eq!(late(id, at).await, UsageOutcome::Accepted, "{id}: two terms were closed since the first");
    }
    story.at("2026-04-14T20:00:00Z");
    story.closes().await;
    assert_eq!(late("too late", "2026-02-02T03:00:00Z").await, TOO_LATE);
    assert_eq!(late("in the window", "2026-03-02T03:00:00Z").await, UsageOutcome::Accepted);
}

#[tokio::test]
async fn usage_dated_after_an_upgrade_is_charged_by_the_plan_that_runs_then() {
    let (story, instance) = watched().await;
    story.at("2026-01-20T03:00:00Z");
    for (id, value, at) in [("now", "251000", "2026-01-20T02:00:00Z"), ("ahead", "5000", "2026-01-20T03:55:00Z")] {
        assert_eq!(story.uses(instance, "checks_run", id, value, at).await, UsageOutcome::Accepted);
    }
    assert_eq!(counted(&story).await, (Decimal::from(256_000), 2));
    let plan = story.plan("uptime-monitoring", "scale").await;
    server::follow_instance_plan(&story.system(), instance, plan, story.cx().now()).await.expect("follows");
    let invoice = story.invoices().await.pop().expect("an invoice");
    adds_up(&invoice);
    let usage = invoice.lines.iter().find(|line| line.line.draft.kind.code() == "usage").expect("a line of usage");
    assert_eq!(usage.line.draft.quantity, Some(Decimal::from(251_000)));
    assert_eq!(counted(&story).await, (Decimal::from(5_000), 1));
}

const TOO_LARGE: UsageOutcome = UsageOutcome::Refused { because: RefusedBecause::TooLarge };

/// Sixty facts of the largest value, as a customer reports them.
fn too_much(instance: kernel::InstanceId) -> Vec<server::UsageEvent> {
    let one = |number| server::UsageEvent { source: format!("{REPORTED}/probe"), ..event(instance, "checks_run", &format!("e{number}"), "1000000000000", "2026-01-15T10:00:00Z") };
    (10..70).map(one).collect()
}

#[tokio::test]
async fn what_no_invoice_could_bear_is_refused_where_it_is_reported() {
    let (story, instance) = watched().await;
    story.at("2026-01-15T11:00:00Z");
    // A thousand checks cost 200, and a line bears 10,000,000,000,000: fifty of them.
    let outcomes = server::record_usage(&story.system(), &too_much(instance)).await.expect("records");
    assert_eq!(outcomes[..50], vec![UsageOutcome::Accepted; 50]);
    assert_eq!(outcomes[50..], vec![TOO_LARGE; 10]);
    assert_eq!(counted(&story).await, (Decimal::from(50_000_000_000_000_i64), 50));
    let again = server::record_usage(&story.system(), &too_much(instance)).await.expect("records");
    assert_eq!((&again[..50], &again[50..]), (&vec![UsageOutcome::Duplicate; 50][..], &vec![TOO_LARGE; 10][..]));
    assert_eq!(refused(&story).await, (60..70).map(|number| (format!("e{number}"), RefusedBecause::TooLarge)).collect::<Vec<_>>());

    story.at("2026-02-14T20:00:00Z");
    let closed = story.closes().await;
    adds_up(&closed[0]);
    assert_eq!(lines(&closed[0]), ["usage 9999999950000", "fee 35000"]);
    // Late, it is one too many as well.
    let late = server::UsageEvent { id: "late".into(), ..too_much(instance).remove(0) };
    assert_eq!(server::record_usage(&story.system(), &[late]).await.expect("records"), [TOO_LARGE]);
}

#[tokio::test]
async fn what_waited_is_refused_where_no_invoice_could_bear_it() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let instance = kernel::InstanceId::from_uuid(story.hub.platform.new_uuid());
    story.at("2026-01-15T11:00:00Z");
    assert_eq!(server::record_usage(&story.system(), &too_much(instance)).await.expect("records"), vec![UsageOutcome::Accepted; 60]);
    let plan = story.plan("uptime-monitoring", "basic").await;
    server::start_instance_subscription(&story.system(), instance, plan, "2026-01-15T09:00:00Z".parse().expect("a time")).await.expect("starts");
    assert_eq!(counted(&story).await.1, 50);
    assert_eq!(refused(&story).await.len(), 10);
}

#[tokio::test]
async fn what_no_invoice_can_bear_is_set_aside_and_holds_up_nothing_else() {
    let (story, instance) = watched().await;
    let (other, _) = story.runs("uptime-monitoring", "basic").await;
    story.at("2026-01-20T03:00:00Z");
    for watched in [instance, other] {
        assert_eq!(story.uses(watched, "checks_run", &watched.to_string(), "251000", "2026-01-20T00:00:00Z").await, UsageOutcome::Accepted);
    }
    let overflows = async |late: bool| {
        let mut tx = story.system().tenant_tx(kernel::Need::BILLING_WRITE).await.expect("opens");
        sqlx::query(
            "UPDATE billing.meter_totals t SET sum = 1e27, late = $2
              WHERE events > 0 AND (SELECT instance_id FROM billing.subscriptions s WHERE s.tenant_id = t.tenant_id AND s.id = t.subscription_id) = $1",
        )
        .bind(instance)
        .bind(late)
        .execute(&mut *tx)
        .await
        .expect("counted once too much");
        tx.commit_unaudited("a test").await.expect("commits");
    };
    overflows(false).await;
    let reported = server::usage_report(&story.cx(), None).await.expect("reports");
    assert_eq!(reported.iter().map(|view| view.meters.len()).sum::<usize>(), 1, "what can be told is");

    story.at("2026-02-14T20:00:00Z");
    let mut closed = story.closes().await.iter().flat_map(lines).collect::<Vec<_>>();
    closed.sort();
    assert_eq!(closed, ["fee 35000", "fee 35000", "usage 200"]);
    overflows(true).await;
    story.at("2026-03-14T20:00:00Z");
    assert_eq!(story.closes().await.len(), 1);
    server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");

    let finance = story.hub.staff(kernel::Role::Finance);
    let SetAside { rows: aside, more } = server::usage_set_aside(&finance).await.expect("lists");
    assert!(!more);
    assert_eq!(aside.len(), 1, "once, however often it is come across: {aside:?}");
    assert_eq!((aside[0].tenant, aside[0].organisation.as_str(), aside[0].instance, aside[0].meter.as_str()), (story.tenant, "PT Maju Jaya", Some(instance), "checks_run"));
    assert_eq!((aside[0].plan, aside[0].from.to_string().as_str()), (story.plan("uptime-monitoring", "basic").await, "2026-01-15T09:00:00Z"));
    assert!(server::usage_set_aside(&story.cx()).await.is_err(), "staff's alone");

    let mut tx = story.system().tenant_tx(kernel::Need::BILLING_WRITE).await.expect("opens");
    sqlx::query(
        "INSERT INTO billing.usage_set_aside (tenant_id, subscription_id, segment_from, meter, quantity, set_aside_at)
         SELECT tenant_id, subscription_id, segment_from, 'meter_' || number, quantity, set_aside_at
           FROM billing.usage_set_aside, generate_series(1, 100) number",
    )
    .execute(&mut *tx)
    .await
    .expect("sets more aside");
    tx.commit_unaudited("a test").await.expect("commits");
    let listed = server::usage_set_aside(&finance).await.expect("lists");
    assert_eq!((listed.rows.len(), listed.more), (100, true), "it says that there are more");
}

/// From now on checks are charged by how many run at once, for each hour.
async fn weighted(story: &Story) {
    let operator = story.hub.staff(kernel::Role::Operator);
    let offering = catalog::server::staff_offerings(&operator).await.expect("lists").into_iter().find(|known| known.offering.slug == "uptime-monitoring").expect("ships").offering.id;
    let draft = catalog::server::start_draft(&operator, offering).await.expect("drafts").draft.expect("a draft");
    let mut plans: Vec<_> = draft.plans.into_iter().map(|plan| plan.terms).collect();
    for component in plans.iter_mut().flat_map(|plan| &mut plan.components) {
        if let catalog::Basis::Usage { aggregation, .. } = &mut component.basis {
            *aggregation = catalog::Aggregation::TimeWeightedSum;
        }
    }
    catalog::server::save_draft(&operator, offering, plans).await.expect("saves");
    catalog::server::publish(&operator, offering).await.expect("publishes");
}

#[tokio::test]
async fn levels_weigh_the_same_in_whatever_order_they_come() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    weighted(&story).await;
    let (ordered, _) = story.runs("uptime-monitoring", "basic").await;
    let (shuffled, _) = story.runs("uptime-monitoring", "basic").await;
    story.at("2026-01-15T20:00:00Z");
    let levels = [("a", "10", 0), ("b", "3", 1), ("c", "7", 2), ("d", "100", 2), ("e", "0", 4), ("f", "5", 6), ("g", "1", 7)];
    let told = |instance: kernel::InstanceId, name: &str| {
        let (id, value, hour) = levels.into_iter().find(|(id, _, _)| *id == name).expect("one of them");
        server::UsageEvent { source: format!("{REPORTED}/{instance}"), ..event(instance, "checks_run", id, value, &format!("2026-01-15T{:02}:00:00Z", 10 + hour)) }
    };
    for (instance, batches) in [(ordered, vec!["abcdefg"]), (shuffled, vec!["f", "cb", "d", "ge", "a"])] {
        for batch in batches {
            let events: Vec<_> = batch.chars().map(|name| told(instance, &name.to_string())).collect();
            let outcomes = server::record_usage(&story.system(), &events).await.expect("records");
            assert!(outcomes.iter().all(|outcome| *outcome == UsageOutcome::Accepted), "{outcomes:?}");
        }
    }
    let reported = server::usage_report(&story.cx(), None).await.expect("reports");
    // 10 for an hour, 3 for one, 100 for two, 0 for two, 5 for one, 1 for the three until now.
    let quantities: Vec<_> = reported.iter().map(|view| (view.meters[0].quantity, view.meters[0].events)).collect();
    assert_eq!(quantities, [(Decimal::from(221), 7), (Decimal::from(221), 7)]);

    // A level that could not be charged for a whole term is refused, and one that held for days before the next was told.
    let one = async |id: &str, value: i64, at: &str| {
        let event = server::UsageEvent { id: id.into(), value: value.into(), at: at.parse().expect("a time"), ..told(shuffled, "a") };
        server::record_usage(&story.system(), &[event]).await.expect("records").remove(0)
    };
    assert_eq!(one("now", 1_000_000_000_000, "2026-01-15T19:59:00Z").await, TOO_LARGE);
    assert_eq!(server::usage_report(&story.cx(), None).await.expect("reports"), reported);
    story.at("2026-01-25T00:00:00Z");
    assert_eq!(one("low", 1, "2026-01-24T00:00:00Z").await, UsageOutcome::Accepted);
    let reported = server::usage_report(&story.cx(), None).await.expect("reports");
    assert_eq!(one("before", 1_000_000_000_000, "2026-01-18T00:00:00Z").await, TOO_LARGE);
    assert_eq!(server::usage_report(&story.cx(), None).await.expect("reports"), reported);
}

#[tokio::test]
async fn events_of_terms_that_closed_long_ago_are_forgotten_and_their_invoices_stay() {
    let (story, instance) = watched().await;
    story.at("2026-01-15T11:00:00Z");
    assert_eq!(story.uses(instance, "checks_run", "old", "251000", "2026-01-15T10:00:00Z").await, UsageOutcome::Accepted);
    let stranger = kernel::InstanceId::from_uuid(story.hub.platform.new_uuid());
    assert_eq!(story.uses(stranger, "checks_run", "in vain", "1", "2026-01-15T10:00:00Z").await, UsageOutcome::Accepted);
    let system = story.hub.system(None);
    let kept = async || {
        let mut tx = story.cx().tenant_tx(kernel::Need::USAGE_READ).await.expect("opens");
        sqlx::query_scalar::<_, String>("SELECT id FROM billing.usage_events ORDER BY id").fetch_all(&mut *tx).await.expect("reads")
    };
    story.at("2027-02-01T00:00:00Z");
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 0, "a year and a month");
    // Of terms that are not closed nothing goes, however old it is.
    story.at("2027-04-01T00:00:00Z");
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 1);
    assert_eq!(kept().await, ["old"]);
    story.closes().await;
    assert_eq!(story.uses(instance, "checks_run", "new", "1", "2027-03-31T00:00:00Z").await, UsageOutcome::Accepted);
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 1);
    assert_eq!(kept().await, ["new"]);
    assert_eq!(server::sweep(&system).await.expect("sweeps"), 0);
    story.invoices().await.iter().for_each(adds_up);
    assert_eq!(story.uses(instance, "checks_run", "old", "251000", "2026-01-15T10:00:00Z").await, TOO_LATE, "it counts no second time");
}
