use crate::story::*;
use identity::{device::Place, server, session::Standing};
use platform::testing::Hub;
use std::time::Duration;

#[tokio::test]
async fn signing_in_renews_the_session_and_ends_the_one_before() {
    let hub = Hub::start().await;
    let first = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let second = server::sign_in(&asks(&hub, &first).await, sign_in_form("sari@nusantara.test", PASSWORD)).await.expect("signs in");
    assert_ne!(first.session, second.session);
    assert!(!is_signed_in(&hub, &first).await);
    assert!(is_signed_in(&hub, &second).await);
}

#[tokio::test]
async fn a_session_is_known_by_its_token_only_and_for_thirty_days() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let kept: Vec<u8> = sqlx::query_scalar("SELECT token_hash FROM identity.sessions").fetch_one(&mut owner(&hub).await).await.expect("reads");
    assert_ne!(kept, session.token.as_bytes());
    for token in ["", "nonsense", &session.session.to_string()] {
        assert!(server::caller_from_session(hub.nobody(), token).await.is_err());
    }
    hub.clock().set(session.expires_at.minus(Duration::from_secs(1)));
    assert!(is_signed_in(&hub, &session).await);
    hub.clock().set(session.expires_at);
    assert!(!is_signed_in(&hub, &session).await);
    assert_eq!(session.expires_at.since("2026-01-15T09:00:00Z".parse().expect("a time")), Duration::from_secs(30 * 86_400));
}

#[tokio::test]
async fn one_sees_ones_devices_and_ends_them_one_by_one_or_all() {
    let hub = Hub::start().await;
    let here = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let mut form = sign_in_form("sari@nusantara.test", PASSWORD);
    form.user_agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1".into();
    hub.at("2026-01-15T10:00:00Z");
    let phone = server::sign_in(&nobody_at(&hub, "10.0.0.9"), form.clone()).await.expect("signs in");
    let third = server::sign_in(&hub.nobody(), form).await.expect("signs in");

    let cx = asks(&hub, &here).await;
    let listed = server::sessions(&cx).await.expect("lists");
    assert_eq!(listed.len(), 3);
    let shown = listed.iter().find(|one| one.id == phone.session).expect("is listed");
    assert_eq!((shown.browser.as_deref(), shown.system.as_deref(), shown.place), (Some("Safari"), Some("iPhone"), Place::LocalNetwork));
    assert!(listed.iter().all(|one| one.is_this_one == (one.id == here.session)));

    server::end_session(&cx, phone.session).await.expect("ends");
    assert!(matches!(server::end_session(&cx, phone.session).await, Err(server::SessionError::NotFound)));
    assert!(!is_signed_in(&hub, &phone).await && is_signed_in(&hub, &third).await);
    assert_eq!(server::end_other_sessions(&cx).await.expect("ends"), 1);
    assert!(!is_signed_in(&hub, &third).await && is_signed_in(&hub, &here).await);

    let stranger = signs_up(&hub, "Other", "other@other.test").await;
    assert!(matches!(server::end_session(&asks(&hub, &stranger).await, here.session).await, Err(server::SessionError::NotFound)));

    server::sign_out(&cx).await.expect("signs out");
    assert!(!is_signed_in(&hub, &here).await);
    assert!(server::sign_out(&cx).await.is_ok(), "already out is fine");
}

#[tokio::test]
async fn last_use_is_kept_once_a_minute() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let seen = async || server::sessions(&asks(&hub, &session).await).await.expect("lists")[0].last_seen_at.to_string();
    hub.at("2026-01-15T09:00:59Z");
    assert_eq!(seen().await, "2026-01-15T09:00:00Z");
    hub.at("2026-01-15T09:01:00Z");
    assert_eq!(seen().await, "2026-01-15T09:01:00Z");
}

#[tokio::test]
async fn the_sweep_forgets_what_has_not_worked_for_a_month() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let kept = async || -> (i64, i64, i64) {
        sqlx::query_as("SELECT (SELECT count(*) FROM identity.sessions), 0::bigint, (SELECT count(*) FROM identity.attempts)")
            .fetch_one(&mut owner(&hub).await)
            .await
            .expect("counts")
    };
    server::sweep(&hub.system(None)).await.expect("sweeps");
    assert_eq!(kept().await, (1, 0, 1));
    hub.clock().set(session.expires_at.plus(Duration::from_secs(31 * 86_400)));
    server::sweep(&hub.system(None)).await.expect("sweeps");
    assert_eq!(kept().await, (0, 0, 0));
}

#[tokio::test]
async fn an_open_connection_learns_what_became_of_its_session() {
    let hub = Hub::start().await;
    let first = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let second = signs_up(&hub, "Nusantara Timur", "sari@nusantara.test").await;
    let cx = asks(&hub, &second).await;
    let standing = async |cx: &platform::Cx| server::standing(cx).await.expect("answers");
    assert_eq!(standing(&cx).await, Standing::Here);
    let renewed = server::switch_organisation(&cx, first.tenant.expect("has one")).await.expect("switches");
    assert_eq!(standing(&cx).await, Standing::Moved, "what was opened there belongs there");
    let there = asks_anew(&hub, &renewed).await;
    assert_eq!(standing(&there).await, Standing::Here);
    hub.clock().set(second.expires_at);
    assert_eq!(standing(&there).await, Standing::Gone, "its time is over");
    hub.at("2026-01-15T09:00:00Z");
    assert_eq!(standing(&there).await, Standing::Here);
    server::sign_out(&there).await.expect("signs out");
    assert_eq!((standing(&there).await, standing(&cx).await, standing(&hub.nobody()).await), (Standing::Gone, Standing::Gone, Standing::Gone));
}

#[tokio::test]
async fn views_of_lists_are_ones_own_and_go_along_to_other_devices() {
    let hub = Hub::start().await;
    let (sari, budi) = (signs_up(&hub, "Nusantara", "sari@nusantara.test").await, signs_up(&hub, "Other", "budi@other.test").await);
    let cx = asks(&hub, &sari).await;
    server::save_view(&cx, "/services", "Failed", "state=failed").await.expect("keeps");
    server::save_view(&cx, "/services", "Failed", "state=failed&sort=name").await.expect("keeps it anew");
    assert!(matches!(server::save_view(&cx, "//evil.test", "Failed", "").await, Err(server::MeError::Invalid(_))));
    let phone = server::sign_in(&nobody_at(&hub, "10.0.0.9"), sign_in_form("sari@nusantara.test", PASSWORD)).await.expect("signs in");
    let views = server::me(&asks(&hub, &phone).await).await.expect("reads").saved_views;
    assert_eq!(views.iter().map(|view| (view.name.as_str(), view.query.as_str())).collect::<Vec<_>>(), [("Failed", "state=failed&sort=name")]);
    assert_eq!(server::me(&asks(&hub, &budi).await).await.expect("reads").saved_views, []);
    server::forget_view(&asks(&hub, &phone).await, "/services", "Failed").await.expect("forgets");
    assert_eq!(server::me(&cx).await.expect("reads").saved_views, []);
}
