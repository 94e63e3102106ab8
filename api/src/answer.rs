//! What every answer of REST has, whoever made it: a trace id, a problem document where it is trouble, no caching.

use crate::problem::{MEDIA_TYPE, Problem};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::Fault;
use platform::{secrets::random_bytes, telemetry::panic_words};
use std::{any::Any, sync::Arc};

use crate::Api;

pub const X_TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id under which a request is logged: 32 hexadecimal digits, the caller's own where it sent one.
#[derive(Debug, Clone)]
pub struct Trace(pub Arc<str>);

/// What a panic said.
#[derive(Clone)]
struct Broke(String);

/// Our own code panicked: a fault, of which only the log says more.
pub fn broke(panic: Box<dyn Any + Send>) -> Response {
    let mut response = Problem::from(Fault::new("a request panicked")).into_response();
    response.extensions_mut().insert(Broke(panic_words(panic.as_ref())));
    response
}

/// Outermost: names the request, and gives answers that libraries made their form.
pub async fn finish(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let trace = incoming(request.headers()).unwrap_or_else(|| api.platform.new_uuid().simple().to_string());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(Trace(trace.as_str().into()));
    let mut response = next.run(request).await;
    if let Some(Broke(said)) = response.extensions().get() {
        tracing::error!(%method, path, trace, "A request broke: {said}");
    }
    let (status, is_problem) = (response.status(), response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE));
    if status.is_server_error() || (status.is_client_error() && !is_problem) {
        response = in_form(response, &trace);
    }
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    let headers = response.headers_mut();
    headers.insert(X_TRACE_ID, value(&trace));
    headers.insert(TRACEPARENT, value(&format!("00-{trace}-{}-01", hex::encode(random_bytes::<8>()))));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hexadecimal digits are visible ASCII")
}

/// W3C trace context: `00-<32 hex>-<16 hex>-<flags>`; all zeros stand for none.
fn incoming(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(TRACEPARENT)?.to_str().ok()?.split('-').nth(1)?.to_ascii_lowercase();
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0')).then_some(id)
}

/// The problem with its trace id; headers such as `Allow` stay.
fn in_form(response: Response, trace: &str) -> Response {
    let (parts, _) = response.into_parts();
    let problem = match parts.extensions.get::<Arc<Problem>>() {
        Some(problem) => problem.as_ref().clone(),
        None => Problem::of_status(parts.status),
    };
    let body = problem.render(trace);
    let mut whole = problem.into_response();
    *whole.status_mut() = parts.status;
    for (name, value) in &parts.headers {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH && !whole.headers().contains_key(name) {
            whole.headers_mut().append(name.clone(), value.clone());
        }
    }
    *whole.body_mut() = Body::from(body);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_over_a_good_trace_only() {
        let of = |text: &'static str| incoming(&HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_static(text))]));
        assert_eq!(of("00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert_eq!(of("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), None);
        assert_eq!(of("nonsense"), None);
    }
}
