//! `Idempotency-Key` on every POST: the same key and body gets the stored answer, however often it is sent.
//!
//! The key is taken before the use case runs, and the answer is stored in the transaction of the use case's change: a
//! process that is killed has done both or nothing. Only successes are stored, so that a mistake can be corrected under
//! the same key. The work goes on when the client hangs up.
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
    server::{Begun, Running, Settled, begin, forget, settle, take_back},
};
use kernel::Fault;
use platform::Cx;

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Headers that belong to the stored answer.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::LINK];
/// Seconds after which a repeat that came too early may try again.
const IN_FLIGHT_SECONDS: u64 = 1;

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
        Begun::InFlight => return Err(in_flight()),
    };
    let cx = cx.holding();
    let mut request = Request::from_parts(parts, Body::from(bytes));
    request.extensions_mut().insert(cx.clone());
    // On its own, so that a client that hangs up does not leave the work half done and the key taken.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        close(&cx, &key, running, response).await
    });
    work.await.unwrap_or_else(|_| Err(Fault::new("the request's task ended early").into()))
}

fn in_flight() -> Problem {
    Problem::new("idempotency.in_flight", "The first request with this key has no answer yet.").retry_after(IN_FLIGHT_SECONDS)
}

/// Commits what the request held back: with its answer where it was done, by itself where it was refused, not at all
/// where there was trouble.
async fn close(cx: &Cx, key: &IdempotencyKey, running: Running, response: Response) -> Result<Response, Problem> {
    if response.status().is_server_error() {
        take_back(cx, running).await?;
        return Ok(response);
    }
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
    match settle(cx, running, &answer).await? {
        Settled::Kept => Ok(Response::from_parts(parts, Body::from(bytes))),
        Settled::TakenOver => Err(in_flight()),
    }
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
}
