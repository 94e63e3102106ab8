//! Upgrades, downgrades, cancelling and ending.

use crate::story::{Story, adds_up, lines};
use billing::{
    server::{self, BillingError},
    subscription::{Choice, State},
    tax::TaxRegime,
    view::DocumentKind,
};
use catalog::Interval;
use kernel::{Currency, Role, events::Event};

async fn in_dollars(now: &str) -> Story {
    Story::start_in(now, Currency::Usd, "UTC", TaxRegime::None).await
}

#[tokio::test]
async fn an_upgrade_gives_back_the_rest_and_charges_the_rest_of_the_new_and_its_preview_is_the_same() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let tier = story.subscribes("starter", Interval::Monthly).await;
    story.at("2026-01-16T12:00:00Z");
    let to = Choice { plan: story.plan("platform", "professional").await, interval: Interval::Monthly };
    let preview = server::preview_change(&story.cx(), tier, to).await.expect("previews");
    assert_eq!(story.invoices().await.len(), 1, "a preview changes nothing");
    server::change_subscription(&story.cx(), tier, to, "request-1").await.expect("changes");
    let invoice = story.invoices().await.pop().expect("an invoice");
    adds_up(&invoice);
    // 16 of 31 days: -10.00 and +49.00.
    assert_eq!(lines(&invoice), ["credit -516", "fee 2529"]);
    assert!(preview.now);
    assert_eq!(preview.today.expect("a draft").total, invoice.row.total);

    story.at("2026-02-01T00:00:00Z");
    assert_eq!(lines(&story.closes().await[0]), ["fee 4900"]);
}

#[tokio::test]
async fn g32_two_changes_at_one_instant_are_two_invoices_and_a_repeat_is_none() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let tier = story.subscribes("starter", Interval::Monthly).await;
    let ((one, _), (two, _)) = (story.runs("managed-postgresql", "dev").await, story.runs("managed-postgresql", "dev").await);
    story.at("2026-01-16T12:00:00Z");
    let standard = story.plan("managed-postgresql", "standard").await;
    for instance in [one, two, one] {
        server::follow_instance_plan(&story.system(), instance, standard, story.cx().now()).await.expect("follows");
    }
    assert_eq!(story.invoices().await.len(), 5, "three beginnings and two changes");
    let to = Choice { plan: story.plan("platform", "professional").await, interval: Interval::Monthly };
    for _ in 0..2 {
        server::change_subscription(&story.cx(), tier, to, "same-key").await.expect("changes");
    }
    assert_eq!(story.invoices().await.len(), 6, "and one of the tier");
}

#[tokio::test]
async fn a_downgrade_waits_for_the_terms_end() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let tier = story.subscribes("professional", Interval::Monthly).await;
    story.at("2026-01-16T12:00:00Z");
    let to = Choice { plan: story.plan("platform", "starter").await, interval: Interval::Monthly };
    let view = server::change_subscription(&story.cx(), tier, to, "down").await.expect("changes");
    assert_eq!(view.state, State::Active { next: Some(to) });
    assert_eq!(story.invoices().await.len(), 1);
    story.at("2026-02-01T00:00:00Z");
    assert_eq!(lines(&story.closes().await[0]), ["fee 1000"]);
    assert_eq!(server::subscription(&story.cx(), tier).await.expect("reads").plan_code, "starter");
}

#[tokio::test]
async fn usage_before_an_upgrade_is_charged_under_the_old_plan() {
    let story = in_dollars("2026-01-01T00:00:00Z").await;
    let (instance, subscription) = story.runs("uptime-monitoring", "basic").await;
    story.at("2026-01-11T00:00:00Z");
    story.uses(instance, "checks_run", "before", "252000", "2026-01-05T00:00:00Z").await;
    let to = story.plan("uptime-monitoring", "team").await;
    server::follow_instance_plan(&story.system(), instance, to, story.cx().now()).await.expect("follows");
    server::follow_instance_plan(&story.system(), instance, to, story.cx().now()).await.expect("a repeat");
    let invoice = story.invoices().await.pop().expect("an invoice");
    // Ten of 31 days cover 80,645.16 of 250,000: 171,354.84 are left, 172 started thousands at 0.015. 21 of 31 days of
    // 2.50 back and of 10.00 charged.
    assert_eq!(lines(&invoice), ["usage 258", "credit -169", "fee 677"]);
    story.at("2026-01-12T00:00:00Z");
    story.uses(instance, "checks_run", "after", "7", "2026-01-11T12:00:00Z").await;
    let report = server::usage_report(&story.cx(), Some(instance)).await.expect("reports");
    // 1,000,000 x 21/31.
    let meter = &report[0].meters[0];
    assert_eq!((meter.quantity, meter.included.round_dp(6).to_string().as_str()), (7.into(), "677419.354839"));
    assert_eq!(server::subscription(&story.cx(), subscription).await.expect("reads").plan_code, "team");
}

#[tokio::test]
async fn cancelling_runs_to_the_end_and_can_be_taken_back() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let tier = story.subscribes("starter", Interval::Monthly).await;
    server::cancel_subscription(&story.cx(), tier).await.expect("cancels");
    let kept = server::keep_subscription(&story.cx(), tier).await.expect("keeps");
    assert_eq!(kept.state, State::Active { next: None });
    server::cancel_subscription(&story.cx(), tier).await.expect("cancels");
    story.hub.events().await;
    story.at("2026-02-10T00:00:00Z");
    assert!(story.closes().await.is_empty(), "nothing was used and nothing begins");
    assert!(matches!(server::subscription(&story.cx(), tier).await.expect("reads").state, State::Ended { .. }));
    assert!(story.hub.events().await.iter().any(|event| matches!(event, Event::Billing(kernel::events::billing::Event::SubscriptionEnded { .. }))));
    assert!(matches!(server::cancel_subscription(&story.cx(), tier).await, Err(BillingError::Subscription(_))));
}

#[tokio::test]
async fn a_deleted_instance_gets_a_credit_note_for_the_rest_into_the_balance() {
    let story = in_dollars("2026-01-01T00:00:00Z").await;
    let (instance, _) = story.runs("managed-postgresql", "standard").await;
    story.at("2026-01-16T00:00:00Z");
    let at = story.cx().now();
    server::end_instance_subscription(&story.system(), instance, at).await.expect("ends");
    server::end_instance_subscription(&story.system(), instance, at).await.expect("a repeat");
    let note = story.invoices().await.pop().expect("a credit note");
    adds_up(&note);
    assert_eq!((note.row.kind, note.row.number.as_str(), note.row.total.minor), (DocumentKind::CreditNote, "SH-CN-2026-000001", -1_239));
    // It was drawn by the invoice that is still open.
    let account = server::account(&story.cx()).await.expect("reads");
    assert_eq!((account.balance.minor, account.owed.minor), (0, 2_400 - 1_239));
}

#[tokio::test]
async fn plans_of_another_offering_or_off_sale_are_refused_and_a_services_plan_is_changed_at_the_service() {
    let story = in_dollars("2026-01-01T00:00:00Z").await;
    let (_, subscription) = story.runs("managed-postgresql", "dev").await;
    let other = Choice { plan: story.plan("uptime-monitoring", "team").await, interval: Interval::Monthly };
    assert!(matches!(server::preview_change(&story.cx(), subscription, other).await, Err(BillingError::OtherOffering)));
    let annual = Choice { plan: story.plan("managed-postgresql", "dev").await, interval: Interval::Annual };
    assert!(matches!(server::preview_change(&story.cx(), subscription, annual).await, Err(BillingError::NotSold)));
    let larger = Choice { plan: story.plan("managed-postgresql", "standard").await, interval: Interval::Monthly };
    let before = server::subscription(&story.cx(), subscription).await.expect("reads");
    let refused = server::change_subscription(&story.cx(), subscription, larger, "k").await.expect_err("there is one way");
    assert_eq!(refused.code(), "billing.at_service");
    assert_eq!(server::subscription(&story.cx(), subscription).await.expect("reads"), before);
    let member = story.hub.cx(story.tenant, Role::Member);
    assert!(matches!(server::cancel_subscription(&member, subscription).await, Err(BillingError::Denied(_))));
}

#[tokio::test]
async fn a_tier_hands_its_limits_down_and_a_smaller_one_is_refused_while_more_is_there() {
    let mut story = in_dollars("2026-01-01T09:00:00Z").await;
    story.founds().await;
    let seats = async |story: &Story| identity::server::my_organisation(&story.cx()).await.expect("reads").seats();
    assert_eq!(seats(&story).await, Some(5));
    let tier = story.subscribes("professional", Interval::Monthly).await;
    assert_eq!(seats(&story).await, Some(25));

    story.joined(5, "member").await;
    let to = Choice { plan: story.plan("platform", "starter").await, interval: Interval::Monthly };
    for refused in [server::preview_change(&story.cx(), tier, to).await.err(), server::change_subscription(&story.cx(), tier, to, "down").await.err()] {
        let refused = refused.expect("six do not fit");
        assert_eq!((refused.code(), refused.to_string().as_str()), ("billing.below_use", "6 seats are in use, the tier allows 5"));
    }
}

#[tokio::test]
async fn the_usual_numbers_are_those_of_the_tiers_that_ship() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    let usual = identity::Limits::default();
    for card in catalog::server::tier_plans(&story.hub.nobody()).await.expect("reads") {
        let tier = card.plan.terms.code.to_uppercase().parse::<identity::Tier>().ok();
        let shipped = identity::Limits(card.plan.terms.limits);
        assert!(tier.is_some(), "{} is no tier that identity knows", card.plan.terms.code);
        assert_eq!((shipped.seats(None), shipped.requests_per_minute(None)), (usual.seats(tier), usual.requests_per_minute(tier)), "{tier:?}");
    }
}

#[tokio::test]
async fn a_tier_that_ends_allows_no_more() {
    let mut story = in_dollars("2026-01-01T09:00:00Z").await;
    story.founds().await;
    let tier = story.subscribes("enterprise", Interval::Monthly).await;
    let chosen = async || identity::server::my_organisation(&story.cx()).await.expect("reads");
    assert_eq!(chosen().await.tier, Some(identity::Tier::Enterprise));
    server::cancel_subscription(&story.cx(), tier).await.expect("cancels");
    assert_eq!(chosen().await.tier, Some(identity::Tier::Enterprise), "to the end of what is paid for");
    story.at("2026-02-01T00:00:00Z");
    story.closes().await;
    let after = chosen().await;
    assert_eq!((after.tier, after.billing_interval, after.limits), (None, None, identity::Limits::default()));
}

/// Changes the plans of an offering, as an operator would have set them before they were sold.
async fn sold_with(story: &Story, slug: &'static str, change: &'static str) {
    use sqlx::Connection;
    let mut owner = sqlx::PgConnection::connect(&story.hub.owner_url).await.expect("the database answers");
    let sql = format!(
        "ALTER TABLE catalog.plans DISABLE TRIGGER USER;
         UPDATE catalog.plans SET terms = {change}
          WHERE version_id IN (SELECT v.id FROM catalog.versions v JOIN catalog.offerings o ON o.id = v.offering_id WHERE o.slug = '{slug}');
         ALTER TABLE catalog.plans ENABLE TRIGGER USER"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.expect("the owner may");
}

#[tokio::test]
async fn a_service_that_comes_back_has_no_second_trial_but_the_rest_of_its_first() {
    let story = in_dollars("2026-01-01T09:00:00Z").await;
    sold_with(&story, "managed-postgresql", "terms || '{\"trial_days\": 14}'").await;
    let (instance, _) = story.runs("managed-postgresql", "dev").await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let state = async || server::subscriptions(&story.cx()).await.expect("lists").into_iter().find(|view| !matches!(view.state, State::Ended { .. })).map(|view| (view.state.code(), view.term));
    assert_eq!(state().await.map(|(state, term)| (state, term.end.to_string())), Some(("trialing", "2026-01-15".to_owned())));

    let back = async |ends: &str, at: &str| {
        story.at(ends);
        server::end_instance_subscription(&story.system(), instance, story.cx().now()).await.expect("ends");
        story.at(at);
        server::start_instance_subscription(&story.system(), instance, plan, story.cx().now()).await.expect("begins");
        state().await.map(|(state, term)| (state, term.end.to_string()))
    };
    assert_eq!(back("2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z").await, Some(("trialing", "2026-01-15".to_owned())));
    assert!(story.invoices().await.is_empty());
    assert_eq!(back("2026-01-07T09:00:00Z", "2026-01-20T09:00:00Z").await, Some(("active", "2026-02-01".to_owned())));
    let charged = story.invoices().await.len();
    assert_eq!(charged, 1);
    assert_eq!(back("2026-01-21T09:00:00Z", "2026-01-22T09:00:00Z").await, Some(("active", "2026-02-01".to_owned())));
}

#[tokio::test]
async fn by_seconds_a_quote_is_what_is_charged() {
    let story = in_dollars("2026-01-01T00:00:00Z").await;
    sold_with(&story, "managed-postgresql", "terms || '{\"proration\": \"seconds\"}'").await;
    story.subscribes("starter", Interval::Monthly).await;
    story.at("2026-01-11T12:34:56Z");
    let plan = story.plan("managed-postgresql", "business").await;
    let request = billing::view::QuoteRequest { plan, interval: Interval::Monthly, currency: None, usage: Default::default(), events: Default::default() };
    let quote = server::quote(&story.cx(), request).await.expect("quotes");
    story.runs("managed-postgresql", "business").await;
    let invoice = story.invoices().await.pop().expect("an invoice");
    adds_up(&invoice);
    assert_eq!(quote.today.total, invoice.row.total);
}

#[tokio::test]
async fn a_quote_of_a_meter_that_the_plan_has_not_is_refused() {
    let story = in_dollars("2026-01-01T00:00:00Z").await;
    let plan = story.plan("uptime-monitoring", "basic").await;
    let request = billing::view::QuoteRequest { plan, interval: Interval::Monthly, currency: None, usage: [("check_runs".to_owned(), 5.into())].into(), events: Default::default() };
    match server::quote(&story.cx(), request).await {
        Err(BillingError::Fields(fields)) => assert_eq!((fields[0].field.as_str(), fields[0].message.as_str()), ("/usage/check_runs", "This plan meters checks_run.")),
        other => panic!("{other:?}"),
    }
}
