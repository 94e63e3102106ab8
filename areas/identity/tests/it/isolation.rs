use crate::story::*;
use identity::server;
use kernel::{Need, Role};
use platform::testing::Hub;
use sqlx::PgConnection;

#[tokio::test]
async fn an_organisation_sees_its_own_people_and_nobody_elses() {
    let hub = Hub::start().await;
    let ours = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let theirs = signs_up(&hub, "Other", "other@other.test").await;
    let cx = asks(&hub, &ours).await;
    let mut tx = cx.tenant_tx(Need::MEMBER).await.expect("opens");
    for (table, column) in [("organisations", "id"), ("memberships", "tenant_id"), ("people", "id")] {
        let rows: Vec<uuid::Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT {column} FROM identity.{table}"))).fetch_all(&mut *tx).await.expect("reads");
        let expected = if table == "people" { ours.person.uuid() } else { ours.tenant.expect("has one").uuid() };
        assert_eq!(rows, [expected], "{table}");
    }
    assert!(server::names_of(&mut tx, &[ours.person, theirs.person]).await.expect("reads").contains_key(&ours.person));
    drop(tx);
    assert!(matches!(server::remove_member(&cx, theirs.person).await, Err(server::TeamError::NotFound)));
    assert!(matches!(server::change_role(&cx, theirs.person, "member").await, Err(server::TeamError::NotFound)));
}

#[tokio::test]
async fn a_tenants_transaction_reads_no_password_session_or_link() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let cx = asks(&hub, &session).await;
    for sql in [
        "SELECT password_hash FROM identity.people",
        "SELECT id FROM identity.sessions",
        "SELECT token_hash FROM identity.tokens",
        "SELECT count FROM identity.attempts",
        "UPDATE identity.organisations SET kind = 'provider'",
        "UPDATE identity.memberships SET tenant_id = person_id",
        "INSERT INTO identity.memberships (tenant_id, person_id, role, since) SELECT tenant_id, person_id, role, since FROM identity.memberships",
        "DELETE FROM identity.memberships",
    ] {
        let mut tx = cx.tenant_tx(Need::MEMBER).await.expect("opens");
        let error = sqlx::query(sql).execute(&mut *tx).await.expect_err(sql);
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn the_login_role_by_itself_may_nothing() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let mut raw: PgConnection = hub.raw_login().await;
    for table in ["organisations", "people", "memberships", "sessions", "invitations", "tokens", "attempts"] {
        let error = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT 1 FROM identity.{table}"))).execute(&mut raw).await.expect_err(table);
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{table}");
    }
}

#[tokio::test]
async fn leaving_ends_sessions_here_and_nowhere_else() {
    let hub = Hub::start().await;
    let sari = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let cx = hub.cx(hub.tenant(), Role::Owner);
    let mut tx = cx.tenant_tx(Need::MEMBER).await.expect("opens");
    let ended: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT identity.end_sessions_of($1, now())").bind(sari.person).fetch_all(&mut *tx).await.expect("runs");
    assert!(ended.is_empty(), "another organisation's transaction ends none of ours");
    tx.commit_unaudited("nothing was changed").await.expect("commits");
    assert!(is_signed_in(&hub, &sari).await);
}
