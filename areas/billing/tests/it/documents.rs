//! Invoices as documents. With `BILLING_PDF_DIR` set they are kept there to be looked at.

use crate::story::Story;
use billing::{
    server::{self, pdf},
    view::{BankAccount, Seller},
};
use catalog::Interval;
use kernel::{Need, Role, TenantId};
use serde_json::json;

fn keep(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("BILLING_PDF_DIR") {
        std::fs::write(format!("{folder}/{name}.pdf"), bytes).expect("the folder is there");
    }
}

/// Leaves of the document's page tree.
fn pages(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    text.matches("/Type/Page").count() + text.matches("/Type /Page").count() - text.matches("/Type/Pages").count() - text.matches("/Type /Pages").count()
}

async fn with_a_seller() -> Story {
    let story = Story::start("2026-01-31T02:00:00Z").await;
    let finance = story.hub.staff(Role::Finance);
    let seller = Seller {
        entity: "NKT".into(),
        name: "PT Nusantara Kelola Teknologi".into(),
        address: vec!["Jl. Jenderal Sudirman Kav. 52".into(), "Jakarta Selatan 12190".into(), "Indonesia".into()],
        tax_id: "0123 4567 8901 2345".into(),
        email: "finance@provider.test".into(),
        bank: vec![BankAccount { bank: "Bank Contoh".into(), account: "123 456 7890".into(), holder: "PT Nusantara Kelola Teknologi".into(), currency: None }],
    };
    let mut tx = finance.provider_tx(Need::FINANCE_WRITE).await.expect("opens");
    sqlx::query("UPDATE billing.settings SET seller = $1").bind(sqlx::types::Json(seller)).execute(&mut *tx).await.expect("saves");
    tx.commit_audited(TenantId::from_uuid(uuid::Uuid::nil()), "billing.settings.changed", "billing", json!({})).await.expect("commits");
    story
}

#[tokio::test]
async fn a_simple_month_fits_one_page_and_a_long_one_says_how_many_there_are() {
    let story = with_a_seller().await;
    story.subscribes("professional", Interval::Monthly).await;
    let (database, _) = story.runs("managed-postgresql", "standard").await;
    let (probes, _) = story.runs("uptime-monitoring", "basic").await;
    story.at("2026-02-20T00:00:00Z");
    story.uses(database, "storage_gb_hours", "s", "4321.5", "2026-02-10T00:00:00Z").await;
    story.uses(database, "connection_peak", "c", "23", "2026-02-10T00:00:00Z").await;
    story.uses(probes, "checks_run", "p", "251800", "2026-02-10T00:00:00Z").await;
    story.at("2026-02-28T09:00:00Z");
    let month = story.closes().await.remove(0);
    let bytes = pdf::render(&month).expect("renders");
    assert_eq!(pages(&bytes), 1);
    assert_eq!(bytes, pdf::render(&month).expect("renders"), "the same bytes each time");
    keep("simple-id", &bytes);

    let english = billing::view::InvoiceView { language: kernel::Language::En, ..month.clone() };
    keep("simple-en", &pdf::render(&english).expect("renders"));

    let mut long = month;
    let lines = long.lines.clone();
    for _ in 0..9 {
        long.lines.extend(lines.clone());
    }
    let bytes = pdf::render(&long).expect("renders");
    assert!(pages(&bytes) > 1);
    keep("long-id", &bytes);

    server::end_instance_subscription(&story.system(), database, story.cx().now()).await.expect("ends");
    let note = story.invoices().await.pop().expect("a credit note");
    keep("credit-note-id", &pdf::render(&note).expect("renders"));
}
