//! The verbs in which the tests tell their stories.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use identity::CreateTenant;
use integrations::CreateApiKey;
use kernel::{InstanceId, InvoiceId, Language, OperationId, PlanId, Role, TenantId};
use platform::testing::Hub;
use serde_json::{Value, json};
use tower::ServiceExt;

pub struct Story {
    pub hub: Hub,
    pub router: Router,
}

/// An organisation with a key that may do everything a key can.
pub struct Tenant {
    pub id: TenantId,
    pub key: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("JSON, not {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("visible ASCII"))
    }

    /// Status and code of a problem.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// One request on its way.
#[derive(Clone)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Ask {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub fn by(self, key: &str) -> Self {
        self.with("authorization", format!("Bearer {key}"))
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    pub fn raw(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut asked = self.with("content-type", kind);
        asked.body = body.into();
        asked
    }
}

impl Story {
    pub async fn begin() -> Self {
        let hub = Hub::start().await;
        catalog::server::seed_catalog(&hub.system(None)).await.expect("the catalog is seeded");
        let router = api::router(hub.platform.clone());
        Self { hub, router }
    }

    pub async fn tenant(&self, slug: &str) -> Tenant {
        let id = self.organisation(slug, "ENTERPRISE").await;
        let every = Role::Admin.permissions().names();
        Tenant { id, key: self.key(id, &every).await }
    }

    pub async fn organisation(&self, slug: &str, tier: &str) -> TenantId {
        let command = CreateTenant {
            slug: slug.into(),
            name: slug.into(),
            owner_email: format!("{slug}@owners.test"),
            owner_name: String::new(),
            owner_password: None,
            language: Language::En,
            currency: "USD".into(),
            time_zone: String::new(),
            tier: tier.into(),
        };
        identity::server::create_tenant(&self.hub.system(None), command).await.expect("a tenant").tenant
    }

    pub async fn key(&self, tenant: TenantId, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).filter(|scope| scope != "member").collect();
        let wish = CreateApiKey { name: "test".into(), scopes, expires_at: None };
        integrations::server::create_api_key(&self.hub.cx(tenant, Role::Owner), wish).await.expect("a key").secret
    }

    pub async fn ask(&self, ask: Ask) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(ask.body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, tenant: &Tenant, path: &str) -> Answer {
        self.ask(Ask::get(path).by(&tenant.key)).await
    }

    pub async fn plan(&self, offering: &str, code: &str) -> PlanId {
        let offering = catalog::server::public_offering(&self.hub.nobody(), offering).await.expect("readable").expect("seeded");
        offering.plans.iter().find(|card| card.plan.terms.code == code).expect("the plan is seeded").plan.id
    }

    pub async fn order_body(&self, name: &str) -> Value {
        let plan = self.plan("managed-postgresql", "standard").await;
        json!({ "plan": plan, "name": name, "configuration": { "database_name": "shop" } })
    }

    /// An instance that was ordered, with its operation.
    pub async fn ordered(&self, tenant: &Tenant, name: &str) -> (InstanceId, OperationId) {
        let body = self.order_body(name).await;
        let answer = self.ask(Ask::post("/api/v1/instances").by(&tenant.key).json(&body)).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        let body = answer.json();
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        (text(&body["instance"]["id"]).parse().expect("an id"), text(&body["operation"]).parse().expect("an id"))
    }

    /// An instance that was ordered and is charged for, with its first invoice.
    pub async fn billed(&self, tenant: &Tenant, name: &str) -> (InstanceId, InvoiceId) {
        let (instance, _) = self.ordered(tenant, name).await;
        let cx = self.hub.system(Some(tenant.id));
        billing::server::open_for_organisation(&cx).await.expect("the account opens");
        let plan = self.order_body(name).await["plan"].as_str().expect("an id").parse().expect("an id");
        billing::server::start_instance_subscription(&cx, instance, plan, cx.now()).await.expect("it is charged for");
        let owner = self.hub.cx(tenant.id, Role::Owner);
        let page = billing::server::list_invoices(&owner, billing::server::Wanted::All, None, kernel::PageSize::default()).await.expect("lists");
        (instance, page.rows.first().expect("the first fee is invoiced").id)
    }
}
