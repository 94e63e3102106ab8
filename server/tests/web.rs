//! The web server from outside: health, the guard against foreign pages, and every server function asked by nobody.

use axum::{Router, body::Body, http::{Request, StatusCode, header}};
use kit::PageError;
use leptos::server_fn::error::FromServerFnError;
use platform::testing::Hub;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Server functions that answer those who are not signed in. Shrinks only.
const OPEN_TO_ALL: &[&str] = &[
    "/pages_home/gallery/calls/sample_chart",
    "/pages_home/mailbox/calls/mails",
    "/pages_home/pricing/calls/",
    "/pages_identity/session/sign_out",
    "/pages_identity/provider/calls/sign_out_staff",
];

async fn router(hub: &Hub) -> Router {
    let site = std::env::temp_dir().join(format!("hub-site-{}", std::process::id()));
    std::fs::create_dir_all(site.join("pkg")).expect("the temporary folder can be written");
    server::web::router_with_site(hub.platform.clone(), &site).expect("the routes fit together")
}

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let answer = router.clone().oneshot(request).await.expect("the router always answers");
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 4 << 20).await.expect("the body ends");
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

async fn signs_up(hub: &Hub) -> identity::view::SignedIn {
    signs_up_as(hub, "Nusantara").await
}

async fn signs_up_as(hub: &Hub, organisation: &str) -> identity::view::SignedIn {
    let form = identity::SignUp {
        organisation_name: organisation.into(),
        name: "Sari".into(),
        email: format!("sari@{}.test", organisation.to_lowercase()),
        password: identity::Password::new("seven green umbrellas"),
        language: kernel::Language::En,
        time_zone: String::new(),
        currency: String::new(),
        user_agent: String::new(),
    };
    identity::server::sign_up(&hub.nobody(), form).await.expect("signs up")
}

#[tokio::test]
async fn lives_before_it_is_ready() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    assert_eq!(ask(&router, get("/healthz")).await.0, StatusCode::OK);
    let (status, body) = ask(&router, get("/readyz")).await;
    // The database is there and migrated, and no process plays the roles in this test.
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("\"database\":true") && body.contains("\"migrations\":true"), "{body}");
}

#[tokio::test]
async fn refuses_what_another_site_may_have_caused() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let forms = ["/sign-out", "/provider/sign-out", "/switch-organisation", "/", "/services"].map(str::to_owned);
    for path in functions().into_iter().map(|(path, _)| path).chain(forms) {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            // By either header alone, and with neither where cookies come along.
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null"), ("accept", "*/*")] {
                let foreign = Request::builder()
                    .method(method)
                    .uri(&path)
                    .header(name, value)
                    .header(header::HOST, "hub.test")
                    .header(header::COOKIE, "hub_session=x")
                    .body(Body::empty())
                    .expect("a request");
                assert_eq!(ask(&router, foreign).await.0, StatusCode::FORBIDDEN, "{method} {path} with {name}: {value}");
            }
        }
        let socket = Request::get(&path)
            .header(header::ORIGIN, "https://evil.example")
            .header(header::UPGRADE, "websocket")
            .header(header::CONNECTION, "upgrade")
            .body(Body::empty())
            .expect("a request");
        assert_eq!(ask(&router, socket).await.0, StatusCode::FORBIDDEN, "a socket at {path}");
    }
}

#[tokio::test]
async fn pages_travel_compressed() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let (_, plain) = ask(&router, get("/pricing")).await;
    for encoding in ["br", "gzip"] {
        let request = Request::get("/pricing").header(header::ACCEPT_ENCODING, encoding).body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(request).await.expect("the router always answers");
        assert_eq!(answer.headers().get(header::CONTENT_ENCODING).expect("it says how"), encoding);
        let body = axum::body::to_bytes(answer.into_body(), 4 << 20).await.expect("the body ends");
        assert!(body.len() * 3 < plain.len(), "{} bytes of {} by {encoding}", body.len(), plain.len());
    }
}

#[tokio::test]
async fn looking_at_a_page_changes_nothing() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let session = signs_up(&hub).await;
    let link = platform::mail::mailbox(&hub.nobody()).await.expect("readable")[0].text.lines().find_map(|line| line.strip_prefix("http://hub.test")).expect("a link").to_owned();
    let before = everything(&hub).await;
    let pages = ["/", "/pricing", "/sign-in", "/onboarding", "/onboarding?step=colleague", "/catalog", "/services", "/monitoring", "/billing", "/team", "/settings", "/settings/security", "/services.csv", "/activity.csv"];
    for page in pages.into_iter().chain([link.as_str()]) {
        let request = Request::get(page).header(header::COOKIE, format!("hub_session={}", session.token)).header(header::HOST, "hub.test").body(Body::empty()).expect("a request");
        let (status, _) = ask(&router, request).await;
        assert!(status.is_success() || status.is_redirection(), "{page}: {status}");
        let after = everything(&hub).await;
        assert_eq!(after, before, "looking at {page} changed something");
    }
}

/// A page as a browser asks for it, with those cookies.
fn page(path: &str, cookies: &str) -> Request<Body> {
    Request::get(path)
        .header(header::HOST, "hub.test")
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::COOKIE, format!("hub_lang=en; {cookies}"))
        .body(Body::empty())
        .expect("a request")
}

async fn staff_sign_in(hub: &Hub) -> identity::view::SignedIn {
    let password = || identity::Password::new("seven green umbrellas");
    let operator = identity::CreateOperator {
        email: "rina@provider.test".into(),
        name: "Rina".into(),
        role: "operator".into(),
        password: Some(password()),
        language: kernel::Language::En,
    };
    identity::server::ensure_provider(&hub.system(None), "Service Hub").await.expect("makes the provider");
    identity::server::create_operator(&hub.system(None), operator).await.expect("is made");
    let form = identity::SignIn { realm: identity::session::Realm::Staff, email: "rina@provider.test".into(), password: password(), user_agent: String::new() };
    identity::server::sign_in(&hub.nobody(), form).await.expect("signs in")
}

#[tokio::test]
async fn who_is_signed_in_is_no_stranger_on_the_pages_for_everyone() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let (sari, rina) = (signs_up(&hub).await, staff_sign_in(&hub).await);
    let (person, staff) = (format!("hub_session={}", sari.token), format!("hub_staff={}", rina.token));
    let both = format!("{person}; {staff}");
    const SERVICES: &str = "href=\"/services\"";
    const PROVIDER: &str = "href=\"/provider\"";
    const STRANGER: &str = "href=\"/sign-in\"";
    for path in ["/", "/pricing", "/sign-up", "/forgot-password", "/nowhere"] {
        for (cookies, shown) in [("", STRANGER), ("hub_session=x; hub_staff=x", STRANGER), (&person, SERVICES), (&staff, PROVIDER), (&both, SERVICES)] {
            let answer = router.clone().oneshot(page(path, cookies)).await.expect("the router always answers");
            // What somebody saw signed in is not kept, so that going back after signing out asks again.
            let kept = if cookies.is_empty() { "private, no-cache" } else { "private, no-store" };
            assert_eq!(answer.headers()[header::CACHE_CONTROL], kept, "{path}");
            let vary: Vec<_> = answer.headers().get_all(header::VARY).iter().filter_map(|value| value.to_str().ok()).collect();
            assert!(vary.join(",").contains("cookie"), "{path}: {vary:?}");
            let body = axum::body::to_bytes(answer.into_body(), 4 << 20).await.expect("the body ends");
            let body = String::from_utf8_lossy(&body);
            let bar = body.split("<header class=\"public-bar\">").nth(1).and_then(|rest| rest.split("</header>").next()).expect("there is a bar");
            for link in [STRANGER, SERVICES, PROVIDER] {
                assert_eq!(bar.contains(link), link == shown, "{path} with {cookies}: {link} in {bar}");
            }
        }
    }
    // The page of sign-up says who, and how to go out; to nobody else, staff included.
    for (cookies, known) in [("", false), (&person, true), (&staff, false)] {
        let (status, body) = ask(&router, page("/sign-up", cookies)).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body.contains("sari@nusantara.test"), known, "{cookies}");
        assert_eq!(body.contains("action=\"/sign-out\""), known, "{cookies}");
    }
    // A tier is chosen among the steps of those who have signed up.
    catalog::server::seed_catalog(&hub.system(None)).await.expect("the catalog ships");
    let (_, body) = ask(&router, page("/pricing?interval=annual", &person)).await;
    assert!(body.contains("/onboarding?step=tier&amp;tier=PROFESSIONAL&amp;interval=annual") && !body.contains("/sign-up?tier="));
}

#[tokio::test]
async fn what_the_provider_says_of_itself_is_its_operators_to_change_with_scripting_off_too() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let rina = staff_sign_in(&hub).await;
    let staff = format!("hub_staff={}", rina.token);
    let (status, body) = ask(&router, page("/provider/settings", &staff)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    for shown in ["name=\"form[legal_name]\"", "name=\"form[tax_id]\"", "rina@provider.test"] {
        assert!(body.contains(shown), "{shown}: {body}");
    }
    for others in ["name=\"form[slug]\"", "name=\"form[currency]\"", "change_staff_role", "close_staff_account"] {
        assert!(!body.contains(others), "{others}, of which there is none: {body}");
    }

    let saves = |cookie: String, name: &str| {
        let form = format!("form[name]=Service+Hub&form[legal_name]={name}&form[street]=Jl.+Baru+1&form[tax_id]=0123&form[language]=en&form[time_zone]=UTC");
        let mut request = sent("/call/pages_identity/provider/calls/update_provider", "text/html", form);
        request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a header"));
        request
    };
    let answer = router.clone().oneshot(saves(staff.clone(), "PT+Pusat")).await.expect("the router always answers");
    assert_eq!(answer.headers()[header::LOCATION], "/provider/settings?done=provider");
    let name = async || identity::server::provider(&hub.system(None)).await.expect("is there").invoice_name().to_owned();
    assert_eq!(name().await, "PT Pusat");

    // Others of the staff see it, and change nothing of it.
    let auditor = identity::CreateOperator {
        email: "agus@provider.test".into(),
        name: "Agus".into(),
        role: "auditor".into(),
        password: Some(identity::Password::new("seven green umbrellas")),
        language: kernel::Language::En,
    };
    identity::server::create_operator(&hub.system(None), auditor).await.expect("is made");
    let form = identity::SignIn { realm: identity::session::Realm::Staff, email: "agus@provider.test".into(), password: identity::Password::new("seven green umbrellas"), user_agent: String::new() };
    let agus = format!("hub_staff={}", identity::server::sign_in(&hub.nobody(), form).await.expect("signs in").token);
    let (status, body) = ask(&router, page("/provider/settings", &agus)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body.contains("PT Pusat") && body.contains("rina@provider.test"), "{body}");
    for form in ["name=\"form[legal_name]\"", "change_staff_role", "close_staff_account"] {
        assert!(!body.contains(form), "{form}: {body}");
    }
    let (_, body) = ask(&router, page("/provider/settings", &staff)).await;
    assert!(body.contains("change_staff_role") && body.contains("close_staff_account"), "the auditor's account is the operator's to change: {body}");
    let people = format!("hub_session={}", signs_up(&hub).await.token);
    for cookie in [agus, people] {
        let answer = router.clone().oneshot(saves(cookie, "Mine")).await.expect("the router always answers");
        assert!(answer.headers().get(header::LOCATION).is_none_or(|there| !there.to_str().is_ok_and(|there| there.contains("done="))));
    }
    assert_eq!(name().await, "PT Pusat");
}

#[tokio::test]
async fn who_must_sign_in_comes_back_to_path_and_query() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let session = signs_up(&hub).await;
    let leads_to = async |path: &str, cookies: &str| {
        let answer = router.clone().oneshot(page(path, cookies)).await.expect("the router always answers");
        assert!(answer.status().is_redirection(), "{path}: {}", answer.status());
        answer.headers()[header::LOCATION].to_str().expect("an address").to_owned()
    };
    assert_eq!(leads_to("/team", "").await, "/sign-in?next=/team");
    assert_eq!(leads_to("/services?q=a%26b&state=running", "").await, "/sign-in?next=/services%3Fq%3Da%2526b%26state%3Drunning");
    assert_eq!(leads_to("/provider/tenants?q=k%C3%A4se", "").await, "/provider/sign-in?next=/provider/tenants%3Fq%3Dk%25C3%25A4se");

    let form = |next: &str| sent("/call/pages_identity/door/calls/sign_in", "text/html", format!("form[email]=sari@nusantara.test&form[password]=seven+green+umbrellas&form[next]={next}"));
    let cookie = format!("hub_session={}", session.token);
    for (next, there) in [
        ("/services%3Fq%3Da%2526b%26state%3Drunning", "/services?q=a%26b&state=running"),
        ("//evil.test/%3Fq%3D1", ""),
        ("/%5Cevil.test", ""),
        ("https://evil.test/", ""),
        ("/%0A/evil.test", ""),
        ("/team%0D%0ASet-Cookie:%20x%3D1", ""),
    ] {
        let answer = router.clone().oneshot(form(next)).await.expect("the router always answers");
        assert_eq!(answer.headers()[header::LOCATION], if there.is_empty() { "/onboarding" } else { there }, "{next}");
        // The page of sign-in hands it on as it stands.
        let (_, body) = ask(&router, page(&format!("/sign-in?next={next}"), "")).await;
        let handed = format!("name=\"form[next]\" value=\"{}\"", there.replace('&', "&amp;"));
        assert!(there.is_empty() || body.contains(&handed), "{next}: {body}");
        // Whoever is in already is led there at once.
        assert_eq!(leads_to(&format!("/sign-in?next={next}"), &cookie).await, if there.is_empty() { "/services" } else { there }, "{next}");
    }
}

/// Each table with a number that any written row changes.
async fn everything(hub: &Hub) -> Vec<(String, i64)> {
    use sqlx::Connection;
    let mut owner = sqlx::PgConnection::connect(&hub.owner_url).await.expect("the test's database answers");
    let tables: Vec<String> = sqlx::query_scalar("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('hub', 'identity', 'onboarding', 'billing', 'provisioning', 'monitoring', 'catalog', 'integrations') ORDER BY 1")
        .fetch_all(&mut owner)
        .await
        .expect("the catalogue is open");
    let mut all = Vec::new();
    for table in tables {
        sqlx::query(sqlx::AssertSqlSafe(format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))).execute(&mut owner).await.expect("the owner may");
        // The transaction that wrote a row last; attempts at links are counted, which is no change of anybody's.
        let sql = format!("SELECT coalesce(sum(xmin::text::bigint), 0)::bigint FROM {table}");
        if table != "identity.attempts" {
            all.push((table, sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut owner).await.expect("reads")));
        }
    }
    all
}

#[tokio::test]
async fn the_billing_page_lists_refused_usage_with_its_reason_in_both_languages() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    catalog::server::seed_catalog(&hub.system(None)).await.expect("the catalog ships");
    let session = signs_up(&hub).await;
    let system = hub.system(session.tenant);
    billing::server::open_for_organisation(&system).await.expect("the account opens");
    let page = async |language: &str| {
        let cookies = format!("hub_session={}; {}={language}", session.token, kit::preferences::LANGUAGE_COOKIE);
        let request = Request::get("/billing").header(header::COOKIE, cookies).header(header::HOST, "hub.test").body(Body::empty()).expect("a request");
        let (status, body) = ask(&router, request).await;
        assert_eq!(status, StatusCode::OK);
        body
    };
    assert!(page("en").await.contains("Nothing was refused") && page("id").await.contains("Tidak ada yang ditolak"));

    let instance = kernel::InstanceId::from_uuid(system.new_uuid());
    let offering = catalog::server::public_offering(&hub.nobody(), "uptime-monitoring").await.expect("reads").expect("it ships");
    billing::server::start_instance_subscription(&system, instance, offering.plans[0].plan.id, system.now()).await.expect("starts");
    let event = |id: &str, meter: &str, at: &str| billing::server::UsageEvent {
        source: format!("{}/shop", billing::view::REPORTED),
        id: id.into(),
        instance,
        meter: meter.into(),
        value: id.parse().expect("a decimal"),
        unique: None,
        at: at.parse().expect("a time"),
    };
    let events = [event("1001", "requests", "2026-01-15T09:00:00Z"), event("1002", "checks_run", "2026-01-02T09:00:00Z")];
    billing::server::record_usage(&system, &events).await.expect("records");
    let (english, indonesian) = (page("en").await, page("id").await);
    for words in ["The plan has no such meter", "Nothing was subscribed to at that time", "/shop", "1001", "1002", "2\u{a0}Jan\u{a0}2026"] {
        assert!(english.contains(words), "{words}");
    }
    assert!(!english.contains("api:/shop") && !english.contains("Nothing was refused"));
    for words in ["Paket tidak memiliki ukuran itu", "Tidak ada langganan pada waktu itu"] {
        assert!(indonesian.contains(words), "{words}");
    }
}

#[tokio::test]
async fn lists_travel_as_files_to_those_who_may_see_them() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let (ours, theirs) = (signs_up_as(&hub, "Nusantara").await, signs_up_as(&hub, "Other").await);
    billing::server::open_for_organisation(&hub.system(ours.tenant)).await.expect("the account opens");
    let asked = |path: &str, session: Option<&identity::view::SignedIn>| {
        let request = Request::get(path).header(header::HOST, "hub.test");
        let request = match session {
            Some(session) => request.header(header::COOKIE, format!("hub_session={}", session.token)),
            None => request,
        };
        request.body(Body::empty()).expect("a request")
    };
    for (path, page, _) in app::EXPORTS {
        let answer = router.clone().oneshot(asked(path, Some(&ours))).await.expect("the router always answers");
        if path.starts_with("/provider/") {
            assert!(answer.status().is_redirection(), "{path} for a tenant: {}", answer.status());
            assert_eq!(answer.headers()[header::LOCATION], page);
        } else {
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            assert!(answer.headers()[header::CONTENT_TYPE].to_str().is_ok_and(|kind| kind.starts_with("text/csv")), "{path}");
            assert!(answer.headers()[header::CONTENT_DISPOSITION].to_str().is_ok_and(|name| name.ends_with("-2026-01-15.csv\"")), "{path}");
        }
        let answer = router.clone().oneshot(asked(&format!("{path}?q=x"), None)).await.expect("the router always answers");
        assert_eq!(answer.headers()[header::LOCATION], format!("{page}?q=x"), "nobody is told where to sign in by the page");
    }
    let (_, mine) = ask(&router, asked("/activity.csv", Some(&ours))).await;
    let (_, other) = ask(&router, asked("/activity.csv", Some(&theirs))).await;
    let tenant = ours.tenant.expect("has one").to_string();
    assert!(mine.contains("identity.organisation.created") && mine.contains(&tenant), "{mine}");
    assert!(other.contains("identity.organisation.created") && !other.contains(&tenant), "{other}");
    let (_, found) = ask(&router, asked("/activity.csv?action=billing.", Some(&ours))).await;
    assert!(found.contains("billing.account.opened") && !found.contains("identity.organisation.created"), "{found}");
}

#[tokio::test]
async fn no_server_function_changes_state_by_get() {
    let by_get: Vec<_> = functions().into_iter().filter(|(path, method)| method == "GET" && !path.contains("live")).collect();
    assert_eq!(by_get, []);
}

#[tokio::test]
async fn nobody_gets_an_answer_from_a_server_function() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let open: BTreeSet<&str> = OPEN_TO_ALL.iter().copied().collect();
    let mut answered = Vec::new();
    for (path, method) in functions() {
        if method != "POST" || open.iter().any(|name| path.contains(name)) {
            continue;
        }
        let request = Request::post(&path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Body::empty())
            .expect("a request");
        let (status, body) = ask(&router, request).await;
        if status.is_success() || status == StatusCode::NOT_FOUND {
            answered.push(format!("{path}: {status} {}", body.chars().take(100).collect::<String>()));
        }
    }
    assert_eq!(answered, Vec::<String>::new(), "server functions that answered nobody");
}

fn functions() -> Vec<(String, String)> {
    leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (path.to_owned(), method.to_string())).collect()
}

#[tokio::test]
async fn the_forms_of_the_shell_are_answered_by_their_functions() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    for (address, _) in app::FORMS {
        let form = Request::post(address)
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("organisation=org_nobody"))
            .expect("a request");
        let (status, body) = ask(&router, form).await;
        assert!(status.is_redirection() || status == StatusCode::UNAUTHORIZED, "{address}: {status} {body}");
    }
}

/// A call as a page with scripting sends it (`application/json`), or a form that the browser itself sends (`text/html`).
fn sent(path: &str, accept: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, "http://hub.test/team")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into())
        .expect("a request")
}

/// What is sent to which server function, and what that is answered with.
fn wrong_input() -> Vec<(&'static str, Vec<u8>, StatusCode)> {
    const SIGN_IN: &str = "/call/pages_identity/door/calls/sign_in";
    const CHANGE_TIER: &str = "/call/pages_billing/calls/change_tier";
    let long = "x".repeat(300_000);
    vec![
        (SIGN_IN, long.clone().into_bytes(), StatusCode::UNPROCESSABLE_ENTITY),
        (SIGN_IN, format!("form[email]={long}&form[password]=x").into_bytes(), StatusCode::UNPROCESSABLE_ENTITY),
        (SIGN_IN, format!("form[email]=a@b.test&form[password]={long}").into_bytes(), StatusCode::CONFLICT),
        (SIGN_IN, format!("form={long}").into_bytes(), StatusCode::UNPROCESSABLE_ENTITY),
        (SIGN_IN, vec![b'x'; server::web::BODY_LIMIT + 1], StatusCode::PAYLOAD_TOO_LARGE),
        (CHANGE_TIER, b"form[id]=1".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        (CHANGE_TIER, vec![0xff, 0xfe], StatusCode::UNPROCESSABLE_ENTITY),
        ("/call/pages_home/pricing/calls/price_of", b"{".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        ("/call/app_kit/preferences/set_language", b"language=xx&back=/".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        ("/call/pages_identity/team/calls/revoke_invitation", b"invitation=xxx".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_identity/team/calls/change_role", b"person=xxx&role=owner".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_identity/team/calls/remove_member", b"person=xxx".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_identity/api_keys/calls/revoke_key", b"key=xxx".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_identity/security/calls/end_session", b"session=xxx".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_identity/session/switch_organisation", b"organisation=xxx".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_identity/settings/calls/update_me", b"me[name]=x&me[language]=xx".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        ("/call/pages_onboarding/calls/leave_out", b"step=xxx".to_vec(), StatusCode::NOT_FOUND),
        ("/call/pages_onboarding/calls/take_up", b"step=xxx".to_vec(), StatusCode::NOT_FOUND),
    ]
}

#[tokio::test]
async fn what_a_caller_does_wrong_is_no_trouble_of_ours() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    for (path, body, expected) in wrong_input() {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        let (status, body) = ask(&router, sent(path, "application/json", body)).await;
        assert_eq!(status, expected, "{path} with {shown}: {body}");
        assert!(!body.contains("trouble") && body.len() < 3000, "{path} with {shown}: {body}");
    }
}

#[tokio::test]
async fn what_a_page_sends_that_was_drawn_for_another_organisation_is_refused_and_nothing_happens() {
    const INVITE: &str = "/call/pages_identity/team/calls/invite_member";
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let (ours, other) = (signs_up_as(&hub, "Nusantara").await, signs_up_as(&hub, "Other").await);
    let [ours_id, other_id] = [&ours, &other].map(|session| session.tenant.expect("has one").to_string());
    let invites = |accept: &str, field: Option<&str>, call: Option<&str>| {
        let field = field.map(|id| format!("&{}={id}", kit::organisation::FIELD)).unwrap_or_default();
        let body = format!("form[email]=budi@nusantara.test&form[role]=technical{field}");
        let mut request = sent(INVITE, accept, body.clone());
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_LENGTH, body.len().into());
        headers.insert(header::COOKIE, format!("hub_session={}", ours.token).parse().expect("a header"));
        if let Some(id) = call {
            headers.insert(kit::organisation::HEADER, id.parse().expect("a header"));
        }
        request
    };
    let invited = async || {
        let cx = identity::server::caller_from_session(hub.nobody(), &ours.token).await.expect("is signed in").0;
        identity::server::team(&cx).await.expect("reads").invitations.len()
    };
    for (field, call) in [(Some(&*other_id), None), (None, Some(&*other_id)), (Some(&*ours_id), Some(&*other_id))] {
        let (status, body) = ask(&router, invites("application/json", field, call)).await;
        assert!(status == StatusCode::CONFLICT && body.contains(kit::organisation::OTHER), "{status} {body}");
        let (status, body) = ask(&router, invites("text/html", field, call)).await;
        assert!(status == StatusCode::CONFLICT && body.contains("<a href=\"/team\">Load the page again</a>"), "{status} {body}");
    }
    assert_eq!(invited().await, 0);
    // For its own organisation the function takes the field for nothing of its input.
    let (status, body) = ask(&router, invites("application/json", Some(&ours_id), Some(&ours_id))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(invited().await, 1);
    // The pages of the organisation carry it, and the way elsewhere does not.
    let (_, page) = ask(&router, page("/team", &format!("hub_session={}", ours.token))).await;
    assert!(page.contains(&format!("data-organisation=\"{ours_id}\"")), "the frame says it");
    assert!(page.contains(&format!("name=\"{}\" value=\"{ours_id}\"", kit::organisation::FIELD)), "the forms say it");
}

#[tokio::test]
async fn nul_characters_are_refused_at_the_door_of_pages() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    let form = b"form[email]=a%00@b.test&form[password]=x".to_vec();
    let mut posted = sent("/call/pages_identity/door/calls/sign_in", "application/json", form.clone());
    posted.headers_mut().insert(header::CONTENT_LENGTH, form.len().into());
    let (status, body) = ask(&router, posted).await;
    let said = PageError::Refused { code: kit::error::NUL.to_owned(), message: "Texts hold no NUL characters.".to_owned() };
    assert_eq!((status, PageError::de(body.into())), (StatusCode::BAD_REQUEST, said), "a form of a page with scripting can say it");
    let mut plain = sent("/call/pages_identity/door/calls/sign_in", "text/html", form.clone());
    plain.headers_mut().insert(header::CONTENT_LENGTH, form.len().into());
    for request in [plain, get("/pricing?currency=%00"), get("/catalog/%00"), page("/catalog/a%00b", "hub_session=x")] {
        let (status, body) = ask(&router, request).await;
        assert_eq!((status, body.as_str()), (StatusCode::BAD_REQUEST, "Texts hold no NUL characters."));
    }
}

#[tokio::test]
async fn wrong_input_of_a_form_without_scripting_leads_back_to_its_page() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    for (path, body, _) in wrong_input() {
        let answer = router.clone().oneshot(sent(path, "text/html", body)).await.expect("the router always answers");
        assert_eq!(answer.status(), StatusCode::FOUND, "{path}");
        let back = answer.headers()[header::LOCATION].to_str().expect("an address");
        assert!(back.starts_with("http://hub.test/team?__path=") && back.contains("__err="), "{path}: {back}");
    }
}

/// Where a form without scripting leads, with what the browser keeps of its answer.
async fn refused_form(router: &Router, referer: &str) -> (String, String) {
    let mut form = sent("/call/pages_identity/door/calls/sign_in", "text/html", "form[email]=typed@evil.test&form[password]=x");
    form.headers_mut().insert(header::REFERER, referer.parse().expect("a header"));
    let answer = router.clone().oneshot(form).await.expect("the router always answers");
    let way = answer.headers()[header::LOCATION].to_str().expect("an address").strip_prefix("http://hub.test").expect("ours").to_owned();
    let kept = answer.headers()[header::SET_COOKIE].to_str().expect("a cookie");
    let (cookie, rules) = kept.split_once("; ").expect("it has rules");
    assert!(cookie.starts_with("hub_answer=") && rules == "Path=/; Max-Age=600; HttpOnly; SameSite=Strict", "{kept}");
    (way, cookie.to_owned())
}

#[tokio::test]
async fn an_answer_is_shown_to_the_browser_that_sent_the_form_and_to_nobody_else() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    const TYPED: &str = "typed@evil.test";
    let (way, cookie) = refused_form(&router, "http://hub.test/sign-in?next=/team").await;
    assert!(way.starts_with("/sign-in?next=/team&__path=") || way.starts_with("/sign-in?next=%2Fteam&__path="), "{way}");
    let (status, body) = ask(&router, page(&way, &cookie)).await;
    assert!(status == StatusCode::OK && body.contains(TYPED), "{status} {body}");

    let leads_to = async |way: &str, cookies: &str| {
        let answer = router.clone().oneshot(page(way, cookies)).await.expect("the router always answers");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{way} with {cookies}");
        answer.headers()[header::LOCATION].to_str().expect("an address").to_owned()
    };
    let plain = way.split("&__path=").next().expect("the page").to_owned();
    let (_, other) = refused_form(&router, "http://hub.test/sign-up").await;
    for cookies in ["", "hub_answer=x", &other] {
        assert_eq!(leads_to(&way, cookies).await, plain);
        let encoded = way.replace("__err=", "%5F_err=");
        assert_eq!(leads_to(&encoded, cookies).await, plain, "names may be encoded");
    }
    let answer = way.split_once("&__err=").expect("an answer").1;
    for more in [format!("{way}&__err={answer}"), format!("{way}&%5F_err=x"), format!("{way}&%5F_path=x")] {
        assert_eq!(leads_to(&more, &cookie).await, plain, "{more}");
    }
    assert_eq!(leads_to(&way.replace("/sign-in", "/sign-up"), &cookie).await, plain.replace("/sign-in", "/sign-up"), "another page");
    assert_eq!(leads_to("//evil.test/?__err=x", "").await, "/", "no way to elsewhere");
    let (status, body) = ask(&router, page(&plain, "")).await;
    assert!(status == StatusCode::OK && !body.contains(TYPED), "whose cookies are off finds the page");

    // A form that is refused again leads to its page with the new answer alone.
    let (again, cookie) = refused_form(&router, &format!("http://hub.test{way}")).await;
    assert_eq!((again.matches("__err=").count(), again.matches("__path=").count()), (1, 1), "{again}");
    assert_eq!(ask(&router, page(&again, &cookie)).await.0, StatusCode::OK);
    hub.at("2026-01-15T09:10:00Z");
    assert_eq!(leads_to(&again, &cookie).await, plain, "it is over");
}

#[tokio::test]
async fn unknown_calls_are_not_found() {
    let hub = Hub::start().await;
    let router = router(&hub).await;
    for request in [sent("/call/nothing/here", "application/json", ""), sent("/call/nothing/here", "text/html", ""), get("/call/nothing/here")] {
        let (status, body) = ask(&router, request).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, "There is nothing under this address."));
    }
    let answer = router.clone().oneshot(get("/call/pages_identity/door/calls/sign_in")).await.expect("the router always answers");
    assert_eq!((answer.status(), answer.headers()[header::ALLOW].as_bytes()), (StatusCode::METHOD_NOT_ALLOWED, "POST".as_bytes()));
}

#[tokio::test]
async fn nobody_opens_a_socket() {
    use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest};
    const LIVE: &str = "/call/app_kit/live/live";
    let hub = Hub::start().await;
    let router = router(&hub).await;
    assert_eq!(ask(&router, get(LIVE)).await.0, StatusCode::UNPROCESSABLE_ENTITY, "no socket is asked for");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router.into_make_service_with_connect_info::<std::net::SocketAddr>()).await });
    let mut request = format!("ws://{address}{LIVE}").into_client_request().expect("an address");
    request.headers_mut().insert("origin", format!("http://{address}").parse().expect("an origin"));
    let stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    match tokio_tungstenite::client_async(request, stream).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 401),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("somebody unknown listens"),
    }
}

#[tokio::test]
async fn what_does_not_come_to_an_end_is_given_up_and_says_that_it_asks_again() {
    let hub = Hub::start().await;
    let waits = || std::future::pending::<StatusCode>();
    let routes = Router::new().route("/services", axum::routing::get(waits)).route("/call/order", axum::routing::post(waits)).route("/api/v1/x", axum::routing::get(waits));
    let limit = std::time::Duration::from_millis(20);
    let router = server::web::broken::guarded(routes.layer(axum::middleware::from_fn_with_state(limit, server::web::broken::in_time)), hub.platform.clone());
    let page = Request::get("/services").header(header::ACCEPT, "text/html").body(Body::empty()).expect("a request");
    let (status, body) = ask(&router, page).await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && body.contains("<meta http-equiv=\"refresh\""), "{status} {body}");
    let call = Request::post("/call/order").header(header::ACCEPT, "application/json").body(Body::empty()).expect("a request");
    let (status, body) = ask(&router, call).await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && body.contains(r#""away":true"#), "{status} {body}");
    let (status, body) = ask(&router, get("/api/v1/x")).await;
    let problem: serde_json::Value = serde_json::from_str(&body).expect("a problem document");
    assert_eq!((status.as_u16(), &problem["status"]), (503, &503.into()));
}

async fn breaks() -> StatusCode {
    panic!("the secret is 42");
}

#[tokio::test]
async fn a_panic_is_answered_in_the_form_that_was_asked_for_and_says_nothing_of_itself() {
    let hub = Hub::start().await;
    let routes = Router::new().route("/services", axum::routing::get(breaks)).route("/call/order", axum::routing::post(breaks)).route("/api/v1/x", axum::routing::get(breaks));
    let router = server::web::broken::guarded(routes, hub.platform.clone());
    let traced = |request: Request<Body>| {
        let mut request = request;
        request.headers_mut().insert("traceparent", header::HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        request
    };
    let page = Request::get("/services").header(header::ACCEPT, "text/html,*/*").header(header::COOKIE, "hub_lang=id").body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(traced(page)).await.expect("answers");
    assert_eq!((answer.status(), answer.headers()[header::CONTENT_TYPE].as_bytes()), (StatusCode::INTERNAL_SERVER_ERROR, "text/html; charset=utf-8".as_bytes()));
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("the body ends");
    let page = String::from_utf8_lossy(&body);
    assert!(page.contains("<html lang=\"id\">") && page.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{page}");
    assert!(!page.contains("secret"), "{page}");

    let call = Request::post("/call/order").header(header::ACCEPT, "application/json").body(Body::empty()).expect("a request");
    let (status, body) = ask(&router, traced(call)).await;
    assert_eq!((status.as_u16(), body.as_str()), (500, r#"{"trouble":{"trace":"4bf92f3577b34da6a3ce929d0e0e4736","away":false}}"#));
    let (status, body) = ask(&router, get("/api/v1/x")).await;
    let problem: serde_json::Value = serde_json::from_str(&body).expect("a problem document");
    assert_eq!((status.as_u16(), &problem["code"], &problem["status"]), (500, &"fault".into(), &500.into()));
    assert!(!body.contains("secret"), "{body}");
}
