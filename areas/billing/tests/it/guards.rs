//! Tenants stay apart, roles stay in bounds, issued invoices stay as they are, PDFs carry what they must.

use crate::story::Story;
use billing::{
    server::{self, BillingError, Wanted, handlers, jobs},
    tax::TaxRegime,
    view::{BankAccount, BillingSettings, Seller},
};
use catalog::Interval;
use kernel::{Currency, InstanceId, Language, PageSize, Role, TenantId, Timestamp, events::{Event, Metered, provisioning}};
use sqlx::Connection;

#[tokio::test]
async fn another_tenants_invoice_is_unknown() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let id = story.invoices().await[0].row.id;
    let other = story.hub.tenant();
    story.open(other, Currency::Usd, "UTC", TaxRegime::None).await;
    let stranger = story.hub.cx(other, Role::Owner);
    assert!(matches!(server::get_invoice(&stranger, id).await, Err(BillingError::InvoiceNotFound)));
    assert!(matches!(server::invoice_pdf(&stranger, id).await, Err(BillingError::InvoiceNotFound)));
    assert!(server::list_invoices(&stranger, Wanted::All, None, PageSize::default()).await.expect("lists").rows.is_empty());
    let technical = story.hub.cx(story.tenant, Role::Technical);
    assert!(matches!(server::get_invoice(&technical, id).await, Err(BillingError::Denied(_))));
    assert!(matches!(server::close_terms(&story.hub.nobody()).await, Err(BillingError::Denied(_))));

    let all = server::list_invoices_for_staff(&story.hub.staff(Role::Finance), None, Wanted::Open, None, PageSize::default()).await.expect("lists");
    assert_eq!(all.rows.len(), 1);
    assert_eq!(server::get_invoice_for_staff(&story.hub.staff(Role::Auditor), id).await.expect("reads").row.tenant, story.tenant);
}

#[tokio::test]
async fn an_issued_invoice_never_changes() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let mut tx = story.system().tenant_tx(kernel::Need::BILLING_WRITE).await.expect("opens");
    let touched = sqlx::query("UPDATE billing.invoices SET due_on = due_on + 30").execute(&mut *tx).await;
    assert!(touched.is_err());
    drop(tx);
    let mut tx = story.system().tenant_tx(kernel::Need::BILLING_WRITE).await.expect("opens");
    assert!(sqlx::query("DELETE FROM billing.invoice_lines").execute(&mut *tx).await.is_err());
}

#[tokio::test]
async fn events_of_other_areas_begin_meter_and_end() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let (tenant, instance): (TenantId, InstanceId) = (story.tenant, InstanceId::from_uuid(story.hub.platform.new_uuid()));
    let plan = story.plan("uptime-monitoring", "basic").await;
    let at: Timestamp = story.cx().now();
    let system = story.hub.system(None);
    let ready = Event::Provisioning(provisioning::Event::InstanceReady { tenant, instance, plan, name: "Orders".into(), at });
    let metered = Event::Metered(Metered { tenant, instance, source: "monitoring/prober".into(), id: "1".into(), meter: "checks_run".into(), value: "3".into(), at });
    for event in [&ready, &metered, &ready, &metered] {
        handlers::on_event(&system, event).await.expect("handles");
    }
    assert_eq!(server::usage_report(&story.cx(), None).await.expect("reports")[0].meters[0].quantity, 3.into());
    let gone = Event::Provisioning(provisioning::Event::InstanceDeleted { tenant, instance, at });
    for event in [&gone, &gone] {
        handlers::on_event(&system, event).await.expect("handles");
    }
    assert!(server::usage_report(&story.cx(), None).await.expect("reports").is_empty());
}

#[tokio::test]
async fn lines_name_their_service_as_it_is_called_when_they_are_issued() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let (tenant, instance): (TenantId, InstanceId) = (story.tenant, InstanceId::from_uuid(story.hub.platform.new_uuid()));
    let plan = story.plan("managed-postgresql", "standard").await;
    let at: Timestamp = story.cx().now();
    let system = story.hub.system(None);
    let renamed = |name: &str, at| Event::Provisioning(provisioning::Event::InstanceRenamed { tenant, instance, name: name.into(), at });
    let ready = Event::Provisioning(provisioning::Event::InstanceReady { tenant, instance, plan, name: "Orders".into(), at });
    for event in [ready, renamed("Shop", at.plus(std::time::Duration::from_secs(60))), renamed("An older name that came late", at)] {
        handlers::on_event(&system, &event).await.expect("handles");
    }
    story.at("2026-03-01T09:00:00Z");
    story.closes().await;
    let invoices = story.invoices().await;
    let titles: Vec<_> = invoices.iter().flat_map(|invoice| &invoice.lines).map(|line| line.line.draft.title.get(Language::En).to_owned()).collect();
    assert!(!titles.is_empty() && titles.iter().all(|title| title == "Managed PostgreSQL · Standard · Shop" || title == "Managed PostgreSQL · Standard · Orders"), "{titles:?}");
    assert!(titles.iter().any(|title| title.ends_with("· Shop")), "{titles:?}");
}

#[tokio::test]
async fn an_invoice_is_mailed_with_its_pdf() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let job = story.jobs("billing.mail_invoice").await.remove(0);
    let job: jobs::MailInvoice = serde_json::from_value(job).expect("a job");
    jobs::handle_mail_invoice(&story.hub.system(None), job).await.expect("mails");
    let mails = story.mails().await;
    assert_eq!(mails, ["Faktur SH-2026-000001: Rp 166.500"]);
    let id = story.invoices().await[0].row.id;
    let file = server::invoice_pdf(&story.cx(), id).await.expect("renders");
    assert_eq!(file.name, "SH-2026-000001.pdf");
    assert!(file.bytes.starts_with(b"%PDF-"));
}

/// Addresses and subjects of billing's mails, by address.
async fn sent(story: &Story) -> Vec<(String, String)> {
    let mails = platform::mail::mailbox(&story.system()).await.expect("reads");
    let mut sent: Vec<_> = mails.into_iter().filter(|mail| !mail.subject.starts_with("Your account")).map(|mail| (mail.recipient, mail.subject)).collect();
    sent.sort();
    sent
}

#[tokio::test]
async fn invoices_and_warnings_go_to_everybody_who_looks_after_billing() {
    let mut story = Story::start_in("2026-01-15T09:00:00Z", Currency::Usd, "UTC", TaxRegime::None).await;
    story.founds().await;
    let mails = async |story: &Story| {
        for job in story.jobs("billing.mail_invoice").await {
            jobs::handle_mail_invoice(&story.hub.system(None), serde_json::from_value(job).expect("a job")).await.expect("mails");
        }
    };
    story.subscribes("starter", Interval::Monthly).await;
    mails(&story).await;
    let first = ("owner@maju.test".to_owned(), "Invoice SH-2026-000001: $10.00".to_owned());
    assert_eq!(sent(&story).await, [first.clone()], "the owner, where nobody else does");

    story.joined(3, "billing").await;
    story.at("2026-02-15T00:00:00Z");
    story.closes().await;
    mails(&story).await;
    let second = |number: u8| (format!("p{number}@maju.test"), "Invoice SH-2026-000002: $10.00".to_owned());
    assert_eq!(sent(&story).await, [first.clone(), second(1), second(2), second(3)]);

    // The first invoice was due on 22 January.
    server::dun(&story.system()).await.expect("duns");
    let warned = sent(&story).await;
    let each: Vec<usize> = (1..=3).map(|number| warned.iter().filter(|(to, _)| *to == second(number).0).count()).collect();
    assert!(each[0] > 1 && each.iter().all(|count| *count == each[0]), "{warned:?}");
    assert_eq!(warned.iter().filter(|(to, _)| *to == first.0).count(), 1, "{warned:?}");
}

#[tokio::test]
async fn every_line_shows_how_it_came_to_be() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let invoice = story.invoices().await.remove(0);
    let view = server::derivation(&story.cx(), invoice.row.id, invoice.lines[0].id).await.expect("reads");
    assert!(view.follows);
    assert_eq!(view.amount.minor, 150_000);
}

#[tokio::test]
async fn a_cursor_that_nobody_gave_out_is_none() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    story.subscribes("starter", Interval::Monthly).await;
    let (invoice, subscription) = (story.invoices().await[0].row.id, server::subscriptions(&story.cx()).await.expect("lists")[0].id);
    for micros in [i64::MIN, i64::MIN + 1, 253_402_300_800_000_000, i64::MAX] {
        let page = server::list_invoices(&story.cx(), Wanted::All, Some(&format!("{micros}~{invoice}")), PageSize::default()).await;
        assert_eq!(page.expect("lists").rows.len(), 1, "{micros}");
        let page = server::subscriptions_page(&story.cx(), server::Which::All, Some(&format!("{micros}~{subscription}")), PageSize::default()).await;
        assert_eq!(page.expect("lists").rows.len(), 1, "{micros}");
        server::usage_page(&story.cx(), Some(&format!("{micros}~{subscription}")), PageSize::default()).await.expect("lists");
    }
    let nul = serde_json::to_string(&("2026-01-15T09:00:00Z", "a\0b", "1")).expect("texts serialise");
    server::refused_usage(&story.cx(), Some(&nul), PageSize::default()).await.expect("lists");
}

#[tokio::test]
async fn what_the_provider_says_of_itself_stands_on_the_next_invoice() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let system = story.hub.system(None);
    let provider = identity::server::ensure_provider(&system, "Service Hub").await.expect("makes the provider");
    server::adopt_provider(&system).await.expect("adopts");
    story.subscribes("starter", Interval::Monthly).await;
    story.hub.events().await;

    let staff = story.hub.staff(Role::Operator);
    let staff = staff.clone().signed_in(staff.actor().clone(), Some(provider.id), Role::Operator.permissions());
    let form = identity::server::my_organisation(&staff).await.expect("reads").form();
    let form = identity::ProfileForm { legal_name: "PT Pusat Layanan".into(), street: "Jl. Baru 1".into(), tax_id: "0123 4567 8901 2345".into(), ..form };
    identity::server::update_provider(&staff, form).await.expect("changes");
    for event in story.hub.events().await {
        handlers::on_event(&system, &event).await.expect("hears");
    }
    story.runs("uptime-monitoring", "basic").await;
    let sellers: Vec<_> = story.invoices().await.into_iter().map(|invoice| invoice.seller).collect();
    assert_eq!((sellers[0].name.as_str(), sellers[0].tax_id.as_str()), ("Service Hub", ""), "what is issued stays");
    assert_eq!((sellers[1].name.as_str(), sellers[1].tax_id.as_str()), ("PT Pusat Layanan", "0123 4567 8901 2345"));
    assert_eq!(sellers[1].address, ["Jl. Baru 1"]);
    // An organisation's own profile says nothing of the seller.
    let mut story = story;
    story.founds().await;
    let form = identity::server::my_organisation(&story.cx()).await.expect("reads").form();
    story.hub.events().await;
    identity::server::update_organisation(&story.cx(), identity::ProfileForm { tax_id: "9".into(), ..form }).await.expect("changes");
    assert!(matches!(story.hub.events().await.as_slice(), [Event::Identity(kernel::events::identity::Event::OrganisationChanged { tenant, .. })] if *tenant == story.tenant));
}

#[tokio::test]
async fn who_waits_for_the_settings_takes_the_provider_over_as_it_is_by_then() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let system = story.hub.system(None);
    identity::server::ensure_provider(&system, "Service Hub").await.expect("makes the provider");
    let mut other = sqlx::PgConnection::connect(&story.hub.owner_url).await.expect("the database answers");
    let unforced = "ALTER TABLE identity.organisations NO FORCE ROW LEVEL SECURITY; BEGIN; SELECT FROM billing.settings FOR UPDATE";
    sqlx::raw_sql(unforced).execute(&mut other).await.expect("the owner may");
    let renames = async {
        let mut raw = story.hub.raw_login().await;
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut raw).await.expect("the database answers") == 0 {
            tokio::task::yield_now().await;
        }
        let renamed = "UPDATE identity.organisations SET legal_name = 'PT Pusat Layanan' WHERE kind = 'provider'; COMMIT";
        sqlx::raw_sql(renamed).execute(&mut other).await.expect("the owner may");
    };
    let (adopted, ()) = tokio::join!(server::adopt_provider(&system), renames);
    adopted.expect("adopts");
    assert_eq!(server::billing_settings(&story.hub.staff(Role::Finance)).await.expect("reads").seller.name, "PT Pusat Layanan");
}

#[tokio::test]
async fn who_changes_the_bank_accounts_changes_nothing_else() {
    let story = Story::start("2026-01-15T09:00:00Z").await;
    let finance = story.hub.staff(Role::Finance);
    let before = server::billing_settings(&finance).await.expect("reads");
    let account = BankAccount { bank: "Bank Contoh".into(), account: "1".into(), holder: "PT".into(), currency: None };
    // Somebody else gives more time to pay meanwhile, and has not finished.
    let mut other = sqlx::PgConnection::connect(&story.hub.owner_url).await.expect("the database answers");
    sqlx::raw_sql("BEGIN; UPDATE billing.settings SET net_days = 21").execute(&mut other).await.expect("the owner may");
    let commits = async {
        let mut raw = story.hub.raw_login().await;
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut raw).await.expect("the database answers") == 0 {
            tokio::task::yield_now().await;
        }
        sqlx::raw_sql("COMMIT").execute(&mut other).await.expect("commits");
    };
    let (saved, ()) = tokio::join!(server::save_bank_accounts(&finance, "finance@provider.test".into(), vec![account.clone()]), commits);
    saved.expect("saves");
    let seller = Seller { email: "finance@provider.test".into(), bank: vec![account], ..before.seller.clone() };
    assert_eq!(server::billing_settings(&finance).await.expect("reads"), BillingSettings { seller, net_days: 21, ..before });
    let refused = server::save_bank_accounts(&story.hub.staff(Role::Auditor), String::new(), vec![]).await;
    assert!(matches!(refused, Err(BillingError::Denied(_))));
}
