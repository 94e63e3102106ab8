//! Money arrives: too little, too much, twice, or nobody knows.

use crate::story::Story;
use async_trait::async_trait;
use billing::{
    server::{
        self, AttemptState, BankTransfer, BillingError, Charge, GatewayAnswer, GatewayAway, PaymentGateway, attempt_payment, grant_credit,
        reconcile_attempt,
    },
    view::InvoiceState,
};
use catalog::Interval;
use kernel::{Currency, Money, Role, events::Event};
use std::sync::Mutex;

async fn billed() -> (Story, kernel::InvoiceId) {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let id = story.invoices().await[0].row.id;
    (story, id)
}

#[tokio::test]
async fn a_part_leaves_the_rest_open_and_too_much_pays_the_next_invoice() {
    let (story, invoice) = billed().await;
    story.pays(Some(invoice), 100_000, "T1").await.expect("records");
    let view = server::get_invoice(&story.cx(), invoice).await.expect("reads");
    assert_eq!((view.row.open.minor, view.row.state), (66_500, InvoiceState::Open));
    story.pays(Some(invoice), 166_500, "T2").await.expect("records");
    let view = server::get_invoice(&story.cx(), invoice).await.expect("reads");
    assert_eq!((view.row.open.minor, view.row.state, view.payments.len()), (0, InvoiceState::Paid, 2));
    assert_eq!(server::account(&story.cx()).await.expect("reads").balance.minor, 100_000);
    story.at("2026-02-15T09:00:00Z");
    let next = story.closes().await.remove(0);
    assert_eq!((next.from_balance.minor, next.row.open.minor), (100_000, 66_500));
    assert_eq!(server::account(&story.cx()).await.expect("reads").balance.minor, 0);
}

#[tokio::test]
async fn a_transfer_is_recorded_once_and_only_by_finance() {
    let (story, invoice) = billed().await;
    story.pays(Some(invoice), 166_500, "T1").await.expect("records");
    assert!(matches!(story.pays(Some(invoice), 166_500, "T1").await, Err(BillingError::PaymentRecorded)));
    assert_eq!(server::payments(&story.cx()).await.expect("lists").len(), 1);
    let command = server::RecordTransfer {
        tenant: story.tenant,
        invoice: None,
        invoice_number: Some("SH-2026-000001".into()),
        amount: Money::new(1, Currency::Idr),
        reference: "T2".into(),
        received_on: story.cx().now().date_utc(),
    };
    for cx in [story.cx(), story.hub.staff(Role::Auditor)] {
        assert!(matches!(server::record_bank_transfer(&cx, command.clone()).await, Err(BillingError::Denied(_))));
    }
    server::record_bank_transfer(&story.hub.staff(Role::Finance), command.clone()).await.expect("by its number");
    let dollars = server::RecordTransfer { amount: Money::new(1, Currency::Usd), reference: "T3".into(), ..command };
    assert!(matches!(server::record_bank_transfer(&story.hub.staff(Role::Finance), dollars).await, Err(BillingError::OtherCurrency)));
}

#[tokio::test]
async fn a_transfer_is_not_recorded_where_something_else_is_open_than_was_shown() {
    let (story, invoice) = billed().await;
    let idr = |minor| Money::new(minor, Currency::Idr);
    let finance = story.hub.staff(Role::Finance);
    let record = async |minor, reference: &str, shown| {
        let received_on = story.cx().now().date_utc();
        let command = server::RecordTransfer { tenant: story.tenant, invoice: Some(invoice), invoice_number: None, amount: idr(minor), reference: reference.into(), received_on };
        server::record_reviewed_transfer(&finance, command, idr(shown)).await
    };
    record(100_000, "T1", 166_500).await.expect("as was shown");
    assert!(matches!(record(166_500, "T2", 166_500).await, Err(BillingError::OpenChanged)));
    assert!(matches!(record(100_000, "T1", 166_500).await, Err(BillingError::PaymentRecorded)), "sent twice");
    assert_eq!(server::get_invoice(&story.cx(), invoice).await.expect("reads").row.open.minor, 66_500);
    assert_eq!(server::payments(&story.cx()).await.expect("lists").len(), 1);
    record(66_500, "T2", 66_500).await.expect("shown anew");
    assert!(matches!(record(66_500, "T3", 66_500).await, Err(BillingError::OpenChanged)), "paid meanwhile");
    record(66_500, "T3", 0).await.expect("it came all the same");
    assert_eq!(server::account(&story.cx()).await.expect("reads").balance.minor, 66_500);
}

#[tokio::test]
async fn a_transfer_without_an_invoice_pays_the_oldest_first() {
    let (story, first) = billed().await;
    story.at("2026-02-15T09:00:00Z");
    let second = story.closes().await.remove(0).row.id;
    story.pays(None, 200_000, "T1").await.expect("records");
    let mut open = Vec::new();
    for id in [first, second] {
        open.push(server::get_invoice(&story.cx(), id).await.expect("reads").row.open.minor);
    }
    assert_eq!(open, [0, 133_000]);
}

#[tokio::test]
async fn what_comes_for_an_invoice_that_is_paid_goes_to_the_balance_and_leaves_it_paid_when_it_was() {
    let (story, invoice) = billed().await;
    story.at("2026-01-20T09:00:00Z");
    story.pays(Some(invoice), 166_500, "T1").await.expect("records");
    let before = server::get_invoice(&story.cx(), invoice).await.expect("reads");
    assert_eq!(before.paid_at, Some(story.cx().now()));
    story.hub.events().await;
    story.at("2026-02-10T09:00:00Z");
    story.pays(Some(invoice), 166_500, "T2").await.expect("records");
    let after = server::get_invoice(&story.cx(), invoice).await.expect("reads");
    assert_eq!((after.paid_at, after.row.state, after.payments.len()), (before.paid_at, InvoiceState::Paid, 2));
    assert_eq!(server::account(&story.cx()).await.expect("reads").balance.minor, 166_500);
    let paid = |event: &Event| matches!(event, Event::Billing(kernel::events::billing::Event::InvoicePaid { .. }));
    assert!(!story.hub.events().await.iter().any(paid), "it was told");
}

#[tokio::test]
async fn a_granted_credit_is_taken_from_the_next_invoice() {
    let (story, invoice) = billed().await;
    grant_credit(&story.hub.staff(Role::Finance), story.tenant, Money::new(50_000, Currency::Idr), "goodwill").await.expect("grants");
    assert_eq!(server::get_invoice(&story.cx(), invoice).await.expect("reads").row.open.minor, 116_500);
    let history = server::balance_history(&story.cx()).await.expect("reads");
    assert_eq!(history.iter().map(|entry| entry.amount.minor).sum::<i64>(), 0);
}

/// Answers what the test put there, and remembers the keys it charged.
struct Scripted {
    answers: Mutex<Vec<Result<GatewayAnswer, GatewayAway>>>,
    status: Option<GatewayAnswer>,
    charged: Mutex<Vec<String>>,
}

#[async_trait]
impl PaymentGateway for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn charge(&self, charge: &Charge) -> Result<GatewayAnswer, GatewayAway> {
        self.charged.lock().expect("not poisoned").push(charge.key.clone());
        self.answers.lock().expect("not poisoned").remove(0)
    }

    async fn status(&self, _key: &str) -> Result<Option<GatewayAnswer>, GatewayAway> {
        Ok(self.status.clone())
    }
}

#[tokio::test]
async fn a_gateway_that_does_not_answer_is_asked_again_and_never_charges_twice() {
    let (story, invoice) = billed().await;
    let succeeded = GatewayAnswer::Succeeded { reference: "G-1".into() };
    let gateway = Scripted { answers: Mutex::new(vec![Err(GatewayAway("timeout".into()))]), status: Some(succeeded), charged: Mutex::default() };
    assert_eq!(attempt_payment(&story.cx(), &gateway, invoice, "k1").await.expect("attempts"), AttemptState::Unknown);
    assert!(matches!(attempt_payment(&story.cx(), &gateway, invoice, "k2").await, Err(BillingError::PaymentUnderWay)));
    assert_eq!(attempt_payment(&story.cx(), &gateway, invoice, "k1").await.expect("the same"), AttemptState::Unknown);
    story.at("2026-01-15T09:10:00Z");
    let due = server::due_attempts(&story.hub.system(None), story.cx().now(), 10).await.expect("reads");
    assert_eq!(due.len(), 1);
    assert_eq!(reconcile_attempt(&story.system(), &gateway, due[0].1).await.expect("reconciles"), AttemptState::Succeeded);
    assert_eq!(reconcile_attempt(&story.system(), &gateway, due[0].1).await.expect("again"), AttemptState::Succeeded);
    assert_eq!(*gateway.charged.lock().expect("not poisoned"), ["k1"]);
    let view = server::get_invoice(&story.cx(), invoice).await.expect("reads");
    assert_eq!((view.row.state, view.payments.len()), (InvoiceState::Paid, 1));
}

#[tokio::test]
async fn a_bank_transfer_waits_for_the_money() {
    let (story, invoice) = billed().await;
    let state = attempt_payment(&story.cx(), &BankTransfer, invoice, "k").await.expect("attempts");
    assert_eq!(state, AttemptState::Awaiting { reference: "SH-2026-000001".into() });
}
