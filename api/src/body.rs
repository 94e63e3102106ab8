//! Before a request is looked into: whether the query asks for what there is, whether the answer can be given in a form
//! that is accepted, the body's type and size.

use crate::{contract::Operation, problem::Problem};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Reads the body whole, within the operation's limit, and hands it on.
pub async fn admit(request: Request, next: Next) -> Response {
    match admitted(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admitted(request: Request) -> Result<Request, Problem> {
    let Some(operation) = request.extensions().get::<Operation>().cloned() else { return Ok(request) };
    good_parameters(request.uri().query().unwrap_or_default(), &operation)?;
    acceptable(request.headers(), &operation)?;
    let method = request.method().clone();
    let (parts, body) = request.into_parts();
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > operation.body_limit as u64) {
        return Err(too_large(&operation));
    }
    let bytes = to_bytes(body, operation.body_limit).await.map_err(|error| {
        // The only other way to fail is a client that went away, which reads no answer.
        tracing::debug!("A body was not read: {error}");
        too_large(&operation)
    })?;
    understood(&parts.headers, &operation, &method)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn too_large(operation: &Operation) -> Problem {
    Problem::new("body.too_large", format!("At most {} kB.", operation.body_limit / 1024))
}

/// The body's type is one of the operation's, in UTF-8 and not compressed.
fn understood(headers: &HeaderMap, operation: &Operation, method: &Method) -> Result<(), Problem> {
    if operation.consumes.is_empty() {
        return Ok(());
    }
    let refuse = |words: &str| {
        let name = if *method == Method::PATCH { HeaderName::from_static("accept-patch") } else { HeaderName::from_static("accept-post") };
        Problem::new("body.media_type", words).header(name, operation.consumes.join(", "))
    };
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(refuse("Send the body uncompressed.").header(header::ACCEPT_ENCODING, "identity"));
    }
    let Some(kind) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else {
        return Err(refuse("Say in Content-Type what the body is."));
    };
    let kind = kind.map_err(|_| refuse("Content-Type cannot be read."))?;
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !operation.consumes.contains(&essence) {
        return Err(refuse("Send one of the types listed with the operation."));
    }
    let charset = parts.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    match charset.map(|(_, value)| value.trim_matches('"')) {
        Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => Err(refuse("Send the body in UTF-8.")),
        Some(_) | None => Ok(()),
    }
}

/// An unknown parameter is refused rather than overlooked: it may be a filter mistyped. Whole numbers are within their range.
fn good_parameters(query: &str, operation: &Operation) -> Result<(), Problem> {
    let refuse = |name: &str, code: &str, words: String| Err(Problem::new("query.invalid", "The query needs another look.").parameter(name, code, words));
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(known) = operation.query.iter().find(|known| known.name == name) else {
            let name: String = name.chars().take(60).collect();
            return refuse(&name, "unknown_field", "There is no such parameter".to_owned());
        };
        if let Some(range) = &known.range
            && !value.parse().is_ok_and(|number| range.contains(&number))
        {
            return refuse(&name, "out_of_range", format!("A whole number from {} to {}", range.start(), range.end()));
        }
    }
    Ok(())
}

/// Whether one of the forms that the operation answers in is accepted.
fn acceptable(headers: &HeaderMap, operation: &Operation) -> Result<(), Problem> {
    let ok = operation.produces.is_empty() || operation.produces.iter().any(|kind| quality(headers, kind) > 0);
    if ok { Ok(()) } else { Err(Problem::new("route.not_acceptable", format!("The answer is available as {}.", operation.produces.join(", ")))) }
}

/// How welcome a media type is, in thousandths (RFC 9110, section 12.5.1): the most specific range that fits decides;
/// without `Accept` everything is welcome.
pub fn quality(headers: &HeaderMap, kind: &str) -> u16 {
    let ranges: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    if ranges.iter().all(|range| range.trim().is_empty()) {
        return 1000;
    }
    let family = kind.split('/').next().unwrap_or_default();
    ranges.iter().filter_map(|range| fits(range, kind, family)).max_by_key(|(specificity, _)| *specificity).map_or(0, |(_, quality)| quality)
}

fn fits(range: &str, kind: &str, family: &str) -> Option<(u8, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let essence = parts.next()?.to_ascii_lowercase();
    let specificity = if essence == kind {
        2
    } else if essence.strip_suffix("/*").is_some_and(|wanted| wanted == family) {
        1
    } else if essence == "*/*" {
        0
    } else {
        return None;
    };
    let quality = parts.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let quality = quality.map_or(Some(1.0), |(_, value)| value.trim().parse::<f32>().ok()).filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0);
    Some((specificity, (quality * 1000.0) as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(accept: &'static str, kind: &str) -> u16 {
        quality(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]), kind)
    }

    #[test]
    fn the_most_specific_range_decides() {
        assert_eq!(welcome("application/json;q=0.2, */*", "application/json"), 200);
        assert_eq!(welcome("application/*;q=0.5", "application/pdf"), 500);
        assert_eq!(welcome("text/html", "application/json"), 0);
        assert_eq!(welcome("*/*;q=0", "application/json"), 0);
        assert_eq!(quality(&HeaderMap::new(), "application/json"), 1000);
    }
}
