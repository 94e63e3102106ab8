use crate::story::*;
use identity::{Password, server::{self, SignUpError}};
use kernel::{Currency, events::{Event, identity::Event as Happened}};
use platform::testing::Hub;

fn codes(error: SignUpError) -> Vec<(String, String)> {
    error.fields().iter().map(|field| (field.field.clone(), field.code.clone())).collect()
}

#[tokio::test]
async fn a_newcomer_owns_an_organisation_and_is_signed_in_at_once() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "PT Nusantara Retail", "Sari@Nusantara.test").await;

    let cx = asks(&hub, &session).await;
    let me = server::me(&cx).await.expect("is somebody");
    assert_eq!((me.name.as_str(), me.email.as_str(), me.email_verified_at), ("Sari Wulandari", "sari@nusantara.test", None));
    let current = me.current.as_ref().expect("stands in the new organisation");
    assert_eq!((current.slug.as_str(), current.role), ("pt-nusantara-retail", kernel::Role::Owner));
    assert!(me.permissions.iter().any(|name| name == "owner"));
    let organisation = server::my_organisation(&cx).await.expect("reads");
    assert_eq!((organisation.currency, organisation.time_zone.as_str(), organisation.country), (Currency::Idr, "Asia/Jakarta", None));

    assert!(matches!(hub.events().await.as_slice(), [Event::Identity(Happened::TenantCreated { tenant, owner, .. })] if Some(*tenant) == session.tenant && *owner == session.person));
    assert_eq!(trail(&cx).await, ["identity.organisation.created"]);

    let token = link_to(&hub, "sari@nusantara.test").await;
    server::verify_email(&hub.nobody(), &token).await.expect("the link works");
    assert!(server::me(&cx).await.expect("is somebody").email_verified_at.is_some());
    assert!(matches!(server::verify_email(&hub.nobody(), &token).await, Err(server::VerifyError::BadLink)));
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    let hub = Hub::start().await;
    let mut form = sign_up_form(" ", "nobody");
    form.name = String::new();
    form.password = Password::new("short");
    let error = server::sign_up(&hub.nobody(), form).await.expect_err("is all wrong");
    let expected = [("organisation_name", "required"), ("name", "required"), ("email", "email"), ("password", "too_short")];
    assert_eq!(codes(error), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));

    let mut form = sign_up_form("Nusantara Retail", "sari@nusantara.test");
    form.password = Password::new("nusantararetail");
    let error = server::sign_up(&hub.nobody(), form).await.expect_err("is guessed easily");
    assert_eq!(codes(error), [("password".to_owned(), "too_easy".to_owned())]);
    assert!(mails_to(&hub, "sari@nusantara.test").await.is_empty());
}

#[tokio::test]
async fn an_account_makes_a_second_organisation_with_its_own_password_only() {
    let hub = Hub::start().await;
    let first = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let mut form = sign_up_form("Nusantara", "sari@nusantara.test");
    form.password = Password::new(OTHER_PASSWORD);
    let error = server::sign_up(&hub.nobody(), form).await.expect_err("is not the password");
    assert_eq!(codes(error), [("email".to_owned(), "exists".to_owned())]);

    let second = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    assert_eq!(second.person, first.person);
    let me = server::me(&asks(&hub, &second).await).await.expect("is somebody");
    let slugs: Vec<&str> = me.organisations.iter().map(|one| one.slug.as_str()).collect();
    assert_eq!(slugs, ["nusantara", "nusantara-2"]);
    assert_eq!(me.current.map(|one| one.slug).as_deref(), Some("nusantara-2"));

    let renewed = server::switch_organisation(&asks(&hub, &second).await, first.tenant.expect("has one")).await.expect("switches");
    let switched = asks_anew(&hub, &renewed).await;
    assert_eq!((switched.tenant(), switched.actor().session()), (Ok(first.tenant.expect("has one")), Some(second.session)));
    assert!(!is_signed_in(&hub, &second).await, "the token from before is worth nothing");
    let other = signs_up(&hub, "Other", "other@other.test").await;
    assert!(matches!(server::switch_organisation(&switched, other.tenant.expect("has one")).await, Err(server::SwitchError::NotFound)));
}
