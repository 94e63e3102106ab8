use crate::story::*;
use identity::{Password, Realm, SignIn, server::{self, SignInError}};
use platform::testing::Hub;
use std::time::Duration;

#[tokio::test]
async fn unknown_accounts_and_wrong_passwords_answer_alike() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    for form in [sign_in_form("sari@nusantara.test", OTHER_PASSWORD), sign_in_form("nobody@nusantara.test", PASSWORD)] {
        assert!(matches!(server::sign_in(&hub.nobody(), form).await, Err(SignInError::WrongCredentials)));
    }
    assert!(matches!(server::sign_in(&hub.nobody(), sign_in_form("x", "")).await, Err(SignInError::Invalid(fields)) if fields.len() == 2));
    assert!(server::sign_in(&hub.nobody(), sign_in_form(" SARI@nusantara.test", PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn guesses_are_slowed_then_stopped_per_account_from_wherever_they_come() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let guess = async |number: usize| {
        let from = nobody_at(&hub, &format!("198.51.100.{number}"));
        server::sign_in(&from, sign_in_form("sari@nusantara.test", OTHER_PASSWORD)).await
    };
    let mut passed = 0;
    for number in 0..10 {
        loop {
            match guess(number).await {
                Err(SignInError::WrongCredentials) => break passed += 1,
                Err(SignInError::TooMany { seconds }) => {
                    hub.clock().set(hub.clock().now().plus(Duration::from_secs(seconds)));
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(passed, 10);
    assert!(matches!(guess(99).await, Err(SignInError::TooMany { seconds }) if seconds > 600));
    // The right password does not help before the window has passed.
    assert!(matches!(server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await, Err(SignInError::TooMany { .. })));
    hub.clock().set(hub.clock().now().plus(Duration::from_secs(901)));
    assert!(server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await.is_ok());
    assert!(matches!(guess(1).await, Err(SignInError::WrongCredentials)), "success starts the account anew");
}

#[tokio::test]
async fn one_address_guesses_fifty_times_whatever_the_accounts() {
    let hub = Hub::start().await;
    let spray = nobody_at(&hub, "198.51.100.7");
    for number in 0..50 {
        let form = sign_in_form(&format!("person{number}@nusantara.test"), OTHER_PASSWORD);
        assert!(matches!(server::sign_in(&spray, form).await, Err(SignInError::WrongCredentials)));
    }
    let form = sign_in_form("person99@nusantara.test", OTHER_PASSWORD);
    assert!(matches!(server::sign_in(&spray, form.clone()).await, Err(SignInError::TooMany { .. })));
    assert!(matches!(server::sign_in(&nobody_at(&hub, "198.51.100.8"), form).await, Err(SignInError::WrongCredentials)));
}

#[tokio::test]
async fn many_at_once_do_not_slip_by() {
    let hub = Hub::start().await;
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let tries = (0..20).map(|number| {
        let from = nobody_at(&hub, &format!("198.51.100.{number}"));
        tokio::spawn(async move { server::sign_in(&from, sign_in_form("sari@nusantara.test", OTHER_PASSWORD)).await })
    });
    let mut looked_at = 0;
    for one in tries.collect::<Vec<_>>() {
        if matches!(one.await.expect("ends"), Err(SignInError::WrongCredentials)) {
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 5, "five are free, the fifth sets the first pause");
}

#[tokio::test]
async fn each_door_knows_its_own_people_only() {
    let hub = Hub::start().await;
    let system = hub.system(None);
    server::ensure_provider(&system, "Service Hub").await.expect("makes the provider");
    let staff = identity::CreateOperator {
        email: "operator@provider.test".into(),
        name: "Olga".into(),
        role: "operator".into(),
        password: Some(Password::new(PASSWORD)),
        language: kernel::Language::En,
    };
    server::create_operator(&system, staff.clone()).await.expect("makes an operator");
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;

    let at = |realm, email: &str| SignIn { realm, ..sign_in_form(email, PASSWORD) };
    assert!(matches!(server::sign_in(&hub.nobody(), at(Realm::Tenant, "operator@provider.test")).await, Err(SignInError::WrongCredentials)));
    assert!(matches!(server::sign_in(&hub.nobody(), at(Realm::Staff, "sari@nusantara.test")).await, Err(SignInError::WrongCredentials)));
    let session = server::sign_in(&hub.nobody(), at(Realm::Staff, "operator@provider.test")).await.expect("signs in");
    let cx = asks(&hub, &session).await;
    assert_eq!(cx.actor().kind(), "staff");
    assert!(cx.permissions().allow(kernel::Need::PROVIDER_ADMIN) && !cx.permissions().allow(kernel::Need::SERVICES_READ));
    let tenants = server::list_tenants(&cx, "", None, Default::default()).await.expect("lists");
    assert_eq!(tenants.rows.iter().map(|row| (row.slug.as_str(), row.members, row.owner_email.as_deref())).collect::<Vec<_>>(), [("nusantara", 1, Some("sari@nusantara.test"))]);

    // Staff are seen off by their administrators, the last of whom stays.
    let second = identity::CreateOperator { email: "second@provider.test".into(), role: "auditor".into(), ..staff.clone() };
    let second = server::create_operator(&cx, second).await.expect("makes another");
    assert!(matches!(server::remove_member(&cx, session.person).await, Err(server::TeamError::LastOwner)));
    server::change_role(&cx, second.person, "finance").await.expect("changes");
    assert!(server::change_role(&cx, second.person, "admin").await.is_err(), "is no staff role");
    server::remove_member(&cx, second.person).await.expect("sees off");
    assert_eq!(server::team(&cx).await.expect("lists").members.len(), 1);

    // Neither a tenant's address becomes staff nor the staff's a tenant's.
    let taken = identity::CreateOperator { email: "sari@nusantara.test".into(), ..staff };
    assert!(server::create_operator(&system, taken).await.is_err());
    let error = server::sign_up(&hub.nobody(), sign_up_form("Side business", "operator@provider.test")).await.expect_err("is staff");
    assert_eq!(error.fields()[0].code, "exists");
}

#[tokio::test]
async fn a_refused_sign_in_stands_in_the_trail_and_costs_the_same_for_everybody() {
    let hub = Hub::start().await;
    let sari = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    for email in ["sari@nusantara.test", "nobody@nusantara.test"] {
        assert!(server::sign_in(&hub.nobody(), sign_in_form(email, OTHER_PASSWORD)).await.is_err());
    }
    assert_eq!(works(&hub).await, 2, "one job for each address, known or not");
    assert_eq!(trail(&asks(&hub, &sari).await).await, ["identity.organisation.created", "refused identity.session.refused"]);
}
