//! What is answered where our own code panicked: 500, in the form that was asked for, and nothing of what went wrong. That
//! is logged, under the id that the answer names.

use super::caller;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use kernel::Language;
use kit::PageError;
use leptos::server_fn::error::FromServerFnError;
use platform::Platform;
use std::{any::Any, sync::Arc};
use tower_http::catch_panic::CatchPanicLayer;

/// What the panic said.
#[derive(Clone)]
struct Panicked(String);

/// The routes, of which none breaks without an answer.
pub fn guarded(routes: Router, platform: Arc<Platform>) -> Router {
    routes.layer(CatchPanicLayer::custom(caught)).layer(middleware::from_fn_with_state(platform, answer))
}

fn caught(panic: Box<dyn Any + Send>) -> Response {
    let said = platform::telemetry::panic_words(panic.as_ref());
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked(said));
    response
}

async fn answer(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (headers, trace) = (request.headers().clone(), caller::trace(request.headers(), &platform));
    let response = next.run(request).await;
    let Some(Panicked(said)) = response.extensions().get::<Panicked>() else { return response };
    tracing::error!(%method, path, trace, "A request broke: {said}");
    in_form(&path, &headers, &trace)
}

fn in_form(path: &str, headers: &HeaderMap, trace: &str) -> Response {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).unwrap_or_default();
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    if path == "/api" || path.starts_with("/api/") {
        return api::problem::Problem::of_status(status).into_response();
    }
    let plain = [(header::CACHE_CONTROL, "no-store")];
    if text(header::ACCEPT).contains("text/html") {
        let language = language(headers);
        let page = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, app::BROKEN_POLICY)];
        return (status, plain, page, app::broken_page(language, trace)).into_response();
    }
    let trouble = PageError::Trouble { trace: trace.to_owned(), away: false };
    (status, plain, [(header::CONTENT_TYPE, "application/json")], Body::from(trouble.ser())).into_response()
}

fn language(headers: &HeaderMap) -> Language {
    caller::cookie(headers, caller::LANGUAGE_COOKIE)
        .and_then(|code| code.parse().ok())
        .or_else(|| headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Language::from_accept_language))
        .unwrap_or_default()
}
