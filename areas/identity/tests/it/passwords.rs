use crate::story::*;
use identity::{ChangePassword, Password, ResetPassword, server::{self, MeError, ResetError}};
use platform::testing::Hub;

fn reset(token: &str, password: &str) -> ResetPassword {
    ResetPassword { token: token.into(), password: Password::new(password) }
}

#[tokio::test]
async fn a_reset_link_works_once_and_signs_out_everywhere() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    asks_for_reset(&hub, &hub.nobody(), "sari@nusantara.test").await;
    let token = link_to(&hub, "sari@nusantara.test").await;
    assert!(matches!(server::reset_password(&hub.nobody(), reset(&token, "short")).await, Err(ResetError::Invalid(_))));
    server::reset_password(&hub.nobody(), reset(&token, OTHER_PASSWORD)).await.expect("the link still works");
    assert!(!is_signed_in(&hub, &session).await);
    assert!(matches!(server::reset_password(&hub.nobody(), reset(&token, PASSWORD)).await, Err(ResetError::BadLink)));
    assert!(server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await.is_err());
    let session = server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", OTHER_PASSWORD)).await.expect("signs in");
    assert!(server::me(&asks(&hub, &session).await).await.expect("is somebody").email_verified_at.is_some(), "the link came to the address");
    assert!(mails_to(&hub, "sari@nusantara.test").await[0].starts_with("Kata sandi Anda telah diganti"));
}

#[tokio::test]
async fn a_reset_link_ends_after_an_hour_and_when_a_newer_one_is_sent() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    asks_for_reset(&hub, &hub.nobody(), "sari@nusantara.test").await;
    let old = link_to(&hub, "sari@nusantara.test").await;
    hub.at("2026-01-15T09:10:00Z");
    asks_for_reset(&hub, &hub.nobody(), "sari@nusantara.test").await;
    let newer = link_to(&hub, "sari@nusantara.test").await;
    assert!(matches!(server::reset_password(&hub.nobody(), reset(&old, OTHER_PASSWORD)).await, Err(ResetError::BadLink)));
    hub.at("2026-01-15T10:10:00Z");
    assert!(matches!(server::reset_password(&hub.nobody(), reset(&newer, OTHER_PASSWORD)).await, Err(ResetError::BadLink)));
}

#[tokio::test]
async fn a_link_of_one_kind_is_no_key_to_another_door() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let verify = link_to(&hub, "sari@nusantara.test").await;
    assert!(matches!(server::reset_password(&hub.nobody(), reset(&verify, OTHER_PASSWORD)).await, Err(ResetError::BadLink)));
    server::verify_email(&hub.nobody(), &verify).await.expect("it was not used up");
}

#[tokio::test]
async fn asking_for_a_reset_tells_nothing_and_floods_nobody() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    // The same job for every address, known or not: what is looked up is looked up when the answer is gone.
    let mut queued = Vec::new();
    for email in ["sari@nusantara.test", "nobody@nusantara.test"] {
        server::request_password_reset(&hub.nobody(), email).await.expect("answers the same");
        queued.push(hub.jobs("mail_reset_link").await);
    }
    assert_eq!(queued, [[serde_json::json!({"email": "sari@nusantara.test"})], [serde_json::json!({"email": "nobody@nusantara.test"})]]);
    asks_for_reset(&hub, &hub.nobody(), "nobody@nusantara.test").await;
    assert!(mails_to(&hub, "nobody@nusantara.test").await.is_empty());
    for number in 0..8 {
        let from = nobody_at(&hub, &format!("198.51.100.{number}"));
        asks_for_reset(&hub, &from, "sari@nusantara.test").await;
    }
    assert_eq!(mails_to(&hub, "sari@nusantara.test").await.len(), 1 + 4, "one to confirm the address, five asked for, of which the first was taken out above");
}

#[tokio::test]
async fn changing_it_asks_for_the_present_one_and_keeps_this_session() {
    let hub = Hub::start().await;
    let here = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let there = server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await.expect("signs in");
    let cx = asks(&hub, &here).await;
    let change = |current: &str, new: &str| ChangePassword { current: Password::new(current), new: Password::new(new) };
    assert!(matches!(server::change_password(&cx, change(OTHER_PASSWORD, "ten purple wagons")).await, Err(MeError::Invalid(fields)) if fields[0].code == "wrong"));
    assert!(matches!(server::change_password(&cx, change(PASSWORD, "sariwulandari")).await, Err(MeError::Invalid(fields)) if fields[0].code == "too_easy"));
    let renewed = server::change_password(&cx, change(PASSWORD, OTHER_PASSWORD)).await.expect("changes");
    assert!(!is_signed_in(&hub, &here).await, "the token from before is worth nothing");
    assert_eq!(asks_anew(&hub, &renewed).await.actor().session(), Some(here.session), "the session goes on under another");
    assert!(!is_signed_in(&hub, &there).await);
    assert!(server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", OTHER_PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn links_and_passwords_are_kept_as_hashes_only() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let (verify, _) = (link_to(&hub, "sari@nusantara.test").await, asks_for_reset(&hub, &hub.nobody(), "sari@nusantara.test").await);
    let reset = link_to(&hub, "sari@nusantara.test").await;
    let mut owner = owner(&hub).await;
    for table in ["tokens", "people"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("ALTER TABLE identity.{table} NO FORCE ROW LEVEL SECURITY"))).execute(&mut owner).await.expect("the owner may");
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT t::text FROM identity.{table} t"))).fetch_all(&mut owner).await.expect("reads");
        assert!(!rows.is_empty());
        for secret in [verify.as_str(), reset.as_str(), PASSWORD] {
            assert!(rows.iter().all(|row| !row.contains(secret)), "{table} holds a secret");
        }
    }
}
