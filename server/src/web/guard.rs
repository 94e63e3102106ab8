//! Refuses what another site may have caused, and tells browsers how far to trust us.

use super::{
    WebState,
    caller::{STAFF_COOKIE, TENANT_COOKIE, cookie},
    organisation::Said,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kit::{PageError, error::NUL};
use leptos::server_fn::error::FromServerFnError;
use std::net::IpAddr;

/// Every unsafe method, and every websocket, must come from a page of ours: server functions have no other defence
/// against a foreign page that uses the visitor's cookies.
pub async fn same_origin(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let config = &state.platform.config;
    if config.is_own_machine() && !names_this_machine(request.headers()) {
        return (StatusCode::MISDIRECTED_REQUEST, format!("This installation is reached at {} only.", config.public_url)).into_response();
    }
    let upgrade = request.headers().contains_key(header::UPGRADE);
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade;
    if safe || comes_from_us(request.headers(), &state.platform.config.public_url) {
        return next.run(request).await;
    }
    tracing::warn!(method = %request.method(), path = request.uri().path(), "Refused a request that another site may have caused");
    (StatusCode::FORBIDDEN, "This request did not come from a page of Service Hub.").into_response()
}

/// `Sec-Fetch-Site` where the browser sends it, else `Origin` against the host that was asked or our public address. A
/// request with neither is not from a browser's page, so it carries no cookies but its sender's own.
fn comes_from_us(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    // Where we are reached by https, a page that came by http may be anybody's.
    let origin_is_ours = text("origin").map(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        let stripped = origin.strip_prefix("http://").is_some_and(|host| Some(host) == public_url.strip_prefix("https://"));
        origin == public_url || (host == text("host") && !stripped)
    });
    match (text("sec-fetch-site"), origin_is_ours) {
        (_, Some(false)) => false,
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(true)) => true,
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

/// On somebody's own machine a foreign name that leads here (DNS rebinding) would make a foreign page one of ours.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST) else { return true };
    let Some(authority) = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()) else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Texts with NUL characters, which the database cannot keep and nobody types: refused before any page or server function
/// takes them, in the address and in forms. Notes on the way for which organisation a form's page was drawn.
pub async fn no_nul(request: Request, next: Next) -> Response {
    if [Some(request.uri().path()), request.uri().query()].into_iter().flatten().any(|part| holds_nul(part.as_bytes())) {
        return nul_refused();
    }
    let form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    // Browsers say how long a form is; one that is too long is refused where it is read.
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if !form || length.is_none_or(|length| length > super::BODY_LIMIT) {
        return next.run(request).await;
    }
    let (mut head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, super::BODY_LIMIT).await else {
        return (StatusCode::BAD_REQUEST, "The form ended before its end.").into_response();
    };
    if holds_nul(&body) {
        return nul_in_form(&head.headers);
    }
    if let Some(said) = Said::in_form(&body) {
        head.extensions.insert(said);
    }
    next.run(Request::from_parts(head, body.into())).await
}

/// In the encoding of forms, or as it is.
fn holds_nul(encoded: &[u8]) -> bool {
    encoded.contains(&0) || encoded.windows(3).any(|three| three == b"%00")
}

const NO_NUL: &str = "Texts hold no NUL characters.";

fn nul_refused() -> Response {
    (StatusCode::BAD_REQUEST, NO_NUL).into_response()
}

/// A page that sent it with scripting says it in its form, in its own words.
fn nul_in_form(headers: &HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        return nul_refused();
    }
    let error = PageError::Refused { code: NUL.to_owned(), message: NO_NUL.to_owned() };
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], Body::from(error.ser())).into_response()
}

/// As every page says of itself (app/src/document.rs).
const PRIVATE: &str = "private, no-cache";

/// What somebody saw signed in is not kept by their browser: going back after signing out asks again.
pub async fn not_kept(request: Request, next: Next) -> Response {
    let signed_in = [TENANT_COOKIE, STAFF_COOKIE].into_iter().any(|name| cookie(request.headers(), name).is_some());
    let mut response = next.run(request).await;
    if signed_in {
        // Hashed assets and downloads say more themselves.
        let said = response.headers().get(header::CACHE_CONTROL).is_some_and(|said| said != PRIVATE);
        if !said {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
    }
    response
}

/// A year: who came once by https comes by https.
const HSTS: &str = "max-age=31536000";

/// For every answer.
pub async fn security_headers(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if state.platform.config.public_url.starts_with("https://") {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(HSTS));
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        comes_from_us(&headers, "https://hub.example")
    }

    #[test]
    fn nul_is_found_in_the_encoding_of_forms() {
        for text in ["name=a%00", "%00", "a\0b"] {
            assert!(holds_nul(text.as_bytes()), "{text:?}");
        }
        for text in ["", "%", "%2500", "a=100%25", "n=00"] {
            assert!(!holds_nul(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn what_came_by_http_is_not_ours_however_our_address_was_written() {
        for given in ["https://Hub.Example", "https://hub.example:443/"] {
            let config = platform::Config::from_vars(std::collections::BTreeMap::from([("HUB_PUBLIC_URL".to_owned(), given.to_owned())])).expect("good settings");
            let from = |origin: &'static str| {
                let headers = [(header::ORIGIN, origin), (header::HOST, "hub.example")].map(|(name, value)| (name, HeaderValue::from_static(value)));
                comes_from_us(&HeaderMap::from_iter(headers), &config.public_url)
            };
            assert!(from("https://hub.example") && !from("http://hub.example"), "{given}");
        }
    }

    #[test]
    fn foreign_names_do_not_lead_to_somebodys_own_machine() {
        let named = |host: &'static str| names_this_machine(&HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]));
        for host in ["127.0.0.1:3000", "localhost:3000", "hub.localhost", "[::1]:3000"] {
            assert!(named(host), "{host}");
        }
        for host in ["evil.example:3000", "127.0.0.1.evil.example", "localhost.evil.example", "192.0.2.1", "a b"] {
            assert!(!named(host), "{host}");
        }
    }

    #[test]
    fn lets_our_own_pages_through_and_nobody_elses() {
        assert!(asked(&[("sec-fetch-site", "same-origin"), ("origin", "https://hub.example"), ("host", "inner:3000")]));
        assert!(asked(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(asked(&[("sec-fetch-site", "none")]));
        assert!(asked(&[]));
        assert!(!asked(&[("cookie", "hub_session=x")]));
        assert!(!asked(&[("sec-fetch-site", "cross-site"), ("cookie", "hub_session=x")]));
        assert!(!asked(&[("sec-fetch-site", "same-site"), ("cookie", "hub_session=x")]));
        assert!(!asked(&[("origin", "https://evil.example"), ("host", "hub.example")]));
        assert!(!asked(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]));
        assert!(!asked(&[("origin", "null"), ("host", "hub.example")]));
        assert!(asked(&[("origin", "https://hub.example"), ("host", "hub.example")]));
        assert!(!asked(&[("origin", "http://hub.example"), ("host", "hub.example")]), "it was not fetched by https");
    }
}
