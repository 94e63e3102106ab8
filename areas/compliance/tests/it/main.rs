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
            currency: String::new(),
            user_agent: String::new(),
        },
    )
    .await
    .expect("signs up");
    let sari = identity::server::caller_from_session(hub.nobody(), &session.token).await.expect("is signed in").0;
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

#[tokio::test]
async fn many_changes_at_once_make_one_chain_without_a_gap() {
    let hub = Hub::start().await;
    let tenant = hub.tenant();
    let owner = hub.cx(tenant, Role::Owner);
    let mut changes = tokio::task::JoinSet::new();
    for number in 0..40 {
        let cx = hub.cx(tenant, if number % 4 == 0 { Role::Member } else { Role::Owner });
        changes.spawn(async move {
            match cx.tenant_tx(Need::SETTINGS_WRITE).await {
                Ok(mut tx) => {
                    tx.audit("a.b", number, json!({ "n": number }));
                    // Every third one comes to nothing, and so does its entry.
                    if number % 3 != 0 {
                        tx.commit().await.expect("commits");
                    }
                }
                Err(refused) => assert!(matches!(refused, platform::Opened::Denied(_))),
            }
        });
    }
    changes.join_all().await;
    let done = (0..40).filter(|number| number % 4 != 0 && number % 3 != 0).count() as i64;
    let whole = server::verify(&owner).await.expect("verifies");
    assert_eq!((whole.entries, whole.broken_at), (done + 10, None), "ten were refused");
}

#[tokio::test]
async fn whatever_customers_type_leaves_the_chain_whole() {
    let hub = Hub::start().await;
    let owner = hub.cx(hub.tenant(), Role::Owner);
    let mut tx = owner.tenant_tx(Need::SETTINGS_WRITE).await.expect("opens");
    tx.audit("a.b", "x", json!({ "configuration": { "zero": -0.0, "small": 1e-7, "huge": 1e300, "many": u64::MAX, "text": "nul \u{0}, \u{7f}, \u{2028}, é", "\u{10000}": 1, "\u{e000}": 2 } }));
    tx.commit().await.expect("commits");
    let whole = server::verify(&owner).await.expect("verifies");
    assert_eq!((whole.entries, whole.broken_at), (1, None));
}

#[tokio::test]
async fn an_exported_chain_is_gone_through_without_the_installation() {
    let hub = Hub::start().await;
    let owner = hub.cx(hub.tenant(), Role::Owner);
    let mut heads = Vec::new();
    for number in 0..4 {
        acts(&owner, "a.b", &number.to_string()).await;
        heads.push(server::verify(&owner).await.expect("verifies").head);
    }
    let mut file = Vec::new();
    assert_eq!(server::export(&owner, &mut file).await.expect("exports"), 4);
    let file = String::from_utf8(file).expect("text");
    let broken = |file: &str, known: Option<&str>| server::verify_file(file.as_bytes(), known).expect("is readable").broken_at;
    assert_eq!(broken(&file, None), None);
    assert_eq!(broken(&file, Some(&heads[1])), None, "a head that was kept is found on the way");
    assert_eq!(broken(&file, Some(&"0".repeat(64))), Some(5), "it was made anew");
    assert_eq!(broken(&file.replace("\"subject\":\"2\"", "\"subject\":\"9\""), None), Some(3));
    let lines: Vec<&str> = file.lines().collect();
    let without = |left_out: usize| lines.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, line)| format!("{line}\n")).collect::<String>();
    assert_eq!(broken(&without(2), None), Some(2), "left out");
    assert_eq!(broken(&without(4), None), Some(4), "the last one cut off");
    assert_eq!(broken(&without(5), None), Some(5), "no head");
    assert!(server::verify_file("{}".as_bytes(), None).is_err());
    assert!(server::export(&hub.cx(hub.tenant(), Role::Member), &mut Vec::new()).await.is_err());
}
