//! From `Authorization: Bearer` to the caller's `Cx`: who asks, how often, and whether the key's scopes reach the
//! operation. Cookies are never looked at here, so no page of another site can act with a visitor's session.

use crate::{
    Api,
    answer::Trace,
    contract::Operation,
    problem::{CHALLENGE, Problem},
    rate,
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use integrations::{RateLimit, api_key::is_shaped};
use kernel::{Denied, Language};
use platform::{Actor, Cx, Opened};
use std::net::SocketAddr;

/// Longest `Authorization` header that is looked at.
const LONGEST: usize = 512;

/// The caller, put into the request by `authorise`.
pub struct Caller(pub Cx);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Cx>().cloned().map(Self).ok_or_else(|| Denied::SignedOut.into())
    }
}

/// Lets the request through with its `Cx` and its `Operation`, or answers 401, 403 or 429.
pub async fn authorise(State(api): State<Api>, path: MatchedPath, mut request: Request, next: Next) -> Response {
    let Some(operation) = api.contract.find(request.method(), path.as_str()).cloned() else { return next.run(request).await };
    let nobody = nobody(&api, &request);
    let (cx, limit) = match known(&api, nobody, request.headers()).await {
        Ok(found) => found,
        Err(refused) => return refused.into_response(),
    };
    let mut response = match rate::refusal(&limit, "rate.exceeded") {
        Some(problem) => problem.into_response(),
        None => match permitted(&cx, &operation).await {
            Ok(()) => {
                request.extensions_mut().insert(cx);
                request.extensions_mut().insert(operation);
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        },
    };
    rate::write(&limit, response.headers_mut());
    response
}

fn nobody(api: &Api, request: &Request) -> Cx {
    let trace = request.extensions().get::<Trace>().map(|trace| trace.0.clone()).unwrap_or_default();
    let language = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Language::from_accept_language);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer.map(|peer| api.platform.config.proxies.client(peer, request.headers()).to_string()).unwrap_or_default();
    Cx::nobody(api.platform.clone(), language.unwrap_or_default(), trace, address)
}

/// The key's caller and where it stands with its limit. Wrong keys count against the address that sent them; what can be
/// no key at all is refused without asking the database, and without counting.
async fn known(api: &Api, nobody: Cx, headers: &HeaderMap) -> Result<(Cx, RateLimit), Problem> {
    let secret = bearer(headers)?;
    if !is_shaped(secret) {
        return Err(invalid());
    }
    let (address, now) = (identity::attempts::address_key(nobody.address()), nobody.now());
    if let Some(problem) = rate::refusal(&api.failures.peek(&address, now), "access.too_many_failures").filter(|_| !api.failures.was_good(secret)) {
        return Err(problem);
    }
    let found = match integrations::server::caller_from_key(nobody, secret).await {
        Ok(found) => found,
        Err(Opened::Denied(_)) => {
            api.failures.count(&address, now);
            return Err(invalid());
        }
        Err(Opened::Fault(fault)) => return Err(fault.into()),
    };
    let Actor::Key { id } = found.cx.actor() else { return Err(invalid()) };
    api.failures.remember(secret);
    let limit = integrations::server::count(*id, found.per_minute);
    Ok((found.cx, limit))
}

/// RFC 6750: the scheme in any case, then the token.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return Err(Problem::new("access.signed_out", "Send one API key as `Authorization: Bearer <key>`.").header(header::WWW_AUTHENTICATE, CHALLENGE));
    };
    let text = value.to_str().ok().filter(|text| text.len() <= LONGEST).ok_or_else(invalid)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => Ok(token.trim()),
        _ => Err(invalid()),
    }
}

fn invalid() -> Problem {
    Problem::new("access.signed_out", "The key is unknown, revoked or expired.")
        .header(header::WWW_AUTHENTICATE, format!("{CHALLENGE}, error=\"invalid_token\""))
}

/// The scopes are asked before the body is read. A refused change leaves its entry in the audit trail.
async fn permitted(cx: &Cx, operation: &Operation) -> Result<(), Problem> {
    for need in &operation.needs {
        if let Err(denied) = cx.allow(*need) {
            if need.writes() {
                match cx.tenant_tx(*need).await {
                    Err(Opened::Fault(fault)) => return Err(fault.into()),
                    Err(Opened::Denied(_)) | Ok(_) => {}
                }
            }
            return Err(match denied {
                Denied::TooLittle => Problem::lacking(*need),
                Denied::SignedOut | Denied::NoTenant => denied.into(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn token(pairs: &[&'static str]) -> Result<String, u16> {
        let headers = pairs.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value))).collect();
        bearer(&headers).map(str::to_owned).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn takes_one_bearer_token() {
        assert_eq!(token(&["Bearer abc"]), Ok("abc".to_owned()));
        assert_eq!(token(&["bearer  abc"]), Ok("abc".to_owned()));
        for bad in [&[][..], &["Basic abc"], &["Bearer "], &["abc"], &["Bearer a", "Bearer b"]] {
            assert_eq!(token(bad), Err(401));
        }
    }
}
