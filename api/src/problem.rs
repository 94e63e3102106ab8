//! Trouble as RFC 9457 problem documents, and the one map from refusal codes to HTTP.
//!
//! The body never repeats what was asked for, so that another tenant's id and an unknown one answer byte for byte the
//! same: a refusal has no `instance` and its trace id stands in the `X-Trace-Id` header alone, a fault has both in its body.

mod known;

pub use known::{KNOWN, Known};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Denied, Fault, FieldError, Need};
use platform::Opened;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

pub const MEDIA_TYPE: &str = "application/problem+json";
/// Field errors that one answer lists at most.
const MOST_ERRORS: usize = 100;
/// Seconds after which a client may try again when the trouble passes by itself.
const PASSING_SECONDS: u64 = 5;

/// What is wrong with one field of the body or one query parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer (RFC 6901) into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/configuration/storage_gb")]
    pub pointer: Option<String>,
    /// Name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    #[schema(example = "required")]
    pub code: String,
    #[schema(example = "Give the service a name")]
    pub detail: String,
}

/// A problem document (RFC 9457). Further members depend on the code.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Where this kind of trouble is described.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/api/docs#problem-body.invalid")]
    pub kind: String,
    #[schema(example = "The body does not fit")]
    pub title: String,
    #[schema(example = 422)]
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// This one occurrence, of a fault on our side: a URN of its trace id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri-reference", example = "urn:uuid:4bf92f35-77b3-4da6-a3ce-929d0e0e4736")]
    pub instance: Option<String>,
    /// Stable name of this kind of trouble.
    #[schema(example = "body.invalid")]
    pub code: String,
    /// Of a fault on our side; every answer has it in `X-Trace-Id` as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// What some kinds add: `line` and `column`, `operation`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
}

/// An answer that is not what was asked for. Boxed, since every function may end in one and few do.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    body: ProblemBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// Of a known kind. A code that the map lacks is an oversight: it is logged and answered 409, the meaning of a
    /// refusal by rules.
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        let known = KNOWN.iter().find(|known| known.code == code);
        if known.is_none() {
            tracing::error!(code, "The refusal code {code} is missing from the map of problems");
        }
        let (status, title) = known.map_or((409, "This is refused by the rules"), |known| (known.status, known.title));
        let body = ProblemBody {
            kind: format!("/api/docs#problem-{code}"),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            instance: None,
            code: code.to_owned(),
            trace_id: None,
            errors: Vec::new(),
            more: Map::new(),
        };
        Self(Box::new(Parts { status: StatusCode::from_u16(status).expect("the map holds HTTP statuses"), body, headers: Vec::new() }))
    }

    /// For an answer that a library made without a body.
    pub fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => "route.not_found",
            StatusCode::METHOD_NOT_ALLOWED => "route.method",
            StatusCode::NOT_ACCEPTABLE => "route.not_acceptable",
            StatusCode::PAYLOAD_TOO_LARGE => "body.too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "body.media_type",
            StatusCode::TOO_MANY_REQUESTS => "rate.exceeded",
            StatusCode::SERVICE_UNAVAILABLE => "fault.passing",
            status if status.is_client_error() => "header.invalid",
            _ => "fault",
        };
        let title = KNOWN.iter().find(|known| known.code == code).map_or("", |known| known.title);
        Self::new(code, title)
    }

    /// A refusal of a use case, by its code, words and fields. What is not there is said in the same words whichever
    /// use case looked for it.
    pub fn refused(code: &str, words: String, fields: &[FieldError]) -> Self {
        let problem = Self::new(code, words);
        if problem.0.status == StatusCode::NOT_FOUND { Self::absent(code) } else { problem.fields(fields) }
    }

    pub fn absent(code: &str) -> Self {
        let words = KNOWN.iter().find(|known| known.code == code).map_or("There is nothing here", |known| known.title);
        Self::new(code, format!("{words}."))
    }

    /// The key lacks a scope; which one is named, as RFC 6750 has it and for programs.
    pub fn lacking(need: Need) -> Self {
        let name = need.name();
        Self::new("access.denied", format!("The key lacks the scope {name}, which this operation asks for."))
            .header(header::WWW_AUTHENTICATE, format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{name}\""))
            .member("scope", name)
    }

    pub fn fields(mut self, fields: &[FieldError]) -> Self {
        self.0.body.errors = fields.iter().take(MOST_ERRORS).map(field).collect();
        self
    }

    /// One field of the body.
    pub fn pointer(mut self, pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        self.0.body.errors.push(ProblemField { pointer: Some(pointer.to_owned()), parameter: None, code: code.to_owned(), detail: detail.into() });
        self
    }

    /// One parameter of the query.
    pub fn parameter(mut self, name: &str, code: &str, detail: impl Into<String>) -> Self {
        self.0.body.errors.push(ProblemField { pointer: None, parameter: Some(name.to_owned()), code: code.to_owned(), detail: detail.into() });
        self
    }

    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.body.more.insert(name.to_owned(), value.into());
        self
    }

    pub fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.0.headers.push((name, value));
        }
        self
    }

    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, seconds.to_string())
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn code(&self) -> &str {
        &self.0.body.code
    }

    /// The field errors, as they stand within a larger body.
    pub fn errors_below(&self, pointer: &str) -> Vec<ProblemField> {
        let below = |error: &ProblemField| ProblemField { pointer: error.pointer.as_ref().map(|own| format!("{pointer}{own}")), ..error.clone() };
        self.0.body.errors.iter().map(below).collect()
    }

    /// The body once more, a fault's with the id under which it was logged.
    pub fn render(&self, trace: &str) -> Vec<u8> {
        let mut body = self.0.body.clone();
        if self.0.status.is_server_error() {
            body.trace_id = Some(trace.to_owned());
            body.instance = urn(trace);
        }
        serde_json::to_vec(&body).expect("problems serialise")
    }
}

/// A trace id has as many hexadecimal digits as a UUID.
fn urn(trace: &str) -> Option<String> {
    let part = |from: usize, to: usize| trace.get(from..to);
    Some(format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8)?, part(8, 12)?, part(12, 16)?, part(16, 20)?, part(20, 32)?))
}

/// Areas name a field as forms do (`name`) or by a JSON pointer into the body.
fn field(error: &FieldError) -> ProblemField {
    let pointer = if error.field.is_empty() || error.field.starts_with('/') { error.field.clone() } else { format!("/{}", error.field.replace('.', "/")) };
    ProblemField { pointer: Some(pointer), parameter: None, code: error.code.clone(), detail: error.message.clone() }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0.body).expect("problems serialise");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.0.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignedOut => Self::new("access.signed_out", "The key is missing, unknown, revoked or expired.").header(header::WWW_AUTHENTICATE, CHALLENGE),
            Denied::TooLittle => Self::new("access.denied", "The key lacks the scope that this operation asks for.")
                .header(header::WWW_AUTHENTICATE, format!("{CHALLENGE}, error=\"insufficient_scope\"")),
            Denied::NoTenant => Self::new("access.no_tenant", "The key belongs to no organisation."),
        }
    }
}

/// What 401 answers ask for (RFC 6750).
pub const CHALLENGE: &str = r#"Bearer realm="Service Hub""#;

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        if fault.passing {
            Self::new("fault.passing", "Try again in a moment.").retry_after(PASSING_SECONDS)
        } else {
            Self::new("fault", "The request could not be completed; it was logged.")
        }
    }
}

impl From<Opened> for Problem {
    fn from(opened: Opened) -> Self {
        match opened {
            Opened::Denied(denied) => denied.into(),
            Opened::Fault(fault) => fault.into(),
        }
    }
}

/// Declares how areas' refusals become problems: `Denied` and `Fault` as everywhere, the rest by code and words;
/// `with fields` for those that name fields.
macro_rules! problems {
    ($($name:ident $(, $fields:ident)?;)+) => {$(
        impl From<$name> for $crate::problem::Problem {
            fn from(refusal: $name) -> Self {
                match refusal {
                    $name::Denied(denied) => denied.into(),
                    $name::Fault(fault) => fault.into(),
                    refusal => $crate::problem::Problem::refused(refusal.code(), refusal.to_string(), problems!(@fields refusal $($fields)?)),
                }
            }
        }
    )+};
    (@fields $refusal:ident fields) => { $refusal.fields() };
    (@fields $refusal:ident) => { &[] };
}
pub(crate) use problems;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_statuses_are_those_of_trouble() {
        let codes: BTreeSet<_> = KNOWN.iter().map(|known| known.code).collect();
        assert_eq!(codes.len(), KNOWN.len());
        assert!(KNOWN.iter().all(|known| (400..600).contains(&known.status)));
    }

    #[test]
    fn a_refusal_carries_no_trace_id_in_its_body_and_a_fault_does() {
        let text = |problem: Problem| String::from_utf8(problem.render("4bf9")).expect("JSON is UTF-8");
        assert!(!text(Problem::new("provisioning.not_found", "gone")).contains("4bf9"));
        assert!(text(Problem::from(Fault::new("secret words"))).contains("4bf9"));
        assert_eq!(urn("4bf92f3577b34da6a3ce929d0e0e4736").as_deref(), Some("urn:uuid:4bf92f35-77b3-4da6-a3ce-929d0e0e4736"));
        assert!(!text(Problem::from(Fault::new("secret words"))).contains("secret"));
    }

    #[test]
    fn fields_become_pointers() {
        let fields = [FieldError::new("name", "required", "Name it"), FieldError::new("/configuration/port", "wrong", "A port")];
        let problem = Problem::refused("provisioning.invalid", "look".into(), &fields);
        let pointers: Vec<_> = problem.0.body.errors.iter().filter_map(|error| error.pointer.clone()).collect();
        assert_eq!(pointers, ["/name", "/configuration/port"]);
    }
}
