//! Terms turn, invoices follow.

use crate::story::{Story, adds_up, lines};
use billing::{
    server::{self, UsageOutcome},
    tax::TaxRegime,
    view::{InvoiceView, QuoteRequest},
};
use catalog::Interval;
use kernel::{Currency, Money};
use std::time::{Duration, Instant};

#[tokio::test]
async fn twelve_months_from_the_31st_close_at_once_each_on_its_own_day() {
    let story = Story::start("2026-01-30T17:30:00Z").await; // half past midnight of the 31st in Jakarta
    story.subscribes("starter", Interval::Monthly).await;
    let (instance, _) = story.runs("managed-postgresql", "standard").await;
    // 4,000 GB-hours, 3,600 of them included: 400 x 10.
    assert_eq!(story.uses(instance, "storage_gb_hours", "m01", "4000", "2026-01-30T18:00:00Z").await, UsageOutcome::Accepted);
    story.at("2027-01-30T17:00:00Z");
    let began = Instant::now();
    let invoices = story.closes().await;
    assert!(began.elapsed() < Duration::from_secs(30), "twelve months took {:?}", began.elapsed());
    let days: Vec<String> = invoices.iter().map(|invoice| invoice.row.issued_on.to_string()).collect();
    assert_eq!(
        days,
        [
            "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31",
            "2026-11-30", "2026-12-31", "2027-01-31"
        ]
    );
    // The first month: tier 150,000, plan 350,000, 400 GB-hours above what is included at 10; PPN 11 %.
    assert_eq!(lines(&invoices[0]), ["fee 150000", "usage 4000", "fee 350000"]);
    assert_eq!((invoices[0].subtotal.minor, invoices[0].tax.minor, invoices[0].row.total.minor), (504_000, 55_440, 559_440));
    for invoice in &invoices[1..] {
        assert_eq!(lines(invoice), ["fee 150000", "fee 350000"]);
        assert_eq!((invoice.subtotal.minor, invoice.tax.minor, invoice.row.total.minor), (500_000, 55_000, 555_000));
    }
    let all = story.invoices().await;
    all.iter().for_each(adds_up);
    let numbers: Vec<&str> = all.iter().map(|invoice| invoice.row.number.as_str()).collect();
    assert_eq!(numbers[..3], ["SH-2026-000001", "SH-2026-000002", "SH-2026-000003"]);
    assert_eq!(numbers[13], "SH-2027-000001");
    assert!(story.closes().await.is_empty(), "nothing is closed twice");
    assert_eq!(story.jobs("billing.mail_invoice").await.len(), 14);
}

#[tokio::test]
async fn a_term_is_invoiced_once_however_many_close_it() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    story.at("2026-02-15T09:00:00Z");
    let system = story.system();
    let (one, two, three) = tokio::join!(server::close_terms(&system), server::close_terms(&system), server::close_terms(&system));
    let issued: usize = [one, two, three].into_iter().map(|ids| ids.expect("closes").len()).sum();
    assert_eq!(issued, 1);
    assert_eq!(story.invoices().await.len(), 2);
}

fn used(invoice: &InvoiceView) -> Money {
    invoice.lines.iter().find(|line| line.line.draft.kind.code() == "usage").expect("a usage line").line.draft.amount
}

#[tokio::test]
async fn what_begins_later_is_prorated_to_the_anchor_and_the_quote_says_so_before() {
    let story = Story::start_in("2026-01-15T09:00:00Z", Currency::Usd, "UTC", TaxRegime::None).await;
    story.subscribes("starter", Interval::Monthly).await;
    story.at("2026-01-25T12:00:00Z");
    let plan = story.plan("managed-postgresql", "standard").await;
    let usage = [("storage_gb_hours".to_owned(), "5000".parse().expect("a decimal"))].into();
    let request = QuoteRequest { plan, interval: Interval::Monthly, currency: None, usage, events: Default::default() };
    let quote = server::quote(&story.cx(), request).await.expect("quotes");
    let (instance, _) = story.runs("managed-postgresql", "standard").await;
    let invoice = story.invoices().await.pop().expect("an invoice");
    adds_up(&invoice);
    // 24.00 for 21 of 31 days.
    assert_eq!(invoice.row.total.minor, 1_626);
    assert_eq!(quote.today.total, invoice.row.total);
    assert_eq!(quote.today.lines[0].draft.derivation, invoice.lines[0].line.draft.derivation, "preview and charge are one function");

    story.at("2026-02-01T00:00:00Z");
    assert_eq!(story.uses(instance, "storage_gb_hours", "a", "5000", "2026-02-01T00:00:00Z").await, UsageOutcome::Accepted);
    story.at("2026-02-15T09:00:00Z");
    let part = used(&story.closes().await[0]);
    // 21 of 31 days cover 3,600 x 21/31 = 2,438.71: 2,561.29 x 0.0007.
    assert_eq!(part.minor, 179);
    story.at("2026-02-20T00:00:00Z");
    assert_eq!(story.uses(instance, "storage_gb_hours", "b", "5000", "2026-02-19T00:00:00Z").await, UsageOutcome::Accepted);
    story.at("2026-03-15T09:00:00Z");
    let whole = used(&story.closes().await[0]);
    let quoted = quote.each_term.lines.iter().find(|line| line.draft.kind.code() == "usage").expect("a usage line");
    // 1,400 x 0.0007.
    assert_eq!((whole, whole.minor), (quoted.draft.amount, 98));
}

#[tokio::test]
async fn a_year_is_paid_at_once_and_renews() {
    let story = Story::start_in("2026-02-28T09:00:00Z", Currency::Eur, "Europe/Berlin", TaxRegime::None).await;
    story.subscribes("professional", Interval::Annual).await;
    story.at("2028-02-28T23:30:00Z");
    let closed = story.closes().await;
    let terms: Vec<String> = closed.iter().map(|invoice| format!("{}..{}", invoice.lines[0].line.draft.period.start, invoice.lines[0].line.draft.period.end)).collect();
    assert_eq!(terms, ["2027-02-28..2028-02-28", "2028-02-28..2029-02-28"]);
    assert!(closed.iter().all(|invoice| invoice.row.total.minor == 45_000));
}

#[tokio::test]
async fn the_scheduler_learns_what_is_due_and_when() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let system = story.hub.system(None);
    // The first invoice is due on 22 January; that it is overdue shows at Jakarta's midnight after.
    assert_eq!(server::next_due(&system).await.expect("reads").map(|at| at.to_string()).as_deref(), Some("2026-01-22T17:00:00Z"));
    // The term ends at 17:00Z; its last usage is collected for ten minutes.
    let end = "2026-02-14T17:10:00Z".parse().expect("a time");
    assert_eq!(server::due_terms(&system, end, 10).await.expect("reads"), [story.tenant]);
    let before = kernel::Timestamp::from_micros(end.micros() - 1);
    assert!(server::due_terms(&system, before, 10).await.expect("reads").is_empty());
}
