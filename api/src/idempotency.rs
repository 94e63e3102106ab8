//! `Idempotency-Key` on every POST: the same key and body gets the stored answer, however often it is sent.
//!
//! The key is taken before the use case runs and settled with its answer afterwards. Only successes are stored, so that
//! a mistake can be corrected under the same key. The work goes on when the client hangs up. When the process is killed
//! in between, the key is free again a minute later and the same request runs anew; then `Origin` lets use cases choose
//! the same ids as the first time, so that nothing is made twice.
//!
//! Answers are stored sealed: one of them may hold credentials.

use crate::{json, problem::Problem};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use integrations::{
    idempotency::{Answer, IdempotencyKey},
    server::{Begun, Running, begin, forget, settle},
};
use kernel::Fault;
use platform::Cx;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Headers that belong to the stored answer.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::LINK];
/// Seconds after which a repeat that came too early may try again.
const IN_FLIGHT_SECONDS: u64 = 1;

/// What ids that a use case would draw by chance are made of instead, under an idempotency key: the organisation, the
/// key and the request, so that the same request makes the same thing whenever it runs.
#[derive(Debug, Clone)]
pub struct Origin([u8; 32]);

impl Origin {
    fn of(cx: &Cx, key: &IdempotencyKey, parts: &Parts, meaning: &[u8]) -> Result<Self, Problem> {
        let text = format!("{}\n{}\n{}\n", cx.tenant()?, key.as_str(), parts.uri.path());
        Ok(Self(Sha256::new().chain_update(text).chain_update(meaning).finalize().into()))
    }

    /// A UUID of version 8 (RFC 9562: of the application's own making), the same at each run of the request.
    pub fn uuid(&self, what: &str) -> Uuid {
        let hash = Sha256::new().chain_update(self.0).chain_update(what).finalize();
        let bytes: [u8; 16] = hash[..16].try_into().expect("a hash has 32 bytes");
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// Runs a POST once for each key. Other methods repeat without harm by themselves.
pub async fn once(request: Request, next: Next) -> Response {
    let Some(cx) = request.extensions().get::<Cx>().cloned() else { return next.run(request).await };
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match key(request.headers()) {
        Ok(None) => next.run(request).await,
        Ok(Some(key)) => run_once(cx, key, request, next).await.unwrap_or_else(Problem::into_response),
        Err(problem) => problem.into_response(),
    }
}

/// Bare or, as draft-ietf-httpapi-idempotency-key-header has it, a quoted string.
fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut sent = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(value), more) = (sent.next(), sent.next()) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    match (IdempotencyKey::parse(text), more) {
        (Ok(key), None) => Ok(Some(key)),
        (Ok(_), Some(_)) => Err(Problem::new("header.invalid", "Send one Idempotency-Key.")),
        (Err(refused), _) => Err(Problem::new("header.invalid", format!("{refused}."))),
    }
}

async fn run_once(cx: Cx, key: IdempotencyKey, request: Request, next: Next) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    // The door has read it within the operation's limit.
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| json::broke_off())?;
    let meaning = meaning(&parts, &bytes);
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let running = match begin(&cx, key.clone(), parts.method.as_str(), path, &meaning).await? {
        Begun::Run(running) => running,
        Begun::Again(answer) => return again(&cx, &key, answer),
        Begun::OtherRequest => return Err(Problem::new("idempotency.other_body", "This key came with another path or body before.")),
        Begun::InFlight => {
            return Err(Problem::new("idempotency.in_flight", "The first request with this key has no answer yet.").retry_after(IN_FLIGHT_SECONDS));
        }
    };
    let origin = Origin::of(&cx, &key, &parts, &meaning)?;
    let mut request = Request::from_parts(parts, Body::from(bytes));
    request.extensions_mut().insert(origin);
    // On its own, so that a client that hangs up does not leave the work half done and the key taken.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        close(&cx, &key, running, response).await
    });
    work.await.unwrap_or_else(|_| Err(Fault::new("the request's task ended early").into()))
}

/// Keeps a success, frees the key of anything else.
async fn close(cx: &Cx, key: &IdempotencyKey, running: Running, response: Response) -> Result<Response, Problem> {
    if !response.status().is_success() {
        forget(cx, running).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Fault::new("an answer of ours could not be read"))?;
    let answer = Answer {
        status: parts.status.as_u16(),
        headers: KEPT.iter().filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()))).collect(),
        body: cx.platform().secrets.seal(&bytes, &context(cx, key)?),
    };
    settle(cx, running, &answer).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn again(cx: &Cx, key: &IdempotencyKey, answer: Answer) -> Result<Response, Problem> {
    let body = cx.platform().secrets.open(&answer.body, &context(cx, key)?).map_err(|_| Fault::new("a stored answer cannot be opened with this installation's key"))?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(|_| Fault::new("a stored answer has no status"))?;
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn context(cx: &Cx, key: &IdempotencyKey) -> Result<String, Problem> {
    Ok(format!("api/answer/{}/{}", cx.tenant()?, key.as_str()))
}

/// The body with the headers that give it meaning: its type, and the attributes of an event in binary mode.
fn meaning(parts: &Parts, body: &Bytes) -> Vec<u8> {
    let mut headers: Vec<(&str, &[u8])> = parts
        .headers
        .iter()
        .filter(|(name, _)| **name == header::CONTENT_TYPE || name.as_str().starts_with("ce-"))
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    headers.sort_unstable();
    let mut whole = Vec::with_capacity(body.len() + 64);
    for (name, value) in headers {
        // No header holds a line break.
        whole.extend_from_slice(name.as_bytes());
        whole.extend_from_slice(b": ");
        whole.extend_from_slice(value);
        whole.push(b'\n');
    }
    whole.push(b'\n');
    whole.extend_from_slice(body);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Result<Option<IdempotencyKey>, u16> {
        let headers = HeaderMap::from_iter([(IDEMPOTENCY_KEY, HeaderValue::from_static(value))]);
        key(&headers).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn keys_come_bare_or_quoted() {
        assert_eq!(asked("abc-1"), Ok(IdempotencyKey::parse("abc-1").ok()));
        assert_eq!(asked("\"abc-1\""), Ok(IdempotencyKey::parse("abc-1").ok()));
        assert_eq!(asked(""), Err(400));
        assert_eq!(key(&HeaderMap::new()).ok(), Some(None));
    }

    #[test]
    fn an_origin_gives_the_same_id_each_time_and_another_for_another_thing() {
        let origin = Origin([3; 32]);
        assert_eq!(origin.uuid("instance"), origin.uuid("instance"));
        assert_ne!(origin.uuid("instance"), origin.uuid("other"));
        assert_eq!(origin.uuid("instance").get_version_num(), 8);
    }
}
