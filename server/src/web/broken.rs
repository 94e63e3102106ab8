//! What is answered where our own code panicked (500) or did not come to an end (503): in the form that was asked for, and
//! nothing of what went wrong. That is logged, under the id that the answer names.

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
use std::{any::Any, sync::Arc, time::Duration};
use tower_http::catch_panic::CatchPanicLayer;

/// A request that takes longer is given up. Websockets are upgraded long before.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
enum Broke {
    /// With what the panic said.
    Panicked(String),
    /// As where the database takes a connection and answers nothing.
    Late,
}

/// Gives up what takes longer than `limit`; `guarded` finds the words.
pub async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
            response.extensions_mut().insert(Broke::Late);
            response
        }
    }
}

/// The routes, of which none breaks without an answer.
pub fn guarded(routes: Router, platform: Arc<Platform>) -> Router {
    routes.layer(CatchPanicLayer::custom(caught)).layer(middleware::from_fn_with_state(platform, answer))
}

fn caught(panic: Box<dyn Any + Send>) -> Response {
    let said = platform::telemetry::panic_words(panic.as_ref());
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Broke::Panicked(said));
    response
}

async fn answer(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (headers, trace) = (request.headers().clone(), caller::trace(request.headers(), &platform));
    let response = next.run(request).await;
    let away = match response.extensions().get::<Broke>() {
        None => return response,
        Some(Broke::Panicked(said)) => {
            tracing::error!(%method, path, trace, "A request broke: {said}");
            false
        }
        Some(Broke::Late) => {
            tracing::error!(%method, path, trace, "A request did not come to an end in time");
            true
        }
    };
    in_form(&path, &headers, &trace, away)
}

fn in_form(path: &str, headers: &HeaderMap, trace: &str, away: bool) -> Response {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).unwrap_or_default();
    let status = if away { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
    if path == "/api" || path.starts_with("/api/") {
        return api::problem::Problem::of_status(status).into_response();
    }
    let plain = [(header::CACHE_CONTROL, "no-store")];
    if text(header::ACCEPT).contains("text/html") {
        let language = language(headers);
        let page = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, app::BROKEN_POLICY)];
        return (status, plain, page, app::broken_page(language, trace, away)).into_response();
    }
    let trouble = PageError::Trouble { trace: trace.to_owned(), away };
    (status, plain, [(header::CONTENT_TYPE, "application/json")], Body::from(trouble.ser())).into_response()
}

fn language(headers: &HeaderMap) -> Language {
    caller::cookie(headers, caller::LANGUAGE_COOKIE)
        .and_then(|code| code.parse().ok())
        .or_else(|| headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Language::from_accept_language))
        .unwrap_or_default()
}
