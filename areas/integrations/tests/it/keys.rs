use identity::{CreateTenant, Password};
use integrations::{CreateApiKey, server::{self, KeyError}};
use kernel::{Language, Need, Role, TenantId};
use platform::{Cx, testing::Hub};

pub async fn tenant(hub: &Hub, slug: &str) -> TenantId {
    let wanted = CreateTenant {
        slug: slug.into(),
        name: slug.into(),
        owner_email: format!("owner@{slug}.test"),
        owner_name: String::new(),
        owner_password: Some(Password::new("seven green umbrellas")),
        language: Language::En,
        currency: String::new(),
        time_zone: String::new(),
        tier: "PROFESSIONAL".into(),
    };
    identity::server::create_tenant(&hub.system(None), wanted).await.expect("makes it").tenant
}

fn wish(scopes: &[&str]) -> CreateApiKey {
    CreateApiKey { name: "CI".into(), scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), expires_at: None }
}

async fn refused(hub: &Hub, secret: &str) -> bool {
    server::caller_from_key(hub.nobody(), secret).await.is_err()
}

async fn actions(cx: &Cx) -> Vec<(String, bool)> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await.expect("opens");
    sqlx::query_as("SELECT action, refused FROM hub.audit_entries ORDER BY seq LIMIT 100").fetch_all(&mut *tx).await.expect("reads")
}

#[tokio::test]
async fn a_key_acts_for_its_organisation_within_its_scopes_until_revoked() {
    let hub = Hub::start().await;
    let ours = tenant(&hub, "nusantara").await;
    let owner = hub.cx(ours, Role::Owner);
    let made = server::create_api_key(&owner, wish(&["services:read", "usage:write"])).await.expect("makes");
    assert!(made.secret.starts_with(&made.key.prefix) && made.secret.len() == 52);

    let caller = server::caller_from_key(hub.nobody(), &made.secret).await.expect("comes in");
    assert_eq!(caller.per_minute, 600);
    assert_eq!(caller.cx.tenant(), Ok(ours));
    assert_eq!(caller.cx.permissions().names(), ["member", "services:read", "usage:write"]);
    assert_eq!(caller.cx.actor().kind(), "key");
    assert!(matches!(server::create_api_key(&caller.cx, wish(&["services:read"])).await, Err(KeyError::Denied(_))));

    let listed = server::api_keys(&owner).await.expect("lists");
    assert_eq!((listed.len(), listed[0].last_used_address.as_deref()), (1, Some("192.0.2.1")));
    server::revoke_api_key(&owner, made.key.id).await.expect("revokes");
    assert!(refused(&hub, &made.secret).await);
    assert!(matches!(server::revoke_api_key(&owner, made.key.id).await, Err(KeyError::NotFound)));
    let expected = [("identity.organisation.created", false), ("integrations.key.created", false), ("access.refused", true), ("integrations.key.revoked", false), ("integrations.key.revoked", true)];
    assert_eq!(actions(&owner).await, expected.map(|(action, refused)| (action.to_owned(), refused)));
}

#[tokio::test]
async fn keys_end_at_their_time_and_nobody_comes_in_with_a_guess() {
    let hub = Hub::start().await;
    let owner = hub.cx(tenant(&hub, "nusantara").await, Role::Owner);
    let wanted = CreateApiKey { expires_at: Some("2026-02-01T00:00:00Z".parse().expect("a time")), ..wish(&["services:read"]) };
    let made = server::create_api_key(&owner, wanted).await.expect("makes");
    hub.at("2026-01-31T23:59:59Z");
    assert!(!refused(&hub, &made.secret).await);
    hub.at("2026-02-01T00:00:00Z");
    for secret in [made.secret.as_str(), "", "hub_live_", &format!("hub_live_{}", "a".repeat(43)), &made.key.prefix] {
        assert!(refused(&hub, secret).await, "{secret}");
    }
}

#[tokio::test]
async fn no_key_reaches_further_than_its_maker() {
    let hub = Hub::start().await;
    let ours = tenant(&hub, "nusantara").await;
    let admin = hub.cx(ours, Role::Admin);
    assert!(matches!(server::create_api_key(&admin, wish(&["owner"])).await, Err(KeyError::Invalid(fields)) if fields[0].code == "beyond"));
    assert!(matches!(server::create_api_key(&admin, wish(&["provider:admin"])).await, Err(KeyError::Invalid(_))));
    assert!(matches!(server::create_api_key(&hub.cx(ours, Role::Technical), wish(&["services:read"])).await, Err(KeyError::Denied(_))));
    assert!(matches!(server::api_keys(&hub.cx(ours, Role::Technical)).await, Err(KeyError::Denied(_))));
    let operator = hub.system(None).for_tenant(ours, Need::PROVIDER_ADMIN).expect("may");
    let made = server::create_api_key(&operator, wish(&["services:write"])).await.expect("makes");
    assert_eq!(server::caller_from_key(hub.nobody(), &made.secret).await.expect("comes in").cx.tenant(), Ok(ours));
}

#[tokio::test]
async fn another_organisation_neither_sees_nor_revokes_a_key_and_nobody_reads_its_hash() {
    let hub = Hub::start().await;
    let owner = hub.cx(tenant(&hub, "nusantara").await, Role::Owner);
    let stranger = hub.cx(tenant(&hub, "other").await, Role::Owner);
    let made = server::create_api_key(&owner, wish(&["services:read"])).await.expect("makes");
    assert!(server::api_keys(&stranger).await.expect("lists").is_empty());
    assert!(matches!(server::revoke_api_key(&stranger, made.key.id).await, Err(KeyError::NotFound)));
    let mut tx = owner.tenant_tx(Need::MEMBER).await.expect("opens");
    let error = sqlx::query("SELECT secret_hash FROM integrations.api_keys").execute(&mut *tx).await.expect_err("is not granted");
    assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"));
}

#[tokio::test]
async fn a_key_has_its_name_for_readers_of_the_trail_also_when_it_is_revoked() {
    let hub = Hub::start().await;
    let (ours, theirs) = (tenant(&hub, "nusantara").await, tenant(&hub, "globex").await);
    let owner = hub.cx(ours, Role::Owner);
    let key = server::create_api_key(&owner, wish(&["services:read"])).await.expect("makes").key.id;
    server::revoke_api_key(&owner, key).await.expect("revokes");
    let named = [(key, "CI".to_owned())].into();
    assert_eq!(server::key_names(&owner, &[key]).await.expect("reads"), named);
    assert_eq!(server::key_names_for_staff(&hub.staff(Role::Auditor), &[key]).await.expect("reads"), named);
    assert!(server::key_names(&hub.cx(theirs, Role::Owner), &[key]).await.expect("reads").is_empty());
    assert!(server::key_names(&hub.cx(ours, Role::Member), &[key]).await.is_err(), "members do not read the trail");
}
