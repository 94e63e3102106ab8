//! Refuses what another site may have caused, and tells browsers how far to trust us.

use super::WebState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
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
    let origin_is_ours = text("origin").map(|origin| {
        origin == public_url || origin.split_once("://").map(|(_, host)| host) == text("host")
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

/// For every answer.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
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
    }
}
