//! From a request to its `Cx`: language, trace, address, and who is signed in.

use super::WebState;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use identity::session::Realm;
use kernel::{Denied, Language};
use kit::door::Inside;
use platform::{Cx, Opened};
use std::net::SocketAddr;

/// Tenants' people and the provider's staff sign in apart: each has a cookie of its own.
pub const TENANT_COOKIE: &str = "hub_session";
pub const STAFF_COOKIE: &str = "hub_staff";
pub const LANGUAGE_COOKIE: &str = "hub_lang";

/// Puts the caller's `Cx` into the request, and who they are where they are signed in: both by the door that the path
/// belongs to. Beside them, for what every page shows, behind which door they are at all. Without a database there is
/// none of these, which pages show as trouble.
pub async fn from_session(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let nobody = nobody(&state, &request);
    let (name, other) = if is_providers(request.uri().path()) { (STAFF_COOKIE, TENANT_COOKIE) } else { (TENANT_COOKIE, STAFF_COOKIE) };
    let found = match cookie(request.headers(), name) {
        None => Err(Opened::Denied(Denied::SignedOut)),
        Some(token) => identity::server::caller_from_session(nobody.clone(), token).await,
    };
    let elsewhere = match (&found, cookie(request.headers(), other)) {
        (Err(Opened::Denied(_)), Some(token)) if asks_for_page(&request) => identity::server::caller_from_session(nobody.clone(), token).await.ok(),
        _ => None,
    };
    let known = request.extensions_mut();
    if let Some((_, me)) = found.as_ref().ok().or(elsewhere.as_ref()) {
        known.insert(inside(me.realm));
    }
    match found {
        Ok((caller, me)) => {
            known.insert(caller);
            known.insert(me);
        }
        Err(Opened::Denied(_)) => {
            known.insert(nobody);
        }
        Err(Opened::Fault(_)) => {}
    }
    next.run(request).await
}

/// The provider's pages and their server functions: with module paths in their names, these carry `provider` too.
fn is_providers(path: &str) -> bool {
    path.split('/').any(|segment| segment == "provider")
}

/// Not a call of one, nor a file.
fn asks_for_page(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    *request.method() == Method::GET && accepts.is_some_and(|accept| accept.contains("text/html"))
}

const fn inside(realm: Realm) -> Inside {
    match realm {
        Realm::Tenant => Inside::Organisation,
        Realm::Staff => Inside::Provider,
    }
}

fn nobody(state: &WebState, request: &Request) -> Cx {
    let headers = request.headers();
    let language = cookie(headers, LANGUAGE_COOKIE)
        .and_then(|code| code.parse().ok())
        .or_else(|| headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Language::from_accept_language))
        .unwrap_or_default();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer.map(|peer| state.platform.config.proxies.client(peer, request.headers()).to_string()).unwrap_or_default();
    Cx::nobody(state.platform.clone(), language, trace(headers, &state.platform), address)
}

/// The trace id of a W3C `traceparent`, or a fresh one.
pub fn trace(headers: &HeaderMap, platform: &platform::Platform) -> String {
    headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split('-').nth(1))
        .filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map_or_else(|| platform.new_uuid().simple().to_string(), str::to_owned)
}

pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name && !value.is_empty()).then_some(value))
}
