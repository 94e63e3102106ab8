//! Database tests of the compliance area.
#![cfg(feature = "server")]

use compliance::{EntryFilter, server::{self, AuditError}};
use kernel::{Need, PageSize, Role};
use platform::{Cx, testing::Hub};
use serde_json::json;
use sqlx::{Connection, PgConnection};

async fn acts(cx: &Cx, action: &'static str, subject: &str) {
    let mut tx = cx.tenant_tx(Need::SETTINGS_WRITE).await.expect("opens");
    tx.audit(action, subject, json!({ "n": 1, "text": "é\n" }));
    tx.commit().await.expect("commits");
}

async fn seen(cx: &Cx, filter: &EntryFilter) -> Vec<(String, String, bool)> {
    let page = server::entries(cx, filter, None, PageSize::default()).await.expect("lists");
    page.rows.into_iter().map(|row| (row.action, row.subject, row.refused)).collect()
}

fn done(action: &str, subject: &str) -> (String, String, bool) {
    (action.into(), subject.into(), false)
}

#[tokio::test]
async fn an_organisation_sees_its_own_trail_newest_first_and_finds_in_it() {
    let hub = Hub::start().await;
    let (ours, theirs) = (hub.tenant(), hub.tenant());
    let owner = hub.cx(ours, Role::Owner);
    acts(&owner, "billing.invoice.issued", "inv_1").await;
    hub.at("2026-01-16T09:00:00Z");
    acts(&owner, "billing.invoice.paid", "inv_1").await;
    acts(&owner, "catalog.plan.changed", "pln_1").await;
    acts(&hub.cx(theirs, Role::Owner), "billing.invoice.issued", "inv_9").await;
    assert!(hub.cx(ours, Role::Member).tenant_tx(Need::SETTINGS_WRITE).await.is_err());

    let all = seen(&owner, &EntryFilter::default()).await;
    assert_eq!(all, [
        ("access.refused".to_owned(), "settings:write".to_owned(), true),
        done("catalog.plan.changed", "pln_1"),
        done("billing.invoice.paid", "inv_1"),
        done("billing.invoice.issued", "inv_1"),
    ]);
    let only = |change: fn(&mut EntryFilter)| {
        let mut filter = EntryFilter::default();
        change(&mut filter);
        filter
    };
    assert_eq!(seen(&owner, &only(|filter| filter.action = "billing.".into())).await.len(), 2);
    assert_eq!(seen(&owner, &only(|filter| filter.subject = "pln_1".into())).await, [done("catalog.plan.changed", "pln_1")]);
    assert_eq!(seen(&owner, &only(|filter| filter.to = "2026-01-16".into())).await, [done("billing.invoice.issued", "inv_1")]);
    assert_eq!(seen(&owner, &only(|filter| filter.outcome = "refused".into())).await.len(), 1);
    assert_eq!(seen(&owner, &only(|filter| filter.actor = "system".into())).await.len(), 0);
    let foreign = EntryFilter { tenant: Some(theirs), ..Default::default() };
    assert_eq!(seen(&owner, &foreign).await.len(), 4, "whose trail it is stands with the caller");
    assert!(matches!(server::entries(&hub.cx(ours, Role::Billing), &EntryFilter::default(), None, PageSize::default()).await, Err(AuditError::Denied(_))));
}

#[tokio::test]
async fn pages_meet_without_gap_and_cursors_stay_with_their_list() {
    let hub = Hub::start().await;
    let owner = hub.cx(hub.tenant(), Role::Owner);
    for number in 0..7 {
        acts(&owner, "a.b", &number.to_string()).await;
    }
    let filter = EntryFilter::default();
    let (mut subjects, mut after) = (Vec::new(), None);
    loop {
        let page = server::entries(&owner, &filter, after.as_deref(), PageSize::new(3)).await.expect("lists");
        subjects.extend(page.rows.into_iter().map(|row| row.subject));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(subjects, ["6", "5", "4", "3", "2", "1", "0"]);
    let stranger = hub.cx(hub.tenant(), Role::Owner);
    assert!(matches!(server::entries(&stranger, &filter, after.as_deref(), PageSize::new(3)).await, Err(AuditError::Invalid(_))));
}

#[tokio::test]
async fn staff_see_every_trail_with_names_and_tenants_see_theirs_only() {
    let hub = Hub::start().await;
    let session = identity::server::sign_up(
        &hub.nobody(),
        identity::SignUp {
            organisation_name: "Nusantara".into(),
            name: "Sari".into(),
            email: "sari@nusantara.test".into(),
            password: identity::Password::new("seven green umbrellas"),
            language: kernel::Language::En,
            time_zone: String::new(),
            user_agent: String::new(),
        },
    )
    .await
    .expect("signs up");
    let sari = identity::server::caller_from_session(hub.nobody(), &session.token).await.expect("is signed in");
    acts(&hub.cx(hub.tenant(), Role::Owner), "x.y", "1").await;
    let page = server::entries(&sari, &EntryFilter::default(), None, PageSize::default()).await.expect("lists");
    assert_eq!(page.rows.iter().map(|row| (row.action.as_str(), row.actor_name.as_deref())).collect::<Vec<_>>(), [("identity.organisation.created", Some("Sari"))]);

    let page = server::entries_for_staff(&hub.staff(Role::Auditor), &EntryFilter::default(), None, PageSize::default()).await.expect("lists");
    assert_eq!(page.rows.len(), 2);
    assert!(page.rows.iter().any(|row| row.tenant_name.as_deref() == Some("Nusantara") && row.actor_name.as_deref() == Some("Sari")));
    assert!(matches!(server::entries_for_staff(&sari, &EntryFilter::default(), None, PageSize::default()).await, Err(AuditError::Denied(_))));
}

#[tokio::test]
async fn a_changed_a_removed_and_a_cut_off_entry_are_found() {
    let hub = Hub::start().await;
    let tenant = hub.tenant();
    let owner = hub.cx(tenant, Role::Owner);
    for number in 0..5 {
        acts(&owner, "a.b", &number.to_string()).await;
    }
    let whole = server::verify(&owner).await.expect("verifies");
    assert_eq!((whole.entries, whole.broken_at), (5, None));
    let auditor = hub.staff(Role::Auditor);
    assert_eq!(server::verify_for_staff(&auditor, tenant).await.expect("verifies"), whole);

    // What an intruder with the owner's rights could do.
    let mut intruder = PgConnection::connect(&hub.owner_url).await.expect("connects");
    sqlx::query("ALTER TABLE hub.audit_entries NO FORCE ROW LEVEL SECURITY").execute(&mut intruder).await.expect("may");
    let mut tampered = async |sql: &'static str| {
        sqlx::query(sql).execute(&mut intruder).await.expect("may");
        server::verify(&owner).await.expect("verifies").broken_at
    };
    assert_eq!(tampered("DELETE FROM hub.audit_entries WHERE seq = 5").await, Some(5));
    assert_eq!(tampered("UPDATE hub.audit_entries SET subject = '9' WHERE seq = 3").await, Some(3));
    assert_eq!(tampered("DELETE FROM hub.audit_entries WHERE seq = 2").await, Some(2));
}
