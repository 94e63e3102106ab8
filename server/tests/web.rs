//! The web server from outside: health, the guard against foreign pages, and every server function asked by nobody.

use axum::{Router, body::Body, http::{Request, StatusCode, header}};
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
    let (path, _) = functions().into_iter().next().expect("there are server functions");
    let foreign = Request::post(&path)
        .header(header::ORIGIN, "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .header(header::COOKIE, "hub_session=x")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(ask(&router, foreign).await.0, StatusCode::FORBIDDEN);
    let socket = Request::get(&path)
        .header(header::ORIGIN, "https://evil.example")
        .header(header::UPGRADE, "websocket")
        .header(header::CONNECTION, "upgrade")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(ask(&router, socket).await.0, StatusCode::FORBIDDEN);
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
