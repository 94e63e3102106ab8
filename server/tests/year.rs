//! A year in the whole product under a simulated clock: the way an installation lives it when its clock is advanced, with
//! real databases, the queue, every listener, and a customer who pays by transfer.

use billing::{server::{self as books, RecordTransfer, Wanted}, view::InvoiceView};
use identity::{CreateTenant, server::create_tenant};
use kernel::{Language, Money, PageSize, PlanId, Role, TenantId, events::billing::EndReason};
use platform::{Cx, testing::Hub};
use provisioning::{
    commands::{ChangePlan, OrderInstance},
    operation::{OperationKind, OperationState},
    server::{self as services, driver::Driver, postgresql::PostgresqlDriver},
};
use serde_json::json;
use server::{roles::Drivers, simulate};
use std::{sync::Arc, time::Instant};

struct Year {
    hub: Hub,
    drivers: Drivers,
    tenant: TenantId,
}

impl Year {
    async fn begin(now: &str, currency: &str) -> Self {
        let hub = Hub::start_at(now.parse().expect("a time")).await;
        catalog::server::seed_catalog(&hub.system(None)).await.expect("the catalog ships");
        let driver = PostgresqlDriver::new(&[("local".into(), hub.provisioner_url.clone())]).expect("a server");
        let drivers: Drivers = Arc::new(services::Drivers::new([Arc::new(driver) as Arc<dyn Driver>]));
        let command = CreateTenant {
            slug: "maju".into(),
            name: "PT Maju Jaya".into(),
            owner_email: "owner@maju.test".into(),
            owner_name: String::new(),
            owner_password: None,
            language: Language::Id,
            currency: currency.into(),
            time_zone: "Asia/Jakarta".into(),
            tier: String::new(),
        };
        let tenant = create_tenant(&hub.system(None), command).await.expect("a tenant").tenant;
        let year = Self { hub, drivers, tenant };
        year.until(now).await;
        year
    }

    fn cx(&self) -> Cx {
        self.hub.cx(self.tenant, Role::Owner)
    }

    /// As `service-hub admin clock advance to ..` does it.
    async fn until(&self, time: &str) {
        simulate::advance(&self.hub.system(None), &self.drivers, time.parse().expect("a time")).await.expect("the clock moves");
    }

    async fn plan(&self, offering: &str, code: &str) -> PlanId {
        let offering = catalog::server::public_offering(&self.hub.nobody(), offering).await.expect("reads").expect("it ships");
        offering.plans.iter().find(|card| card.plan.terms.code == code).expect("it ships").plan.id
    }

    async fn pays(&self, reference: &str) {
        let owed = books::account(&self.cx()).await.expect("an account").owed;
        let transfer = RecordTransfer {
            tenant: self.tenant,
            invoice: None,
            invoice_number: None,
            amount: owed,
            reference: reference.to_owned(),
            received_on: self.cx().now().date_utc(),
        };
        books::record_bank_transfer(&self.hub.staff(Role::Finance), transfer).await.expect("recorded");
    }

    /// All invoices, oldest first.
    async fn invoices(&self) -> Vec<InvoiceView> {
        let page = books::list_invoices(&self.cx(), Wanted::All, None, PageSize::new(100)).await.expect("lists");
        let mut invoices = Vec::new();
        for row in page.rows.into_iter().rev() {
            invoices.push(books::get_invoice(&self.cx(), row.id).await.expect("reads"));
        }
        invoices
    }
}

fn sheet(invoice: &InvoiceView) -> (String, i64, i64, i64) {
    (invoice.row.issued_on.to_string(), invoice.subtotal.minor, invoice.tax.minor, invoice.row.total.minor)
}

fn row(day: &str, subtotal: i64, tax: i64) -> (String, i64, i64, i64) {
    (day.to_owned(), subtotal, tax, subtotal + tax)
}

#[tokio::test]
async fn twelve_months_from_the_31st_close_in_under_a_minute_with_the_amounts_worked_out_by_hand() {
    let year = Year::begin("2026-01-31T02:00:00Z", "IDR").await;
    books::subscribe_tier(&year.cx(), year.plan("platform", "professional").await, catalog::Interval::Monthly).await.expect("subscribes");
    let plan = year.plan("managed-postgresql", "standard").await;
    let order = OrderInstance { id: None, plan, name: "Shop".into(), configuration: json!({"database_name": "shop"}) };
    let instance = services::order_instance(&year.cx(), order).await.expect("taken").instance.id;
    let began = Instant::now();
    year.until("2026-01-31T02:00:00Z").await;
    assert_eq!(services::get_instance(&year.cx(), instance).await.expect("there").state.code(), "running");
    year.pays("T-0").await;
    year.until("2026-03-15T05:00:00Z").await;
    year.pays("T-1").await;
    let business = year.plan("managed-postgresql", "business").await;
    services::change_plan(&year.cx(), ChangePlan { id: instance, plan: business, name: None, configuration: None, if_version: None }).await.expect("an upgrade");
    for (number, time) in [
        "2026-04-02T00:00:00Z", "2026-05-02T00:00:00Z", "2026-06-02T00:00:00Z", "2026-07-02T00:00:00Z", "2026-08-02T00:00:00Z", "2026-09-02T00:00:00Z",
        "2026-10-02T00:00:00Z", "2026-11-02T00:00:00Z", "2026-12-02T00:00:00Z", "2027-01-02T00:00:00Z", "2027-02-01T00:00:00Z",
    ]
    .into_iter()
    .enumerate()
    {
        year.until(time).await;
        year.pays(&format!("T-{}", number + 2)).await;
    }
    assert!(began.elapsed().as_secs() < 60, "a year took {:?}", began.elapsed());

    // PROFESSIONAL 750,000, Standard 350,000, Business 1,250,000; PPN 11 %. The database keeps a few megabytes, which is
    // within what is included. On 15 March 16 of 31 days are left: 645,161 - 180,645 and 11 % of it, 51,096.76.
    let invoices = year.invoices().await;
    let plain = ["2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31"];
    let mut expected = vec![
        row("2026-01-31", 750_000, 82_500),
        row("2026-01-31", 350_000, 38_500),
        row("2026-02-28", 1_100_000, 121_000),
        row("2026-03-15", 464_516, 51_097),
        row("2026-03-31", 2_000_000, 220_000),
    ];
    expected.extend(plain.map(|day| row(day, 2_000_000, 220_000)));
    assert_eq!(invoices.iter().map(sheet).collect::<Vec<_>>(), expected);
    assert!(invoices.iter().all(|invoice| invoice.row.open.is_zero()), "all are paid");
    for invoice in &invoices {
        let pdf = books::invoice_pdf(&year.cx(), invoice.row.id).await.expect("renders");
        assert!(pdf.bytes.starts_with(b"%PDF-"), "{}", pdf.name);
    }

    // What is cancelled ends with its term, on the backend too, and is gone for good after the grace period.
    let subscriptions = books::subscriptions(&year.cx()).await.expect("lists");
    let mine = subscriptions.iter().find(|known| known.subject.instance() == Some(instance)).expect("it is charged for");
    assert_eq!(mine.choice.plan, business);
    books::cancel_subscription(&year.cx(), mine.id).await.expect("cancels");
    year.until("2027-03-01T00:00:00Z").await;
    assert_eq!(services::get_instance(&year.cx(), instance).await.expect("there").state.code(), "grace");
    let ended = books::subscription(&year.cx(), mine.id).await.expect("there").state;
    assert!(matches!(ended, billing::subscription::State::Ended { reason: EndReason::Cancelled, .. }), "{ended:?}");
    year.until("2027-03-09T00:00:00Z").await;
    let gone = services::get_instance(&year.cx(), instance).await.expect("there");
    assert_eq!(gone.state.code(), "deleted");
    let last = gone.operation.expect("the removal");
    assert_eq!((last.kind, last.state), (OperationKind::Purge, OperationState::Succeeded));
    assert_eq!(books::account(&year.cx()).await.expect("an account").balance, Money::new(0, kernel::Currency::Idr));
}

/// The demo's months of bookkeeping would be everybody's: terms closed, reminders sent, services suspended.
#[tokio::test]
async fn the_demo_is_made_at_the_first_start_only() {
    let organisations = async |hub: &Hub| identity::server::active_tenants(&hub.system(None), None, 9).await.expect("reads").len();
    let hub = Hub::start_at("2026-03-01T00:00:00Z".parse().expect("a time")).await;
    let drivers: Drivers = Arc::new(services::Drivers::new([]));
    server::seed::first_start(&hub.system(None), &drivers, false).await.expect("starts without the demo");
    server::seed::first_start(&hub.system(None), &drivers, true).await.expect("starts again");
    assert_eq!(organisations(&hub).await, 0, "who began without the demo never gets it");

    let year = Year::begin("2026-03-01T00:00:00Z", "USD").await;
    server::seed::first_start(&year.hub.system(None), &year.drivers, true).await.expect("starts");
    assert_eq!(organisations(&year.hub).await, 1, "an installation that is lived in gets none");

    let hub = Hub::start_at("2026-03-01T00:00:00Z".parse().expect("a time")).await;
    let mut tx = hub.system(None).system_tx().await.expect("the system's transaction");
    sqlx::query("INSERT INTO hub.facts (name, value) VALUES ('first_start', $1)").bind(json!({ "demo": true })).execute(&mut *tx).await.expect("begun");
    tx.commit().await.expect("and interrupted");
    server::seed::first_start(&hub.system(None), &drivers, true).await.expect("starts all the same");
    assert_eq!(organisations(&hub).await, 0);
}
