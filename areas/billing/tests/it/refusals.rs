//! What the rules refuse stands in the audit trail.

use crate::story::Story;
use billing::{server::{self, RecordTransfer}, subscription::Choice};
use catalog::Interval;
use kernel::{Currency, Money, Role, SubscriptionId};

#[tokio::test]
async fn every_refused_change_leaves_one_entry() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let (cx, finance) = (story.cx(), story.hub.staff(Role::Finance));
    let plan = story.plan("uptime-monitoring", "basic").await;
    let unknown = SubscriptionId::from_uuid(cx.new_uuid());
    server::subscribe_tier(&cx, plan, Interval::Monthly).await.expect_err("that is no tier");
    server::change_subscription(&cx, unknown, Choice { plan, interval: Interval::Monthly }, "key").await.expect_err("unknown");
    server::cancel_subscription(&cx, unknown).await.expect_err("unknown");
    server::keep_subscription(&cx, unknown).await.expect_err("unknown");
    let dollars = Money { minor: 100, currency: Currency::Usd };
    let transfer = RecordTransfer { tenant: story.tenant, invoice: None, invoice_number: None, amount: dollars, reference: "BCA-1".into(), received_on: "2026-01-15".parse().expect("a date") };
    server::record_bank_transfer(&finance, transfer).await.expect_err("the account is in rupiah");
    server::grant_credit(&finance, story.tenant, dollars, "goodwill").await.expect_err("the account is in rupiah");
    server::grant_credit(&cx, story.tenant, dollars, "to myself").await.expect_err("only finance gives credit");

    let (plan, unknown, tenant) = (plan.to_string(), unknown.to_string(), story.tenant.to_string());
    let entry = |action: &str, subject: &str, code: &str| (format!("billing.{action}"), subject.to_owned(), format!("billing.{code}"));
    assert_eq!(
        story.hub.refusals(story.tenant).await,
        [
            entry("tier.subscribed", &plan, "plan_not_found"),
            entry("subscription.changed", &unknown, "subscription_not_found"),
            entry("subscription.cancelled", &unknown, "subscription_not_found"),
            entry("subscription.kept", &unknown, "subscription_not_found"),
            entry("payment.recorded", "", "other_currency"),
            entry("credit.granted", &tenant, "other_currency"),
            ("billing.credit.granted".to_owned(), tenant.clone(), "access.denied".to_owned()),
        ]
    );
}
