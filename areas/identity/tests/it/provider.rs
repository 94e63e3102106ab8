use crate::story::*;
use identity::{CreateOperator, Password, ProfileForm, Realm, SignIn, server::{self, OrganisationError, TeamError}, view::SignedIn};
use kernel::{Language, Role, events::{Event, identity::Event as Happened}};
use platform::testing::Hub;

fn account(email: &str, role: &str) -> CreateOperator {
    CreateOperator { email: email.into(), name: "Rina".into(), role: role.into(), password: Some(Password::new(PASSWORD)), language: Language::En }
}

/// With an account of that role, at the staff's door.
async fn comes(hub: &Hub, email: &str, role: &str) -> SignedIn {
    server::ensure_provider(&hub.system(None), "Service Hub").await.expect("makes the provider");
    server::create_operator(&hub.system(None), account(email, role)).await.expect("makes the account");
    server::sign_in(&hub.nobody(), at_staff_door(email)).await.expect("signs in")
}

fn at_staff_door(email: &str) -> SignIn {
    SignIn { realm: Realm::Staff, ..sign_in_form(email, PASSWORD) }
}

#[tokio::test]
async fn an_operator_changes_what_the_provider_says_of_itself() {
    let hub = Hub::start().await;
    let rina = asks(&hub, &comes(&hub, "rina@provider.test", "operator").await).await;
    let before = server::provider(&rina).await.expect("is there");
    hub.events().await;
    // The form of the provider's page, which asks for neither address part nor currency; what it is sent of them counts for nothing.
    let form = ProfileForm {
        slug: "other".into(),
        currency: "EUR".into(),
        legal_name: "PT Pusat Layanan".into(),
        street: "Jl. Sudirman 1".into(),
        postal_code: "10220".into(),
        city: "Jakarta".into(),
        country: "ID".into(),
        tax_id: "0123 4567 8901 2345".into(),
        language: "id".into(),
        time_zone: "Asia/Jakarta".into(),
        ..before.form()
    };
    server::update_provider(&rina, form.clone()).await.expect("changes");
    let after = server::provider(&rina).await.expect("is there");
    assert_eq!((after.invoice_name(), after.tax_id.as_str(), after.time_zone.as_str()), ("PT Pusat Layanan", "0123 4567 8901 2345", "Asia/Jakarta"));
    assert_eq!(after.address_lines(after.language), ["Jl. Sudirman 1", "10220 Jakarta", "Indonesia"]);
    assert_eq!((&after.slug, after.currency, after.id), (&before.slug, before.currency, before.id));
    assert!(matches!(hub.events().await.as_slice(), [Event::Identity(Happened::ProviderChanged { .. })]));

    // A second tab changes what it changed, and what stays tells nobody anything.
    server::update_provider(&rina, ProfileForm { city: "Bandung".into(), ..before.form() }).await.expect_err("both tabs changed the city");
    server::update_provider(&rina, ProfileForm { name: "Hub".into(), ..before.form() }).await.expect("changes the name alone");
    let merged = server::provider(&rina).await.expect("is there");
    assert_eq!((merged.name.as_str(), merged.legal_name.as_str()), ("Hub", "PT Pusat Layanan"));
    hub.events().await;
    server::update_provider(&rina, merged.form()).await.expect("is as it was");
    assert_eq!(hub.events().await, []);
    let nowhere = ProfileForm { time_zone: "Mars/Olympus".into(), ..merged.form() };
    assert!(matches!(server::update_provider(&rina, nowhere).await, Err(error) if error.fields()[0].field == "time_zone"));

    let updated: Vec<String> = trail(&rina).await.into_iter().filter(|entry| entry.ends_with("identity.organisation.updated")).collect();
    assert_eq!(updated, [
        "identity.organisation.updated",
        "refused identity.organisation.updated",
        "identity.organisation.updated",
        "identity.organisation.updated",
        "refused identity.organisation.updated",
    ]);
}

#[tokio::test]
async fn nobody_else_changes_it() {
    let hub = Hub::start().await;
    let rina = asks(&hub, &comes(&hub, "rina@provider.test", "operator").await).await;
    let form = ProfileForm { name: "Mine".into(), ..server::provider(&rina).await.expect("is there").form() };
    for role in ["finance", "auditor"] {
        let reader = asks(&hub, &comes(&hub, &format!("{role}@provider.test"), role).await).await;
        assert!(matches!(server::update_provider(&reader, form.clone()).await, Err(OrganisationError::Denied(_))));
        assert!(matches!(server::update_organisation(&reader, form.clone()).await, Err(OrganisationError::Denied(_))));
    }
    assert_eq!(trail(&rina).await.iter().filter(|entry| *entry == "refused access.refused").count(), 4);
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    assert!(matches!(server::update_provider(&owner, form.clone()).await, Err(OrganisationError::Denied(_))));
    assert!(matches!(server::update_provider(&hub.nobody(), form).await, Err(OrganisationError::Denied(_))));
    assert_eq!(server::provider(&rina).await.expect("is there").name, "Service Hub");
}

#[tokio::test]
async fn the_staff_see_who_they_are_and_when_each_was_last_here() {
    let hub = Hub::start().await;
    let rina = asks(&hub, &comes(&hub, "rina@provider.test", "operator").await).await;
    let first = rina.now();
    server::create_operator(&rina, account("agus@provider.test", "auditor")).await.expect("makes an auditor");
    signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    hub.at("2026-01-15T12:00:00Z");
    let later = hub.nobody().now();
    server::sign_in(&hub.nobody(), at_staff_door("rina@provider.test")).await.expect("signs in again");
    let seen = |staff: Vec<identity::view::StaffView>| staff.into_iter().map(|one| (one.email, one.role, one.signed_in_at)).collect::<Vec<_>>();
    let agus = asks(&hub, &server::sign_in(&hub.nobody(), at_staff_door("agus@provider.test")).await.expect("signs in")).await;
    assert!(first < later);
    assert_eq!(seen(server::staff(&agus).await.expect("an auditor reads")), [
        ("rina@provider.test".to_owned(), Role::Operator, Some(later)),
        ("agus@provider.test".to_owned(), Role::Auditor, Some(later)),
    ]);
    let owner = asks(&hub, &signs_up(&hub, "Warung", "budi@warung.test").await).await;
    assert!(matches!(server::staff(&owner).await, Err(TeamError::Denied(_))));
    assert!(matches!(server::staff(&hub.nobody()).await, Err(TeamError::Denied(_))));
}

#[tokio::test]
async fn of_two_who_open_a_closed_account_at_once_one_does() {
    let hub = Hub::start_with(4).await;
    let rina = asks(&hub, &comes(&hub, "rina@provider.test", "operator").await).await;
    let agus = comes(&hub, "agus@provider.test", "finance").await;
    server::remove_member(&rina, agus.person).await.expect("closes");
    let mut held = hub.nobody().door_tx().await.expect("opens");
    sqlx::query("SELECT FROM identity.people WHERE id = $1 FOR UPDATE").bind(agus.person).execute(&mut *held).await.expect("there is one");
    let opens = |role: &'static str| {
        let rina = rina.clone();
        tokio::spawn(async move { server::create_operator(&rina, account("agus@provider.test", role)).await })
    };
    let both = [opens("auditor"), opens("finance")];
    waiting(&hub, 2).await;
    drop(held);
    let [one, two] = both;
    let (one, two) = (one.await.expect("ends"), two.await.expect("ends"));
    let refused = match (&one, &two) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        _ => panic!("one does: {one:?} {two:?}"),
    };
    assert_eq!(refused.fields()[0].code, "exists");
    let opened = trail(&rina).await.into_iter().filter(|entry| entry == "identity.staff.created").count();
    assert_eq!(opened, 3, "Rina, Agus, and Agus anew");
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_may_be_opened_anew() {
    let hub = Hub::start().await;
    let operator = comes(&hub, "rina@provider.test", "operator").await;
    let rina = asks(&hub, &operator).await;
    let agus = comes(&hub, "agus@provider.test", "finance").await;
    assert!(matches!(server::remove_member(&asks(&hub, &agus).await, operator.person).await, Err(TeamError::Denied(_))));
    assert!(matches!(server::change_role(&asks(&hub, &agus).await, agus.person, "operator").await, Err(TeamError::Denied(_))));
    assert!(matches!(server::remove_member(&rina, operator.person).await, Err(TeamError::LastOwner)));
    assert!(matches!(server::change_role(&rina, operator.person, "auditor").await, Err(TeamError::LastOwner)));

    server::remove_member(&rina, agus.person).await.expect("closes");
    assert!(!is_signed_in(&hub, &agus).await);
    assert!(server::sign_in(&hub.nobody(), at_staff_door("agus@provider.test")).await.is_err());
    assert_eq!(server::staff(&rina).await.expect("reads").len(), 1);
    assert_eq!(trail(&rina).await.last().map(String::as_str), Some("identity.member.removed"));

    // With a password of its own: whoever knew the one before does not come in.
    let anew = CreateOperator { password: Some(Password::new(OTHER_PASSWORD)), ..account("agus@provider.test", "operator") };
    assert_eq!(server::create_operator(&rina, anew.clone()).await.expect("opens").person, agus.person);
    assert!(server::sign_in(&hub.nobody(), at_staff_door("agus@provider.test")).await.is_err());
    let back = SignIn { realm: Realm::Staff, ..sign_in_form("agus@provider.test", OTHER_PASSWORD) };
    let back = asks(&hub, &server::sign_in(&hub.nobody(), back).await.expect("signs in")).await;
    assert_eq!(back.permissions(), Role::Operator.permissions());
    assert!(server::create_operator(&rina, anew).await.is_err(), "is there already");
    // With two of them the first may go.
    server::remove_member(&back, operator.person).await.expect("closes");
    assert!(!is_signed_in(&hub, &operator).await);
}
