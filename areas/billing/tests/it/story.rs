//! One organisation's account with the verbs that the stories use.

use billing::{
    server::{self, BillingError, RecordTransfer, UsageEvent, UsageOutcome, Wanted},
    tax::TaxRegime,
    view::{AccountDetails, Buyer, InvoiceView, PaymentView},
};
use catalog::Interval;
use kernel::{Currency, InstanceId, Language, Money, Need, PageSize, PlanId, Role, SubscriptionId, TenantId};
use platform::{Cx, testing::Hub};
use serde_json::Value;
use sqlx::{Connection, types::Json};

pub struct Story {
    pub hub: Hub,
    pub tenant: TenantId,
}

impl Story {
    /// The catalog is there and an Indonesian customer's account is open; nothing is ordered yet.
    pub async fn start(now: &str) -> Self {
        Self::start_in(now, Currency::Idr, "Asia/Jakarta", TaxRegime::PpnIndonesia).await
    }

    pub async fn start_in(now: &str, currency: Currency, zone: &str, tax: TaxRegime) -> Self {
        let hub = Hub::start_at(now.parse().expect("the story's time")).await;
        catalog::server::seed_catalog(&hub.system(None)).await.expect("the catalog ships");
        let tenant = hub.tenant();
        let story = Self { hub, tenant };
        story.open(tenant, currency, zone, tax).await;
        story
    }

    pub async fn open(&self, tenant: TenantId, currency: Currency, zone: &str, tax: TaxRegime) {
        let details = AccountDetails {
            currency,
            time_zone: zone.to_owned(),
            buyer: Buyer { name: "PT Maju Jaya".into(), address: vec!["Jl. Sudirman 1".into(), "Jakarta 10220".into()], tax_id: "01.234.567.8-901.000".into(), email: "billing@maju.test".into() },
            tax,
            language: Language::Id,
        };
        let mut tx = self.hub.system(Some(tenant)).tenant_tx(Need::BILLING_WRITE).await.expect("opens");
        sqlx::query(
            "INSERT INTO billing.accounts (tenant_id, currency, time_zone, name, address, tax_id, tax, language, email, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())",
        )
        .bind(tenant)
        .bind(details.currency)
        .bind(&details.time_zone)
        .bind(&details.buyer.name)
        .bind(Json(&details.buyer.address))
        .bind(&details.buyer.tax_id)
        .bind(Json(&details.tax))
        .bind(details.language)
        .bind(&details.buyer.email)
        .execute(&mut *tx)
        .await
        .expect("the account is new");
        tx.commit_unaudited("a story begins with it").await.expect("commits");
    }

    /// From now on the story is of an organisation with people, `maju`, whose owner is owner@maju.test.
    pub async fn founds(&mut self) {
        let wanted = identity::CreateTenant {
            slug: "maju".into(),
            name: "Maju".into(),
            owner_email: "owner@maju.test".into(),
            owner_name: String::new(),
            owner_password: None,
            language: Language::En,
            currency: "USD".into(),
            time_zone: "UTC".into(),
            tier: String::new(),
        };
        self.tenant = identity::server::create_tenant(&self.hub.system(None), wanted).await.expect("makes it").tenant;
        server::open_for_organisation(&self.system()).await.expect("the account opens");
    }

    /// So many people more belong to the organisation, with this role: p1@maju.test and so on.
    pub async fn joined(&self, count: i64, role: &str) {
        let mut owner = sqlx::PgConnection::connect(&self.hub.owner_url).await.expect("the database answers");
        for table in ["people", "memberships"] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ALTER TABLE identity.{table} NO FORCE ROW LEVEL SECURITY"))).execute(&mut owner).await.expect("the owner may");
        }
        sqlx::query(
            "WITH fresh AS (INSERT INTO identity.people (id, email, name, language, created_at)
                            SELECT gen_random_uuid(), 'p' || n || '@maju.test', 'P', 'en', now() FROM generate_series(1, $1) AS n
                            RETURNING id)
             INSERT INTO identity.memberships (tenant_id, person_id, role, since)
             SELECT $2, id, $3, now() FROM fresh",
        )
        .bind(count)
        .bind(self.tenant)
        .bind(role)
        .execute(&mut owner)
        .await
        .expect("they are there");
        for table in ["people", "memberships"] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY"))).execute(&mut owner).await.expect("the owner may");
        }
    }

    pub fn cx(&self) -> Cx {
        self.hub.cx(self.tenant, Role::Owner)
    }

    pub fn system(&self) -> Cx {
        self.hub.system(Some(self.tenant))
    }

    pub fn at(&self, time: &str) {
        self.hub.at(time);
    }

    pub async fn plan(&self, slug: &str, code: &str) -> PlanId {
        let view = catalog::server::public_offering(&self.hub.nobody(), slug).await.expect("reads").expect("on sale");
        view.plans.iter().find(|plan| plan.plan.terms.code == code).expect("a plan of this code").plan.id
    }

    pub async fn subscribes(&self, tier: &str, interval: Interval) -> SubscriptionId {
        let plan = self.plan("platform", tier).await;
        server::subscribe_tier(&self.cx(), plan, interval).await.expect("subscribes").id
    }

    pub async fn runs(&self, slug: &str, code: &str) -> (InstanceId, SubscriptionId) {
        let instance = InstanceId::from_uuid(self.hub.platform.new_uuid());
        let plan = self.plan(slug, code).await;
        let cx = self.system();
        let subscription = server::start_instance_subscription(&cx, instance, plan, cx.now()).await.expect("starts");
        (instance, subscription)
    }

    pub async fn closes(&self) -> Vec<InvoiceView> {
        let ids = server::close_terms(&self.system()).await.expect("closes");
        let mut views = Vec::new();
        for id in ids {
            views.push(server::get_invoice(&self.cx(), id).await.expect("reads"));
        }
        views
    }

    /// All invoices, oldest first.
    pub async fn invoices(&self) -> Vec<InvoiceView> {
        let page = server::list_invoices(&self.cx(), Wanted::All, None, PageSize::new(100)).await.expect("lists");
        let mut views = Vec::new();
        for row in page.rows.into_iter().rev() {
            views.push(server::get_invoice(&self.cx(), row.id).await.expect("reads"));
        }
        views
    }

    pub async fn uses(&self, instance: InstanceId, meter: &str, id: &str, value: &str, at: &str) -> UsageOutcome {
        let event = event(instance, meter, id, value, at);
        server::record_usage(&self.system(), &[event]).await.expect("records").remove(0)
    }

    pub async fn pays(&self, invoice: Option<kernel::InvoiceId>, minor: i64, reference: &str) -> Result<PaymentView, BillingError> {
        let currency = server::account(&self.cx()).await.expect("an account").details.currency;
        let command = RecordTransfer {
            tenant: self.tenant,
            invoice,
            invoice_number: None,
            amount: Money::new(minor, currency),
            reference: reference.to_owned(),
            received_on: self.cx().now().date_utc(),
        };
        server::record_bank_transfer(&self.hub.staff(Role::Finance), command).await
    }

    /// Subjects of the mails that wait to be sent, oldest first.
    pub async fn mails(&self) -> Vec<String> {
        platform::mail::mailbox(&self.system()).await.expect("reads").into_iter().rev().map(|mail| mail.subject).collect()
    }

    pub async fn jobs(&self, name: &str) -> Vec<Value> {
        self.hub.jobs(name).await
    }
}

pub fn event(instance: InstanceId, meter: &str, id: &str, value: &str, at: &str) -> UsageEvent {
    UsageEvent {
        source: "test".into(),
        id: id.into(),
        instance,
        meter: meter.into(),
        value: value.parse().expect("a decimal"),
        unique: None,
        at: at.parse().expect("a time"),
    }
}

/// `kind amount` of each line.
pub fn lines(invoice: &InvoiceView) -> Vec<String> {
    invoice.lines.iter().map(|line| format!("{} {}", line.line.draft.kind.code(), line.line.draft.amount.minor)).collect()
}

/// Everything on an invoice follows from its derivations and adds up.
pub fn adds_up(invoice: &InvoiceView) {
    let mut sum = 0;
    for line in &invoice.lines {
        assert_eq!(line.line.draft.derivation.replay(), Ok(line.line.draft.amount), "{:?}", line.line.draft);
        sum += line.line.draft.amount.minor;
    }
    assert_eq!(sum, invoice.subtotal.minor);
    assert_eq!(invoice.subtotal.minor - invoice.discount.minor + invoice.tax.minor, invoice.row.total.minor);
}
