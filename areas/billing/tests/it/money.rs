//! Where money went wrong once: each story fails without the rule that it is named after.

use crate::story::{Story, adds_up, event, lines};
use billing::{
    server::{self, UsageOutcome, handlers},
    subscription::{Choice, State},
    tax::TaxRegime,
    view::{InvoiceView, QuoteRequest, QuoteView},
};
use catalog::{Aggregation, Basis, ChargeModel, Component, Interval, PlanTerms};
use kernel::{ComponentId, Currency, InstanceId, Need, PageSize, Role};
use rust_decimal::Decimal;
use sqlx::types::Json;

async fn in_dollars(now: &str) -> Story {
    Story::start_in(now, Currency::Usd, "UTC", TaxRegime::None).await
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// What comes to a line's amount, whatever the order of the lines.
fn sorted(invoice: &InvoiceView) -> Vec<String> {
    adds_up(invoice);
    let mut found = lines(invoice);
    found.sort();
    found
}

/// From now on plans of monitoring are other ones.
async fn sells(story: &Story, change: impl Fn(&mut PlanTerms)) {
    let operator = story.hub.staff(Role::Operator);
    let known = catalog::server::staff_offerings(&operator).await.expect("lists").into_iter().find(|known| known.offering.slug == "uptime-monitoring");
    let offering = known.expect("ships").offering.id;
    let draft = catalog::server::start_draft(&operator, offering).await.expect("drafts").draft.expect("a draft");
    let mut plans: Vec<_> = draft.plans.into_iter().map(|plan| plan.terms).collect();
    plans.iter_mut().for_each(change);
    catalog::server::save_draft(&operator, offering, plans).await.expect("saves");
    catalog::server::publish(&operator, offering).await.expect("publishes");
}

fn priced(component: &mut Component, charge: &ChargeModel) {
    for price in &mut component.prices {
        price.charge = charge.clone();
    }
}

/// Checks become another meter that is priced so.
fn metered(terms: &mut PlanTerms, kind: Aggregation, covered: i64, charge: &ChargeModel) {
    for component in terms.components.iter_mut().filter(|component| component.meter() == Some("checks_run")) {
        if let Basis::Usage { aggregation, included, .. } = &mut component.basis {
            (*aggregation, *included) = (kind, covered.into());
        }
        priced(component, charge);
    }
}

fn per_unit(price: &str) -> ChargeModel {
    ChargeModel::PerUnit { unit_price: dec(price) }
}

/// Each accepted: id, value, time.
async fn told(story: &Story, instance: InstanceId, meter: &str, events: &[(&str, &str, &str)]) {
    for (id, value, at) in events {
        assert_eq!(story.uses(instance, meter, &format!("{meter} {id}"), value, at).await, UsageOutcome::Accepted, "{meter} {id}");
    }
}

async fn choice(story: &Story, code: &str) -> Choice {
    Choice { plan: story.plan("uptime-monitoring", code).await, interval: Interval::Monthly }
}

async fn closes_at(story: &Story, time: &str) -> Vec<String> {
    story.at(time);
    let closed = story.closes().await;
    assert_eq!(closed.len(), 1, "{time}");
    sorted(&closed[0])
}

/// Two minutes after a term's end, which is not closed yet: 20 packages above what is included before it, 110 after it.
async fn just_over() -> (Story, InstanceId, kernel::SubscriptionId) {
    let story = in_dollars("2027-03-28T00:00:00Z").await;
    let (instance, subscription) = story.runs("uptime-monitoring", "basic").await;
    story.at("2027-04-28T00:02:00Z");
    let events = [("before", "270000", "2027-04-27T23:59:59Z"), ("at", "10000", "2027-04-28T00:00:00Z"), ("after", "100000", "2027-04-28T00:01:00Z")];
    told(&story, instance, "checks_run", &events).await;
    (story, instance, subscription)
}

async fn nothing_is_left_over(story: &Story) {
    assert_eq!(server::refused_usage(&story.cx(), None, PageSize::new(10)).await.expect("lists").rows, []);
    let mut tx = story.cx().tenant_tx(Need::USAGE_READ).await.expect("opens");
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM billing.usage_events WHERE state = 'waiting'").fetch_one(&mut *tx).await.expect("reads");
    assert_eq!(waiting, 0);
}

#[tokio::test]
async fn usage_after_a_terms_end_is_charged_where_the_plan_changes_before_the_term_is_closed() {
    let (story, instance, subscription) = just_over().await;
    let to = choice(&story, "team").await;
    let preview = server::preview_change(&story.cx(), subscription, to).await.expect("previews");
    assert_eq!(story.invoices().await.len(), 1, "a preview closes nothing");
    for _ in 0..2 {
        server::follow_instance_plan(&story.system(), instance, to.plan, story.cx().now()).await.expect("follows");
    }
    let invoices = story.invoices().await;
    assert_eq!(invoices.len(), 3);
    // The term that ended: 20 started thousands at 0.015, and the fee of the next one.
    assert_eq!((sorted(&invoices[1]), invoices[1].row.issued_on.to_string()), (vec!["fee 250".into(), "usage 30".into()], "2027-04-28".to_owned()));
    // The two minutes of the next: 110 at 0.015; its fee comes back whole.
    assert_eq!(sorted(&invoices[2]), ["credit -250", "fee 1000", "usage 165"]);
    assert_eq!(preview.today.expect("a draft").total, invoices[2].row.total);
    nothing_is_left_over(&story).await;

    story.at("2027-04-28T00:10:00Z");
    assert!(story.closes().await.is_empty(), "it is closed");
    assert_eq!(closes_at(&story, "2027-05-28T00:10:00Z").await, ["fee 1000"]);
}

#[tokio::test]
async fn usage_after_a_terms_end_is_charged_where_the_service_is_deleted_before_the_term_is_closed() {
    let (story, instance, _) = just_over().await;
    server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");
    let invoices = story.invoices().await;
    assert_eq!(invoices[1..].iter().map(sorted).collect::<Vec<_>>(), [vec!["fee 250", "usage 30"], vec!["credit -250", "usage 165"]]);
    nothing_is_left_over(&story).await;
}

/// From now on the customer is taxed so.
async fn taxed(story: &Story, tax: TaxRegime) {
    let mut tx = story.system().tenant_tx(Need::BILLING_WRITE).await.expect("opens");
    sqlx::query("UPDATE billing.accounts SET tax = $1").bind(Json(&tax)).execute(&mut *tx).await.expect("writes");
    tx.commit_unaudited("a test").await.expect("commits");
}

#[tokio::test]
async fn a_fee_comes_back_with_the_tax_that_was_paid_on_it() {
    let story = Story::start_in("2026-01-01T09:00:00Z", Currency::Usd, "UTC", TaxRegime::PpnIndonesia).await;
    let tier = story.subscribes("professional", Interval::Annual).await;
    assert_eq!(story.invoices().await[0].row.total.minor, 54_390);
    taxed(&story, TaxRegime::None).await;
    story.at("2026-01-06T09:00:00Z");
    let to = Choice { plan: story.plan("platform", "enterprise").await, interval: Interval::Annual };
    server::change_subscription(&story.cx(), tier, to, "up").await.expect("changes");
    let invoice = story.invoices().await.pop().expect("an invoice");
    // 360 of 365 days of 490.00 with 11 % of them, and of 2,490.00 without.
    assert_eq!(sorted(&invoice), ["credit -48329", "fee 245589"]);
    assert_eq!((invoice.tax.minor, invoice.row.total.minor), (-5_316, 245_589 - 48_329 - 5_316));
}

#[tokio::test]
async fn no_tax_comes_back_that_was_not_paid() {
    let story = in_dollars("2026-01-01T00:00:00Z").await;
    let (instance, _) = story.runs("managed-postgresql", "standard").await;
    taxed(&story, TaxRegime::PpnIndonesia).await;
    story.at("2026-01-16T00:00:00Z");
    server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");
    let note = story.invoices().await.pop().expect("a credit note");
    adds_up(&note);
    // 16 of 31 days of 24.00.
    assert_eq!((note.tax.minor, note.row.total.minor), (0, -1_239));
}

/// Two levels are priced: checks by the hour at 0.01, and slots, of which the latest is, at 2.00.
fn levels(terms: &mut PlanTerms) {
    metered(terms, Aggregation::TimeWeightedSum, 0, &per_unit("0.01"));
    let mut slots = terms.components.iter().find(|component| component.meter().is_some()).expect("it meters").clone();
    slots.id = ComponentId::from_uuid(uuid::Uuid::nil());
    slots.code = "slots".into();
    slots.basis = Basis::Usage { meter: "slots".into(), aggregation: Aggregation::Latest, included: Decimal::ZERO };
    priced(&mut slots, &per_unit("2"));
    terms.components.push(slots);
}

/// Four checks and seven slots from 26 October on, through two terms that are closed.
async fn levelled() -> (Story, InstanceId) {
    let story = in_dollars("2026-10-26T00:00:00Z").await;
    sells(&story, levels).await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    told(&story, instance, "checks_run", &[("first", "4", "2026-10-26T00:00:00Z")]).await;
    told(&story, instance, "slots", &[("first", "7", "2026-10-26T00:00:00Z")]).await;
    // 4 x 744 h and 4 x 720 h.
    assert_eq!(closes_at(&story, "2026-11-26T00:10:00Z").await, ["fee 250", "usage 1400", "usage 2976"]);
    assert_eq!(closes_at(&story, "2026-12-26T00:10:00Z").await, ["fee 250", "usage 1400", "usage 2880"]);
    (story, instance)
}

#[tokio::test]
async fn a_level_that_is_told_late_holds_in_the_terms_after_its_own() {
    let (story, instance) = levelled().await;
    for meter in ["checks_run", "slots"] {
        told(&story, instance, meter, &[("late", "9", "2026-12-25T12:00:00Z")]).await;
    }
    // Late: 5 more for 12 h, and 2 x 2.00. Then 9 x 744 h and 9 x 2.00.
    assert_eq!(closes_at(&story, "2027-01-26T00:10:00Z").await, ["fee 250", "late 400", "late 60", "usage 1800", "usage 6696"]);
    assert_eq!(closes_at(&story, "2027-02-26T00:10:00Z").await, ["fee 250", "usage 1800", "usage 6696"]);
}

#[tokio::test]
async fn a_level_that_is_told_late_corrects_the_closed_terms_up_to_the_next_value() {
    let (story, instance) = levelled().await;
    // In one batch with a value of the term that runs, which ends what the late one holds.
    let batch = [event(instance, "checks_run", "late", "5", "2026-11-25T12:00:00Z"), event(instance, "checks_run", "now", "1", "2026-12-26T00:00:00Z")];
    assert_eq!(server::record_usage(&story.system(), &batch).await.expect("records"), vec![UsageOutcome::Accepted; 2]);
    // One more for 12 h of the first term and 720 h of the second, in which nothing was told; then 1 x 744 h.
    assert_eq!(closes_at(&story, "2027-01-26T00:10:00Z").await, ["fee 250", "late 12", "late 720", "usage 1400", "usage 744"]);
}

#[tokio::test]
async fn a_level_is_charged_once_where_the_plan_changes_within_a_term() {
    let story = in_dollars("2026-01-31T00:00:00Z").await;
    sells(&story, levels).await;
    let quoted = usage_quoted(&story, "slots", "7", None).await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    told(&story, instance, "slots", &[("first", "7", "2026-01-31T00:00:00Z")]).await;
    story.at("2026-02-10T00:00:00Z");
    let to = choice(&story, "team").await;
    server::follow_instance_plan(&story.system(), instance, to.plan, story.cx().now()).await.expect("follows");
    // 14.00 x 10/28; 18 of 28 days of 2.50 back and of 10.00 charged.
    assert_eq!(sorted(&story.invoices().await.pop().expect("an invoice")), ["credit -161", "fee 643", "usage 500"]);
    // 14.00 x 18/28.
    assert_eq!(closes_at(&story, "2026-02-28T00:10:00Z").await, ["fee 1000", "usage 900"]);
    assert_eq!(quoted, 1_400);
}

async fn quoted(story: &Story, usage: &[(&str, &str)], events: Option<u64>) -> QuoteView {
    let plan = story.plan("uptime-monitoring", "basic").await;
    let events = usage.iter().flat_map(|(meter, _)| events.map(|events| ((*meter).to_owned(), events))).collect();
    let usage = usage.iter().map(|(meter, quantity)| ((*meter).to_owned(), dec(quantity))).collect();
    server::quote(&story.cx(), QuoteRequest { plan, interval: Interval::Monthly, currency: None, usage, events }).await.expect("quotes")
}

/// What usage comes to in a whole term.
async fn usage_quoted(story: &Story, meter: &str, quantity: &str, events: Option<u64>) -> i64 {
    quoted(story, &[(meter, quantity)], events).await.each_term.lines.iter().filter(|line| line.draft.kind.code() == "usage").map(|line| line.draft.amount.minor).sum()
}

#[tokio::test]
async fn a_percentage_is_quoted_as_it_is_charged() {
    let story = in_dollars("2026-01-31T00:00:00Z").await;
    let three_free = ChargeModel::Percentage { rate: Decimal::ONE, fixed: dec("5"), free_events: 3, free_amount: Decimal::ZERO };
    sells(&story, |terms| metered(terms, Aggregation::Sum, 0, &three_free)).await;
    // Of four events of 10 the fourth pays 1 % and 5.00. In one event all of it is free.
    assert_eq!((usage_quoted(&story, "checks_run", "40", Some(4)).await, usage_quoted(&story, "checks_run", "40", None).await), (510, 0));
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    told(&story, instance, "checks_run", &["a", "b", "c", "d"].map(|id| (id, "10", "2026-01-31T00:00:00Z"))).await;
    assert_eq!(closes_at(&story, "2026-02-28T00:10:00Z").await, ["fee 250", "usage 510"]);
}

#[tokio::test]
async fn what_the_fee_includes_is_taken_off_a_percentage() {
    let story = in_dollars("2026-01-31T00:00:00Z").await;
    let ten = ChargeModel::Percentage { rate: dec("10"), fixed: Decimal::ZERO, free_events: 0, free_amount: Decimal::ZERO };
    sells(&story, |terms| metered(terms, Aggregation::Sum, 100, &ten)).await;
    assert_eq!(usage_quoted(&story, "checks_run", "150", None).await, 500);
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    told(&story, instance, "checks_run", &[("a", "150", "2026-01-31T00:00:00Z")]).await;
    assert_eq!(closes_at(&story, "2026-02-28T00:10:00Z").await, ["fee 250", "usage 500"]);
}

#[tokio::test]
async fn a_fee_has_its_least_and_a_flat_price_of_a_meter_is_for_usage() {
    let story = in_dollars("2026-01-31T00:00:00Z").await;
    sells(&story, |terms| {
        metered(terms, Aggregation::Sum, 0, &ChargeModel::Flat { amount: dec("5") });
        for component in terms.components.iter_mut().filter(|component| component.basis == Basis::Recurring) {
            priced(component, &ChargeModel::Flat { amount: dec("31") });
            component.prices.iter_mut().for_each(|price| price.minimum = Some(dec("50")));
        }
    })
    .await;
    let quote = quoted(&story, &[], None).await;
    assert_eq!((quote.today.total.minor, quote.each_term.total.minor), (5_000, 5_000));
    let (instance, subscription) = story.runs("uptime-monitoring", "basic").await;
    assert_eq!(server::subscription(&story.cx(), subscription).await.expect("reads").fee.map(|fee| fee.minor), Some(5_000));
    assert_eq!(sorted(&story.invoices().await[0]), ["fee 5000"]);
    assert_eq!(closes_at(&story, "2026-02-28T00:10:00Z").await, ["fee 5000"]);
    told(&story, instance, "checks_run", &[("a", "1", "2026-02-28T00:05:00Z")]).await;
    assert_eq!(closes_at(&story, "2026-03-31T00:10:00Z").await, ["fee 5000", "usage 500"]);
    // 16 of 30 days of what was paid.
    story.at("2026-04-14T00:00:00Z");
    server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");
    assert_eq!(sorted(&story.invoices().await.pop().expect("a credit note")), ["credit -2667"]);
}

#[tokio::test]
async fn what_a_beginning_costs_is_charged_once_where_its_trial_was_cut_short() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    sells(&story, |terms| {
        terms.trial_days = 14;
        let mut set_up = terms.components.iter().find(|component| component.basis == Basis::Recurring).expect("a fee").clone();
        (set_up.id, set_up.code, set_up.basis) = (ComponentId::from_uuid(uuid::Uuid::nil()), "set_up".into(), Basis::OneTime);
        priced(&mut set_up, &ChargeModel::Flat { amount: dec("50") });
        terms.components.push(set_up);
    })
    .await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    let plan = story.plan("uptime-monitoring", "basic").await;
    let back = async |ends: &str, at: &str| {
        let before = story.invoices().await.len();
        story.at(ends);
        server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");
        story.at(at);
        server::start_instance_subscription(&story.system(), instance, plan, story.cx().now()).await.expect("begins");
        story.invoices().await[before..].iter().flat_map(sorted).filter(|line| !line.starts_with("credit")).collect::<Vec<_>>()
    };
    // On day 13 and on day 15, with 17 of 31 days of 2.50.
    assert_eq!(back("2026-01-14T09:00:00Z", "2026-01-16T09:00:00Z").await, ["fee 129", "one_time 5000"]);
    assert_eq!(back("2026-01-17T09:00:00Z", "2026-01-20T09:00:00Z").await, ["fee 97"]);
}

#[tokio::test]
async fn one_value_written_in_two_ways_is_one_value() {
    let story = in_dollars("2026-01-31T00:00:00Z").await;
    sells(&story, |terms| metered(terms, Aggregation::UniqueCount, 0, &per_unit("1"))).await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    let at = "2026-01-31T00:00:00Z";
    told(&story, instance, "checks_run", &[("a", "5", at), ("b", "5.0", at), ("c", "50", at), ("d", "0", at), ("e", "0.00", at)]).await;
    assert_eq!(closes_at(&story, "2026-02-28T00:10:00Z").await, ["fee 250", "usage 300"]);
}

/// The organisation says that it is elsewhere; who hears of it does.
async fn moves(story: &Story, zone: &str, heard: bool) {
    let form = identity::server::my_organisation(&story.cx()).await.expect("reads").form();
    identity::server::update_organisation(&story.cx(), identity::ProfileForm { time_zone: zone.into(), ..form }).await.expect("changes");
    for event in story.hub.events().await {
        if heard {
            handlers::on_event(&story.hub.system(None), &event).await.expect("hears");
        }
    }
}

async fn due_at(story: &Story, time: &str) -> bool {
    !server::due_terms(&story.hub.system(None), time.parse().expect("a time"), 10).await.expect("reads").is_empty()
}

#[tokio::test]
async fn a_term_ends_at_midnight_of_the_zone_that_the_customer_is_in_by_then() {
    let mut story = in_dollars("2027-01-28T02:00:00Z").await;
    story.founds().await;
    moves(&story, "Asia/Jakarta", true).await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    story.at("2027-02-10T00:00:00Z");
    assert!(due_at(&story, "2027-02-27T17:10:00Z").await, "midnight in Jakarta");
    moves(&story, "America/New_York", true).await;
    assert!(!due_at(&story, "2027-02-28T05:09:59Z").await);
    assert!(due_at(&story, "2027-02-28T05:10:00Z").await, "midnight in New York");
    // Of the eleven hours between: it is still the 27th.
    story.at("2027-02-28T04:00:00Z");
    told(&story, instance, "checks_run", &[("a", "270000", "2027-02-27T20:00:00Z")]).await;
    story.at("2027-02-28T05:10:00Z");
    let closed = story.closes().await;
    assert_eq!((sorted(&closed[0]), closed[0].row.issued_on.to_string()), (vec!["fee 250".into(), "usage 30".into()], "2027-02-28".to_owned()));

    // The other way the term is over earlier; nobody has heard of it yet when the old midnight comes.
    moves(&story, "Asia/Jakarta", false).await;
    assert!(!due_at(&story, "2027-03-27T17:10:00Z").await);
    server::follow_instance_plan(&story.system(), instance, story.plan("uptime-monitoring", "team").await, story.cx().now()).await.expect("follows");
    assert!(due_at(&story, "2027-03-27T17:10:00Z").await, "whatever locks the account takes the zone over");
    moves(&story, "America/New_York", false).await;
    story.at("2027-03-27T17:10:00Z");
    assert!(story.closes().await.is_empty(), "it is not over in New York");
    assert!(!due_at(&story, "2027-03-27T17:10:00Z").await, "and nobody is asked again before it is");
    // Summer time by then.
    story.at("2027-03-28T04:10:00Z");
    assert_eq!(story.closes().await[0].row.issued_on.to_string(), "2027-03-28");
}

#[tokio::test]
async fn a_level_is_charged_once_where_the_customer_moves_east_over_a_terms_end() {
    let mut story = in_dollars("2027-01-28T12:00:00Z").await;
    sells(&story, levels).await;
    story.founds().await;
    moves(&story, "America/New_York", true).await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    told(&story, instance, "checks_run", &[("first", "4", "2027-01-28T12:00:00Z")]).await;
    story.at("2027-02-28T01:30:00Z");
    told(&story, instance, "checks_run", &[("again", "4", "2027-02-28T01:00:00Z")]).await;
    story.at("2027-02-28T02:00:00Z");
    moves(&story, "Asia/Jakarta", true).await;
    // To midnight in Jakarta, 17:00 of the day before: 4 x 725 h.
    assert_eq!(closes_at(&story, "2027-02-28T02:10:00Z").await, ["fee 250", "usage 2900"]);
    nothing_is_left_over(&story).await;
    // 4 x 672 h.
    assert_eq!(closes_at(&story, "2027-03-27T17:10:00Z").await, ["fee 250", "usage 2688"]);
}

#[tokio::test]
async fn what_came_after_the_end_that_was_is_counted_where_the_customer_moves_west() {
    let mut story = in_dollars("2027-01-28T02:00:00Z").await;
    story.founds().await;
    moves(&story, "Asia/Jakarta", true).await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    story.at("2027-02-27T17:06:00Z");
    told(&story, instance, "checks_run", &[("before", "1000", "2027-02-27T16:59:00Z"), ("waits", "269000", "2027-02-27T17:05:00Z")]).await;
    moves(&story, "America/New_York", true).await;
    nothing_is_left_over(&story).await;
    // Back and there again: what was counted of the hours between stays counted, whatever comes out of order.
    moves(&story, "Asia/Jakarta", true).await;
    told(&story, instance, "checks_run", &[("between", "1000", "2027-02-27T17:01:00Z")]).await;
    moves(&story, "America/New_York", true).await;
    nothing_is_left_over(&story).await;
    assert_eq!(closes_at(&story, "2027-02-28T05:10:00Z").await, ["fee 250", "usage 32"]);
    assert_eq!(closes_at(&story, "2027-03-28T04:10:00Z").await, ["fee 250"]);
}

#[tokio::test]
async fn usage_is_charged_once_where_a_change_is_heard_after_the_term_it_was_made_in() {
    let story = in_dollars("2027-03-28T00:00:00Z").await;
    let (instance, _) = story.runs("uptime-monitoring", "basic").await;
    assert_eq!(closes_at(&story, "2027-04-28T00:10:00Z").await, ["fee 250"]);
    story.at("2027-04-28T06:00:00Z");
    told(&story, instance, "checks_run", &[("a", "1110000", "2027-04-28T03:00:00Z")]).await;
    let made = "2027-04-27T23:59:50Z".parse().expect("a time");
    server::follow_instance_plan(&story.system(), instance, story.plan("uptime-monitoring", "team").await, made).await.expect("follows");
    // From the term's first moment on it is the other plan, whose usage is charged at its end: 110 started thousands above what it
    // includes.
    assert_eq!(sorted(&story.invoices().await.pop().expect("an invoice")), ["credit -250", "fee 1000"]);
    assert_eq!(closes_at(&story, "2027-05-28T00:10:00Z").await, ["fee 1000", "usage 110"]);
}

#[tokio::test]
async fn a_shorter_commitment_of_the_same_tier_waits_for_the_end_of_what_is_paid() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let tier = story.subscribes("professional", Interval::Annual).await;
    story.at("2026-01-06T09:00:00Z");
    let to = Choice { plan: story.plan("platform", "professional").await, interval: Interval::Monthly };
    let preview = server::preview_change(&story.cx(), tier, to).await.expect("previews");
    assert_eq!((preview.now, preview.takes_effect_on.to_string().as_str(), preview.today), (false, "2027-01-01", None));
    let view = server::change_subscription(&story.cx(), tier, to, "shorter").await.expect("changes");
    assert_eq!(view.state, State::Active { next: Some(to) });
    assert_eq!(story.invoices().await.len(), 1, "nothing comes back");
    assert_eq!(closes_at(&story, "2027-01-01T00:10:00Z").await, ["fee 4900"]);
    assert_eq!(closes_at(&story, "2027-02-01T00:10:00Z").await, ["fee 4900"]);

    // To a larger tier it is at once, whatever the length: 28 of 28 days.
    let enterprise = Choice { plan: story.plan("platform", "enterprise").await, interval: Interval::Monthly };
    server::change_subscription(&story.cx(), tier, enterprise, "larger").await.expect("changes");
    assert_eq!(sorted(&story.invoices().await.pop().expect("an invoice")), ["credit -4900", "fee 24900"]);
}

#[tokio::test]
async fn a_larger_tier_by_the_month_is_at_once_though_a_year_was_paid() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let tier = story.subscribes("professional", Interval::Annual).await;
    story.at("2026-01-06T09:00:00Z");
    let to = Choice { plan: story.plan("platform", "enterprise").await, interval: Interval::Monthly };
    server::change_subscription(&story.cx(), tier, to, "larger").await.expect("changes");
    // 360 of 365 days of 490.00 back, 26 of 31 days of 249.00.
    assert_eq!(sorted(&story.invoices().await.pop().expect("an invoice")), ["credit -48329", "fee 20884"]);
}

#[tokio::test]
async fn terms_that_are_over_are_collected_for_ten_minutes() {
    let story = in_dollars("2026-01-31T00:00:00Z").await;
    story.runs("uptime-monitoring", "basic").await;
    let collecting = async |time: &str| server::collecting(&story.hub.system(None), time.parse().expect("a time")).await.expect("reads");
    for (time, count) in [("2026-02-27T23:59:59Z", 0), ("2026-02-28T00:00:00Z", 1), ("2026-02-28T00:09:59Z", 1), ("2026-02-28T00:10:00Z", 0)] {
        assert_eq!(collecting(time).await, count, "{time}");
    }
}
