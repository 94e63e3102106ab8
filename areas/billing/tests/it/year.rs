//! A year of one customer who pays: signed up on the 31st in Jakarta, PROFESSIONAL by the month, Managed PostgreSQL
//! Standard, Business from the middle of March on, storage metered. Every amount is worked out by hand beside it.

use crate::story::{Story, adds_up, lines};
use billing::{dunning::Standing, server, tax::TaxRegime, view::InvoiceView};
use catalog::Interval;
use kernel::{Currency, InstanceId, Money, Role};

/// Signs up at nine in the morning of 31 January, in Jakarta (UTC+7), and orders the database with the tier.
async fn begins(currency: Currency, tax: TaxRegime) -> (Story, InstanceId) {
    let story = Story::start_in("2026-01-31T02:00:00Z", currency, "Asia/Jakarta", tax).await;
    story.subscribes("professional", Interval::Monthly).await;
    let (instance, _) = story.runs("managed-postgresql", "standard").await;
    pays_everything(&story, "begin").await;
    (story, instance)
}

async fn pays_everything(story: &Story, reference: &str) {
    let owed = server::account(&story.cx()).await.expect("an account").owed.minor;
    if owed > 0 {
        story.pays(None, owed, reference).await.expect("recorded");
    }
    assert_eq!(server::dun(&story.system()).await.expect("duns"), Standing::Good);
}

/// Local midnights at which a term ends, with the day that begins there: the 31st, or the month's last day.
const ENDS: [(&str, &str); 12] = [
    ("2026-02-27T17:10:00Z", "2026-02-28"),
    ("2026-03-30T17:10:00Z", "2026-03-31"),
    ("2026-04-29T17:10:00Z", "2026-04-30"),
    ("2026-05-30T17:10:00Z", "2026-05-31"),
    ("2026-06-29T17:10:00Z", "2026-06-30"),
    ("2026-07-30T17:10:00Z", "2026-07-31"),
    ("2026-08-30T17:10:00Z", "2026-08-31"),
    ("2026-09-29T17:10:00Z", "2026-09-30"),
    ("2026-10-30T17:10:00Z", "2026-10-31"),
    ("2026-11-29T17:10:00Z", "2026-11-30"),
    ("2026-12-30T17:10:00Z", "2026-12-31"),
    ("2027-01-30T17:10:00Z", "2027-01-31"),
];

/// Lives through the year; answers all invoices, oldest first.
async fn lives(story: &Story, instance: InstanceId) -> Vec<InvoiceView> {
    // 4,000 GB-hours in the first term: 400 above the 3,600 that Standard includes.
    story.at("2026-02-15T00:00:00Z");
    story.uses(instance, "storage_gb_hours", "feb", "4000", "2026-02-10T00:00:00Z").await;
    for (number, (at, day)) in ENDS.into_iter().enumerate() {
        if number == 1 {
            upgrades(story, instance).await;
        }
        if number == 10 {
            // 20,000.5 GB-hours: 2,000.5 above the 18,000 that Business includes.
            story.at("2026-12-15T00:00:00Z");
            story.uses(instance, "storage_gb_hours", "dec", "20000.5", "2026-12-14T00:00:00Z").await;
        }
        story.at(at);
        let closed = story.closes().await;
        assert_eq!(closed.len(), 1, "{day}");
        assert_eq!(closed[0].row.issued_on.to_string(), day);
        pays_everything(story, day).await;
    }
    story.invoices().await
}

/// To Business at noon of 15 March in Jakarta: 15 of the term's 31 days are over. 3,700 GB-hours were used before, 18,500
/// will be after.
async fn upgrades(story: &Story, instance: InstanceId) {
    story.at("2026-03-15T05:00:00Z");
    story.uses(instance, "storage_gb_hours", "mar-1", "3700", "2026-03-05T00:00:00Z").await;
    let business = story.plan("managed-postgresql", "business").await;
    server::follow_instance_plan(&story.system(), instance, business, story.cx().now()).await.expect("follows");
    pays_everything(story, "upgrade").await;
    story.at("2026-03-20T00:00:00Z");
    story.uses(instance, "storage_gb_hours", "mar-2", "18500", "2026-03-19T00:00:00Z").await;
}

/// Lines, amount before tax, tax, total.
type Sheet = (Vec<String>, i64, i64, i64);

fn sheets(invoices: &[InvoiceView]) -> Vec<Sheet> {
    invoices.iter().inspect(|invoice| adds_up(invoice)).map(|invoice| (lines(invoice), invoice.subtotal.minor, invoice.tax.minor, invoice.row.total.minor)).collect()
}

fn sheet(lines: &[&str], subtotal: i64, tax: i64, total: i64) -> Sheet {
    (lines.iter().map(|line| (*line).to_owned()).collect(), subtotal, tax, total)
}

#[tokio::test]
async fn in_rupiah_with_ppn_every_amount_is_the_one_worked_out_by_hand() {
    let (story, instance) = begins(Currency::Idr, TaxRegime::PpnIndonesia).await;
    let invoices = lives(&story, instance).await;
    let plain = || sheet(&["fee 750000", "fee 1250000"], 2_000_000, 220_000, 2_220_000);
    assert_eq!(
        sheets(&invoices),
        [
            // PPN 11 %: 82,500 and 38,500.
            sheet(&["fee 750000"], 750_000, 82_500, 832_500),
            sheet(&["fee 350000"], 350_000, 38_500, 388_500),
            // 28 February. 400 x 10; 11 % of 1,104,000 is 121,440.
            sheet(&["fee 750000", "usage 4000", "fee 350000"], 1_104_000, 121_440, 1_225_440),
            // 15 March. Of what Standard includes 3,600 x 15/31 = 1,741.94 belong to the days before: 1,958.06 x 10 =
            // 19,580.65. 16 of the 31 days from 28 February on are left: 350,000 x 16/31 = 180,645.16 back;
            // 1,250,000 x 16/31 = 645,161.29. 11 % of 484,097 is 53,250.67.
            sheet(&["usage 19581", "credit -180645", "fee 645161"], 484_097, 53_251, 537_348),
            // 31 March. Business includes 18,000 x 16/31 = 9,290.32: 9,209.68 x 8 = 73,677.42; 11 % of 2,073,677 is
            // 228,104.47.
            sheet(&["fee 750000", "usage 73677", "fee 1250000"], 2_073_677, 228_104, 2_301_781),
            plain(), plain(), plain(), plain(), plain(), plain(), plain(), plain(),
            // 31 December. 2,000.5 x 8 = 16,004; 11 % of 2,016,004 is 221,760.44.
            sheet(&["fee 750000", "usage 16004", "fee 1250000"], 2_016_004, 221_760, 2_237_764),
            plain(),
        ]
    );
    assert!(invoices.iter().all(|invoice| invoice.row.open.is_zero()), "all are paid");
    let numbers: Vec<&str> = invoices.iter().map(|invoice| invoice.row.number.as_str()).collect();
    assert_eq!((numbers[0], numbers[13], numbers[14]), ("SH-2026-000001", "SH-2026-000014", "SH-2027-000001"));
    for invoice in &invoices {
        let pdf = server::invoice_pdf(&story.cx(), invoice.row.id).await.expect("renders");
        assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.name == format!("{}.pdf", invoice.row.number));
    }
}

#[tokio::test]
async fn in_dollars_without_tax_every_amount_is_the_one_worked_out_by_hand() {
    let (story, instance) = begins(Currency::Usd, TaxRegime::None).await;
    let invoices = lives(&story, instance).await;
    let plain = || sheet(&["fee 4900", "fee 8500"], 13_400, 0, 13_400);
    assert_eq!(
        sheets(&invoices),
        [
            sheet(&["fee 4900"], 4_900, 0, 4_900),
            sheet(&["fee 2400"], 2_400, 0, 2_400),
            // 28 February. 400 x 0.0007 = 0.28.
            sheet(&["fee 4900", "usage 28", "fee 2400"], 7_328, 0, 7_328),
            // 15 March. 1,958.0645 x 0.0007 = 1.3706; 24.00 x 16/31 = 12.387 back; 85.00 x 16/31 = 43.871.
            sheet(&["usage 137", "credit -1239", "fee 4387"], 3_285, 0, 3_285),
            // 31 March. 9,209.6774 x 0.0006 = 5.5258.
            sheet(&["fee 4900", "usage 553", "fee 8500"], 13_953, 0, 13_953),
            plain(), plain(), plain(), plain(), plain(), plain(), plain(), plain(),
            // 31 December. 2,000.5 x 0.0006 = 1.2003.
            sheet(&["fee 4900", "usage 120", "fee 8500"], 13_520, 0, 13_520),
            plain(),
        ]
    );
    assert!(invoices.iter().all(|invoice| invoice.row.open.is_zero()), "all are paid");
}

#[tokio::test]
async fn credit_that_finance_gave_pays_a_month_as_well_as_a_transfer() {
    let (story, _) = begins(Currency::Idr, TaxRegime::PpnIndonesia).await;
    // The first whole term: 750,000 + 350,000 and 11 % of 1,100,000.
    let month = 1_221_000;
    server::grant_credit(&story.hub.staff(Role::Finance), story.tenant, Money::new(month, Currency::Idr), "Goodwill").await.expect("given");
    story.at(ENDS[0].0);
    let closed = story.closes().await;
    assert_eq!((closed[0].row.total.minor, closed[0].row.open.minor), (month, 0));
    assert_eq!(server::account(&story.cx()).await.expect("an account").balance.minor, 0);
}
