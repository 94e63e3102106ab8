//! Tenancy as the database holds it: what the login role may do by itself, and what a transaction sees.
#![cfg(feature = "testing")]

use kernel::{Need, Role, live::Live};
use platform::{Attempt, Opened, live, testing::Hub};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn the_login_role_alone_may_read_nothing() {
    let hub = Hub::start().await;
    let mut raw = hub.raw_login().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
          WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut raw)
    .await
    .expect("the catalogue is open to all");
    assert!(tables.len() > 5, "{tables:?}");
    for table in tables {
        let refused = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT * FROM {table} LIMIT 1"))).fetch_optional(&mut raw).await;
        let code = refused.expect_err(&table).as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{table}");
    }
}

#[tokio::test]
async fn a_transaction_without_a_tenant_is_an_error_not_an_empty_answer() {
    let hub = Hub::start().await;
    let mut raw = hub.raw_login().await;
    sqlx::raw_sql("BEGIN; SET LOCAL ROLE hub_tenant").execute(&mut raw).await.expect("the role may be taken");
    let refused = sqlx::query("SELECT * FROM hub.audit_entries").fetch_all(&mut raw).await.expect_err("no tenant is set");
    assert!(refused.to_string().contains("no tenant is set"), "{refused}");
}

#[tokio::test]
async fn a_request_that_is_given_up_while_its_transaction_begins_leaves_none_open() {
    let hub = Hub::start_with(1).await;
    let (cx, mut other) = (hub.cx(hub.tenant(), Role::Owner), hub.raw_login().await);
    // Connected once; from then on each beginning is one question to the database.
    drop(cx.tenant_tx(Need::SERVICES_READ).await.expect("opens"));
    for turns in 0..60 {
        tokio::select! {
            biased;
            begun = cx.tenant_tx(Need::SERVICES_READ) => drop(begun.expect("opens")),
            () = async { for _ in 0..turns { tokio::task::yield_now().await } } => {}
        }
        let mut left = String::new();
        for _ in 0..50 {
            let states = "SELECT coalesce(string_agg(state, ','), '') FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'service-hub' AND state <> 'idle'";
            left = sqlx::query_scalar(states).fetch_one(&mut other).await.expect("readable");
            if left.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(left, "", "given up after {turns} turns");
    }
}

#[tokio::test]
async fn every_tenant_table_forces_row_level_security() {
    let hub = Hub::start().await;
    let mut raw = hub.raw_login().await;
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT c.oid::regclass::text
           FROM pg_class c
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
          WHERE c.relkind IN ('r', 'p')
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                     AND EXISTS (SELECT FROM pg_policy p
                                  WHERE p.polrelid = c.oid
                                    AND (p.polcmd = 'a' OR p.polqual IS NOT NULL)
                                    AND p.polwithcheck IS NOT NULL))",
    )
    .fetch_all(&mut raw)
    .await
    .expect("the catalogue is open to all");
    assert_eq!(open, Vec::<String>::new(), "tables with tenant_id that are not protected");
}

#[tokio::test]
async fn keys_of_tenant_tables_begin_with_the_tenant() {
    let hub = Hub::start().await;
    let mut raw = hub.raw_login().await;
    let bad: Vec<String> = sqlx::query_scalar(
        "SELECT format('%s %s', n.conrelid::regclass, n.conname)
           FROM pg_constraint n
           JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attname = 'tenant_id' AND a.attnotnull
          WHERE n.contype IN ('p', 'u', 'f')
            AND n.conkey[1] <> a.attnum
            -- A reference to what all tenants share, such as a person, cannot begin with the tenant.
            AND (n.contype <> 'f' OR EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = n.confrelid AND t.attname = 'tenant_id'))
            AND n.connamespace::regnamespace::text NOT IN ('hub')",
    )
    .fetch_all(&mut raw)
    .await
    .expect("the catalogue is open to all");
    assert_eq!(bad, Vec::<String>::new());
}

#[tokio::test]
async fn one_tenant_sees_none_of_anothers_changes_and_cannot_write_them() {
    let hub = Hub::start().await;
    let (one, other) = (hub.tenant(), hub.tenant());
    for tenant in [one, other] {
        let mut tx = hub.cx(tenant, Role::Owner).tenant_tx(Need::SETTINGS_WRITE).await.expect("an owner may");
        tx.audit("test.changed", "x", json!({}));
        tx.commit().await.expect("commits");
    }
    let mut tx = hub.cx(one, Role::Owner).tenant_tx(Need::AUDIT_READ).await.expect("an owner may");
    let seen: Vec<kernel::TenantId> = sqlx::query_scalar("SELECT DISTINCT tenant_id FROM hub.audit_entries").fetch_all(&mut *tx).await.expect("reads");
    assert_eq!(seen, [one]);
    let refused = sqlx::query("INSERT INTO hub.live_changes VALUES ($1, 9, now(), '{}')").bind(other).execute(&mut *tx).await;
    assert!(refused.expect_err("another's row").to_string().contains("row-level security"));
}

#[tokio::test]
async fn a_change_owes_an_entry_and_a_refused_one_leaves_its_own() {
    let hub = Hub::start().await;
    let tenant = hub.tenant();
    let silent = hub.cx(tenant, Role::Owner).tenant_tx(Need::SETTINGS_WRITE).await.expect("an owner may");
    assert!(silent.commit().await.is_err(), "committed without its audit entry");
    let denied = hub.cx(tenant, Role::Member).tenant_tx(Need::SETTINGS_WRITE).await;
    assert!(matches!(denied.err(), Some(Opened::Denied(_))));
    let mut tx = hub.cx(tenant, Role::Owner).tenant_tx(Need::AUDIT_READ).await.expect("an owner may");
    let entries: Vec<(i64, String, bool)> = sqlx::query_as("SELECT seq, action, refused FROM hub.audit_entries ORDER BY seq").fetch_all(&mut *tx).await.expect("reads");
    assert_eq!(entries, [(1, "access.refused".to_owned(), true)]);
}

#[derive(Debug, thiserror::Error)]
enum ShopError {
    #[error("the shop is closed")]
    Closed,
    #[error(transparent)]
    Denied(kernel::Denied),
    #[error(transparent)]
    Fault(kernel::Fault),
}

platform::refusals!(ShopError);

impl ShopError {
    const fn code(&self) -> &'static str {
        match self {
            Self::Closed => "shop.closed",
            Self::Denied(_) => "access.denied",
            Self::Fault(_) => "fault",
        }
    }
}

#[tokio::test]
async fn what_the_rules_refuse_leaves_an_entry_and_trouble_leaves_none() {
    let hub = Hub::start().await;
    let (provider, tenant) = (hub.tenant(), hub.tenant());
    let (owner, staff) = (hub.cx(tenant, Role::Owner), hub.staff(Role::Operator));
    let staff = staff.clone().signed_in(staff.actor().clone(), Some(provider), Role::Operator.permissions());
    let attempt = |subject: &str| Attempt::new("shop.entered", subject).with("door", 2);
    let closed = || async { Err::<(), _>(ShopError::Closed) };

    let refused = attempt("by a person").run(&owner, closed()).await;
    assert!(matches!(refused, Err(ShopError::Closed)), "the answer stays as it was");
    // A person's refusal stands in their own organisation's trail, whichever they name.
    attempt("by a person elsewhere").on(provider).run(&owner, closed()).await.expect_err("closed");
    attempt("by staff").on(tenant).run(&staff, closed()).await.expect_err("closed");
    attempt("by staff at home").run(&staff, closed()).await.expect_err("closed");
    attempt("by the platform").run(&hub.system(Some(tenant)), closed()).await.expect_err("closed");
    attempt("by nobody").run(&hub.nobody(), closed()).await.expect_err("closed");
    attempt("fault").run(&owner, async { Err::<(), _>(ShopError::Fault(kernel::Fault::new("broken"))) }).await.expect_err("broken");
    attempt("denied").run(&owner, async { Err::<(), _>(ShopError::Denied(kernel::Denied::TooLittle)) }).await.expect_err("denied");
    attempt("done").run(&owner, async { Ok::<_, ShopError>(()) }).await.expect("open");

    // What `demand` wrote down is not written once more.
    let member = hub.cx(tenant, Role::Member);
    let demanded = attempt("demanded").run(&member, async { member.tenant_tx(Need::SETTINGS_WRITE).await.map(drop).map_err(ShopError::from) }).await;
    assert!(matches!(demanded, Err(ShopError::Denied(_))));

    let entry = |subject: &str| ("shop.entered".to_owned(), subject.to_owned(), "shop.closed".to_owned());
    let mut expected = ["by a person", "by a person elsewhere", "by staff"].map(entry).to_vec();
    expected.push(("shop.entered".to_owned(), "denied".to_owned(), "access.denied".to_owned()));
    expected.push(("access.refused".to_owned(), "settings:write".to_owned(), String::new()));
    assert_eq!(hub.refusals(tenant).await, expected);
    assert_eq!(hub.refusals(provider).await, ["by staff at home"].map(entry));
    let mut tx = owner.tenant_tx(Need::AUDIT_READ).await.expect("an owner may");
    let details: serde_json::Value = sqlx::query_scalar("SELECT details FROM hub.audit_entries WHERE seq = 1").fetch_one(&mut *tx).await.expect("reads");
    assert_eq!(details, serde_json::json!({"door": 2, "code": "shop.closed", "because": "the shop is closed"}));
}

#[tokio::test]
async fn a_refusal_under_an_idempotency_key_is_kept_with_its_request() {
    let hub = Hub::start_with(2).await;
    let tenant = hub.tenant();
    let cx = hub.cx(tenant, Role::Owner).holding();
    Attempt::new("shop.entered", "held").run(&cx, async { Err::<(), _>(ShopError::Closed) }).await.expect_err("closed");
    assert_eq!(hub.refusals(tenant).await, [], "it waits for its answer");
    cx.held_tx().await.expect("it is held").commit_unaudited("the entry is there").await.expect("commits");
    assert_eq!(hub.refusals(tenant).await.len(), 1);
}

#[tokio::test]
async fn what_staff_may_not_change_is_noted_where_they_tried() {
    let hub = Hub::start().await;
    let (provider, tenant) = (hub.tenant(), hub.tenant());
    let auditor = hub.staff(Role::Auditor);
    let auditor = auditor.clone().signed_in(auditor.actor().clone(), Some(provider), Role::Auditor.permissions());
    assert!(matches!(auditor.provider_tx(Need::CATALOG_WRITE).await.err(), Some(Opened::Denied(_))));
    let inside = auditor.for_tenant(tenant, Need::FINANCE_WRITE).expect("staff may look");
    for need in [Need::BILLING_WRITE, Need::BILLING_READ] {
        assert!(matches!(inside.tenant_tx(need).await.err(), Some(Opened::Denied(_))), "{need:?}");
    }
    for (of, subject) in [(provider, "provider:catalog"), (tenant, "billing:write")] {
        let mut tx = hub.cx(of, Role::Owner).tenant_tx(Need::AUDIT_READ).await.expect("an owner may");
        let entries: Vec<(String, String, String, bool)> =
            sqlx::query_as("SELECT actor_kind, action, subject, refused FROM hub.audit_entries ORDER BY seq").fetch_all(&mut *tx).await.expect("reads");
        assert_eq!(entries, [("staff".to_owned(), "access.refused".to_owned(), subject.to_owned(), true)]);
    }
}

#[tokio::test]
async fn live_changes_are_numbered_without_gaps_and_read_back_by_number() {
    let hub = Hub::start().await;
    let cx = hub.cx(hub.tenant(), Role::Technical);
    for percent in [10, 20, 30] {
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.expect("may");
        let (id, instance) = (kernel::OperationId::from_uuid(cx.new_uuid()), kernel::InstanceId::from_uuid(cx.new_uuid()));
        tx.show(Live::Operation { id, instance, state: "running".into(), percent, message: "step".into() });
        tx.commit().await.expect("commits");
    }
    assert_eq!(live::head(&cx, Duration::ZERO).await.expect("answers"), 0, "they were made this very moment");
    hub.at("2026-01-15T09:00:10Z");
    assert_eq!(live::head(&cx, Duration::from_secs(1)).await.expect("answers"), 3);
    assert_eq!(live::head(&cx, Duration::from_secs(10)).await.expect("answers"), 0, "the page is older than the changes");
    match live::changes_after(&cx, 1).await.expect("answers") {
        live::Missed::Changes(changes) => assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [2, 3]),
        live::Missed::TooOld(_) => panic!("nothing was pruned"),
    }
    assert!(matches!(live::changes_after(&cx, 7).await.expect("answers"), live::Missed::TooOld(3)));
}

#[tokio::test]
async fn a_thousand_interleaved_requests_of_two_tenants_on_two_connections_do_not_leak() {
    let hub = std::sync::Arc::new(Hub::start_with(2).await);
    let tenants = [hub.tenant(), hub.tenant()];
    for tenant in tenants {
        let mut tx = hub.cx(tenant, Role::Owner).tenant_tx(Need::SETTINGS_WRITE).await.expect("may");
        tx.audit("test.changed", tenant, json!({}));
        tx.commit().await.expect("commits");
    }
    let mut requests = tokio::task::JoinSet::new();
    for number in 0..1000_usize {
        let (hub, tenant) = (hub.clone(), tenants[number % 2]);
        requests.spawn(async move {
            let mut tx = hub.cx(tenant, Role::Owner).tenant_tx(Need::AUDIT_READ).await.expect("may");
            let seen: Vec<kernel::TenantId> = sqlx::query_scalar("SELECT tenant_id FROM hub.audit_entries").fetch_all(&mut *tx).await.expect("reads");
            assert_eq!(seen, [tenant]);
            // Every third request is dropped without commit, as one whose client went away.
            if number % 3 != 0 {
                tx.commit().await.expect("commits");
            }
        });
    }
    requests.join_all().await;
}
