use crate::story::*;
use identity::{CreateTenant, Password, ProfileForm, ResetPassword, Tier, organisation::Interval, server};
use kernel::{Currency, Language, Need};
use platform::testing::Hub;

fn tenant(slug: &str) -> CreateTenant {
    CreateTenant {
        slug: slug.into(),
        name: "Nusantara".into(),
        owner_email: "sari@nusantara.test".into(),
        owner_name: String::new(),
        owner_password: None,
        language: Language::En,
        currency: "EUR".into(),
        time_zone: "Europe/Berlin".into(),
        tier: "professional".into(),
    }
}

#[tokio::test]
async fn an_operator_makes_a_tenant_and_its_owner_chooses_a_password() {
    let hub = Hub::start().await;
    let created = server::create_tenant(&hub.system(None), tenant("nusantara")).await.expect("makes it");
    let link = created.password_link.expect("there is no password yet");
    assert!(link.starts_with("http://hub.test/reset-password?token="), "{link}");
    assert!(server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await.is_err());
    let (_, token) = link.split_once("token=").expect("has a token");
    server::reset_password(&hub.nobody(), ResetPassword { token: token.into(), password: Password::new(PASSWORD) }).await.expect("chooses");
    let session = server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await.expect("signs in");
    let organisation = server::my_organisation(&asks(&hub, &session).await).await.expect("reads");
    assert_eq!((organisation.currency, organisation.time_zone.as_str(), organisation.tier), (Currency::Eur, "Europe/Berlin", Some(Tier::Professional)));

    let error = server::create_tenant(&hub.system(None), tenant("nusantara")).await.expect_err("is taken");
    assert_eq!(error.fields()[0].code, "taken");
    let mut bad = tenant("N!");
    (bad.currency, bad.time_zone, bad.tier) = ("GBP".into(), "Mars/Olympus".into(), "gold".into());
    let error = server::create_tenant(&hub.system(None), bad).await.expect_err("is wrong");
    assert_eq!(error.fields().iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["slug", "currency", "time_zone", "tier"]);
    assert!(server::create_tenant(&hub.cx(hub.tenant(), kernel::Role::Owner), tenant("other")).await.is_err());
}

#[tokio::test]
async fn who_took_an_address_in_advance_does_not_get_its_organisation() {
    let hub = Hub::start().await;
    let stranger = signs_up(&hub, "Squatter", "sari@nusantara.test").await;
    let created = server::create_tenant(&hub.system(None), tenant("nusantara")).await.expect("makes it");
    assert!(!is_signed_in(&hub, &stranger).await);
    assert!(server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", PASSWORD)).await.is_err());
    let link = created.password_link.expect("the reader of the mail chooses one");
    let (_, token) = link.split_once("token=").expect("has a token");
    let chosen = "nine slow wooden boats";
    server::reset_password(&hub.nobody(), ResetPassword { token: token.into(), password: Password::new(chosen) }).await.expect("chooses");
    server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", chosen)).await.expect("signs in");

    // Whose address is confirmed keeps what they have.
    let mut second = tenant("second");
    second.owner_password = Some(Password::new(PASSWORD));
    assert_eq!(server::create_tenant(&hub.system(None), second).await.expect("makes it").password_link, None);
    server::sign_in(&hub.nobody(), sign_in_form("sari@nusantara.test", chosen)).await.expect("still signs in");
}

#[tokio::test]
async fn a_profile_is_changed_and_the_currency_until_it_is_charged_in() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    signs_up(&hub, "Other", "other@other.test").await;
    let cx = asks(&hub, &session).await;
    let form = ProfileForm {
        street: "Jl. Sudirman 1".into(),
        city: "Jakarta".into(),
        country: "ID".into(),
        currency: "USD".into(),
        ..server::my_organisation(&cx).await.expect("reads").form()
    };
    assert!(!server::my_organisation(&cx).await.expect("reads").profile_is_complete());
    let after = server::update_organisation(&cx, form.clone()).await.expect("changes");
    assert!(after.profile_is_complete());
    assert_eq!(after.address_lines(Language::Id), ["Jl. Sudirman 1", "Jakarta", "Indonesia"]);

    let taken = ProfileForm { slug: "other".into(), ..form.clone() };
    assert!(matches!(server::update_organisation(&cx, taken).await, Err(error) if error.fields()[0].code == "taken"));
    let nowhere = ProfileForm { time_zone: "Mars/Olympus".into(), ..form.clone() };
    assert!(matches!(server::update_organisation(&cx, nowhere).await, Err(error) if error.fields()[0].field == "time_zone"));

    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await.expect("opens");
    server::choose_tier(&mut tx, Tier::Starter, Interval::Annual, &identity::Limits::default()).await.expect("chooses");
    server::fix_currency(&mut tx, Currency::Usd).await.expect("fixes");
    tx.audit("test", "test", serde_json::json!({}));
    tx.commit().await.expect("commits");
    let later = ProfileForm { currency: "EUR".into(), ..server::my_organisation(&cx).await.expect("reads").form() };
    assert!(matches!(server::update_organisation(&cx, later).await, Err(error) if error.fields()[0].code == "fixed"));
}

#[tokio::test]
async fn who_change_a_profile_at_once_lose_nothing_of_each_other() {
    let hub = Hub::start_with(4).await;
    let cx = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let before = server::my_organisation(&cx).await.expect("reads").form();
    let mut held = cx.tenant_tx(Need::SETTINGS_WRITE).await.expect("opens");
    sqlx::query("SELECT FROM identity.organisations FOR UPDATE").execute(&mut *held).await.expect("its own");
    let saves = |form: ProfileForm| {
        let cx = cx.clone();
        tokio::spawn(async move { server::update_organisation(&cx, form).await })
    };
    let (name, city) = (saves(ProfileForm { name: "Maju".into(), ..before.clone() }), saves(ProfileForm { city: "Jakarta".into(), ..before }));
    waiting(&hub, 2).await;
    drop(held);
    name.await.expect("ends").expect("changes the name");
    city.await.expect("ends").expect("changes the city");
    let after = server::my_organisation(&cx).await.expect("reads");
    assert_eq!((after.name.as_str(), after.city.as_str()), ("Maju", "Jakarta"));
}

#[tokio::test]
async fn the_currency_that_stays_is_the_one_that_was_charged_in() {
    let hub = Hub::start_with(4).await;
    let cx = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let form = |currency: &str, form: ProfileForm| ProfileForm { currency: currency.into(), ..form };
    let before = server::my_organisation(&cx).await.expect("reads").form();
    // The account was opened in US dollars; somebody saves euros before the charge, and somebody else while it is under way.
    server::update_organisation(&cx, form("EUR", before)).await.expect("nothing was charged yet");
    let mut charges = cx.tenant_tx(Need::BILLING_WRITE).await.expect("opens");
    server::fix_currency(&mut charges, Currency::Usd).await.expect("fixes");
    let late = tokio::spawn({
        let (cx, seen) = (cx.clone(), server::my_organisation(&cx).await.expect("reads").form());
        async move { server::update_organisation(&cx, form("IDR", seen)).await }
    });
    waiting(&hub, 1).await;
    charges.audit("test", "test", serde_json::json!({}));
    charges.commit().await.expect("commits");
    late.await.expect("ends").expect_err("it stays");
    let organisation = server::my_organisation(&cx).await.expect("reads");
    assert_eq!((organisation.currency, organisation.currency_fixed_at), (Currency::Usd, Some(cx.now())));
}

#[tokio::test]
async fn mail_about_money_goes_to_billing_or_else_the_owner() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let mut tx = asks(&hub, &session).await.tenant_tx(Need::MEMBER).await.expect("opens");
    let contacts = server::contacts(&mut tx).await.expect("reads");
    assert_eq!(contacts.iter().map(|one| (one.email.as_str(), one.language)).collect::<Vec<_>>(), [("sari@nusantara.test", Language::Id)]);
}

#[tokio::test]
async fn there_is_one_provider_however_many_start_at_once() {
    let hub = Hub::start().await;
    let system = hub.system(None);
    let (one, two) = tokio::join!(server::ensure_provider(&system, "Service Hub"), server::ensure_provider(&system, "Service Hub"));
    assert_eq!(one.expect("is there").id, two.expect("is there").id);
    assert!(server::time_zones().iter().any(|name| name == "Asia/Jakarta"));
}
