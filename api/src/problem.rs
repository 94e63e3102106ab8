//! Trouble as RFC 9457 problem documents, and the one map from refusal codes to HTTP.
//!
//! The body never repeats what was asked for, so that another tenant's id and an unknown one answer byte for byte the
//! same; the trace id of a refusal stands in the `X-Trace-Id` header alone, that of a fault in the body as well.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Denied, Fault, FieldError};
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

/// One kind of trouble: stable code, status, title, and what to do about it.
pub struct Known {
    pub code: &'static str,
    pub status: u16,
    pub title: &'static str,
    pub help: &'static str,
}

macro_rules! known {
    ($($code:literal, $status:literal, $title:literal, $help:literal;)*) => {
        /// Every kind of trouble, in the order in which the documentation lists them.
        pub const KNOWN: &[Known] = &[$(Known { code: $code, status: $status, title: $title, help: $help }),*];
    };
}

known! {
    "access.signed_out", 401, "A valid API key is needed", "Send `Authorization: Bearer <key>` with a key that is neither revoked nor expired.";
    "access.denied", 403, "The key does not reach this far", "Use a key that has the scope named with the operation.";
    "access.no_tenant", 403, "The key belongs to no organisation", "Make a key in the organisation's settings.";
    "access.too_many_failures", 429, "Too many wrong keys from this address", "Wait as long as `Retry-After` says.";
    "rate.exceeded", 429, "Too many requests", "Wait as long as `Retry-After` says; `RateLimit` tells beforehand.";
    "route.not_found", 404, "There is no such address", "Compare the path with this reference.";
    "route.method", 405, "The address does not take this method", "`Allow` lists those it takes.";
    "route.not_acceptable", 406, "The answer is not available in this form", "Accept one of the types listed with the operation.";
    "body.too_large", 413, "The body is too large", "256 kB at most, 1 MB for events; send large batches in parts.";
    "body.media_type", 415, "The body's type is not understood", "Send one of the types listed with the operation, uncompressed, in UTF-8.";
    "body.not_json", 400, "The body is not JSON", "`line` and `column` say where reading stopped.";
    "body.invalid", 422, "The body does not fit", "`errors` lists each field by its JSON pointer.";
    "query.invalid", 400, "A query parameter does not fit", "`errors` names the parameter.";
    "header.invalid", 400, "A header does not fit", "`detail` names the header.";
    "cursor.invalid", 400, "The cursor does not belong to this list", "Take cursors from `next` as they are, with the same filter; or begin again without.";
    "idempotency.other_body", 422, "The idempotency key was used for a different request", "Use a fresh key for each request that is not a repeat.";
    "idempotency.in_flight", 409, "The first request with this idempotency key is still running", "Try again after `Retry-After` seconds to receive its answer.";
    "etag.changed", 412, "It was changed meanwhile", "Read it again and decide anew; `ETag` names its present version.";
    "catalog.not_found", 404, "There is no such offering", "List the offerings for those on sale.";
    "catalog.no_such_plan", 409, "There is no such plan for sale", "Take a plan's id from the offerings.";
    "provisioning.not_found", 404, "There is no such instance or operation", "List the instances for those that exist.";
    "provisioning.bad_cursor", 400, "The cursor does not belong to this list", "Take cursors from `next` as they are, with the same filter.";
    "provisioning.invalid", 422, "Some fields need another look", "`errors` lists each field by its JSON pointer.";
    "provisioning.no_such_plan", 409, "There is no such plan for sale", "Take a plan's id from the offerings.";
    "provisioning.order_conflict", 409, "The id belongs to a different order", "Choose a fresh id, or send the first order's content.";
    "provisioning.limit_reached", 403, "The organisation's tier allows no more instances", "Delete one, or choose a higher tier.";
    "provisioning.busy", 409, "Another change is under way", "Follow the operation that `operation` names, then try again.";
    "provisioning.wrong_state", 409, "The instance's state does not take this change", "`actions` of the instance lists what it takes now.";
    "provisioning.held_by_customer", 409, "The instance is suspended on its owner's wish", "Resume it.";
    "provisioning.held_for_debt", 409, "The instance is suspended for an unpaid invoice", "Pay the invoice; it comes back by itself.";
    "provisioning.held_by_staff", 409, "The instance is suspended by the provider", "Ask the provider.";
    "provisioning.stale", 412, "It was changed meanwhile", "Read it again and decide anew; `ETag` names its present version.";
    "provisioning.other_service", 409, "The plan belongs to another service", "Choose a plan of the instance's own offering.";
    "provisioning.below_use", 409, "The plan allows less than is used now", "`detail` has the numbers; free some first.";
    "provisioning.no_credentials", 409, "There are no credentials to show", "Wait until the instance runs; some services have none.";
    "provisioning.already_shown", 409, "The credentials were shown already", "Rotate them for new ones.";
    "provisioning.not_retryable", 409, "This operation cannot be tried again", "Only the newest operation of an instance can, when it failed.";
    "monitoring.not_found", 404, "There is no such check", "The instance's status lists its checks.";
    "monitoring.bad_cursor", 400, "The cursor does not belong to this list", "Take cursors from `next` as they are, with the same filter.";
    "event.invalid", 422, "The event needs another look", "`errors` lists each attribute by its JSON pointer.";
    "event.no_such_instance", 409, "The event names an instance that is not there", "`subject` is the id of one of the organisation's instances.";
    "event.conflict", 409, "An event with this source and id was accepted with another payload", "Give every fact an id of its own; a repeat is sent unchanged.";
    "event.too_late", 409, "The event's term was closed too long ago", "It is kept and listed, but not charged; report usage within two terms.";
    "billing.subscription_not_found", 404, "There is no such subscription", "List the subscriptions for those that exist.";
    "billing.invoice_not_found", 404, "There is no such invoice", "List the invoices for those that exist.";
    "billing.line_not_found", 404, "There is no such line on this invoice", "The invoice lists its lines.";
    "billing.plan_not_found", 409, "There is no such plan for sale", "Take a plan's id from the offerings.";
    "billing.no_account", 409, "The organisation's billing account is not open yet", "Complete the organisation's profile first.";
    "billing.not_sold", 409, "The plan is not sold in this currency for this term", "The offerings list prices by currency and interval.";
    "billing.too_large", 422, "The numbers are too large to calculate with", "Ask for less.";
    "billing.subscription_ended", 409, "The subscription has ended", "Order anew.";
    "billing.subscription_cancelled", 409, "The subscription is cancelled to the end of its term", "Keep it first.";
    "billing.term_not_over", 409, "The term is not over yet", "Wait for its end.";
    "billing.other_offering", 409, "The plan belongs to another service", "Choose a plan of the same offering.";
    "billing.restricted", 403, "Unpaid invoices restrict the organisation", "Pay them; then order again.";
    "billing.payment_recorded", 409, "A payment with this reference was recorded before", "Nothing is to be done.";
    "billing.other_currency", 422, "The currency is not the account's", "Use the account's currency.";
    "billing.payment_under_way", 409, "A payment for this invoice is under way", "Wait for its end.";
    "billing.invoice_paid", 409, "The invoice is paid already", "Nothing is to be done.";
    "billing.no_such_gateway", 422, "The payment method is not known here", "Choose another.";
    "billing.fields", 422, "Some fields need another look", "`errors` lists each field by its JSON pointer.";
    "identity.invalid", 422, "Some fields need another look", "`errors` lists each field by its JSON pointer.";
    "fault.passing", 503, "Service Hub is out of breath for a moment", "Nothing was changed by this request as far as is known; try again after `Retry-After` seconds, with the same idempotency key.";
    "fault", 500, "Something broke on our side", "It was logged under `trace_id`; try again, or tell the provider that id.";
}

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

/// An answer that is not what was asked for.
#[derive(Debug, Clone)]
pub struct Problem {
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
            code: code.to_owned(),
            trace_id: None,
            errors: Vec::new(),
            more: Map::new(),
        };
        Self { status: StatusCode::from_u16(status).expect("the map holds HTTP statuses"), body, headers: Vec::new() }
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
        if problem.status == StatusCode::NOT_FOUND { Self::absent(code) } else { problem.fields(fields) }
    }

    pub fn absent(code: &str) -> Self {
        let words = KNOWN.iter().find(|known| known.code == code).map_or("There is nothing here", |known| known.title);
        Self::new(code, format!("{words}."))
    }

    pub fn fields(mut self, fields: &[FieldError]) -> Self {
        self.body.errors = fields.iter().take(MOST_ERRORS).map(field).collect();
        self
    }

    /// One field of the body.
    pub fn pointer(mut self, pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        self.body.errors.push(ProblemField { pointer: Some(pointer.to_owned()), parameter: None, code: code.to_owned(), detail: detail.into() });
        self
    }

    /// One parameter of the query.
    pub fn parameter(mut self, name: &str, code: &str, detail: impl Into<String>) -> Self {
        self.body.errors.push(ProblemField { pointer: None, parameter: Some(name.to_owned()), code: code.to_owned(), detail: detail.into() });
        self
    }

    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.more.insert(name.to_owned(), value.into());
        self
    }

    pub fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.push((name, value));
        }
        self
    }

    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, seconds.to_string())
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    pub fn code(&self) -> &str {
        &self.body.code
    }

    /// The field errors, as they stand within a larger body.
    pub fn errors_below(&self, pointer: &str) -> Vec<ProblemField> {
        let below = |error: &ProblemField| ProblemField { pointer: error.pointer.as_ref().map(|own| format!("{pointer}{own}")), ..error.clone() };
        self.body.errors.iter().map(below).collect()
    }

    /// The body once more, a fault's with the id under which it was logged.
    pub fn render(&self, trace: &str) -> Vec<u8> {
        let mut body = self.body.clone();
        if self.status.is_server_error() {
            body.trace_id = Some(trace.to_owned());
        }
        serde_json::to_vec(&body).expect("problems serialise")
    }
}

/// Areas name a field as forms do (`name`) or by a JSON pointer into the body.
fn field(error: &FieldError) -> ProblemField {
    let pointer = if error.field.is_empty() || error.field.starts_with('/') { error.field.clone() } else { format!("/{}", error.field.replace('.', "/")) };
    ProblemField { pointer: Some(pointer), parameter: None, code: error.code.clone(), detail: error.message.clone() }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body).expect("problems serialise");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        for (name, value) in &self.headers {
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
                .header(header::WWW_AUTHENTICATE, r#"Bearer realm="Service Hub", error="insufficient_scope""#),
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
        assert!(!text(Problem::from(Fault::new("secret words"))).contains("secret"));
    }

    #[test]
    fn fields_become_pointers() {
        let fields = [FieldError::new("name", "required", "Name it"), FieldError::new("/configuration/port", "wrong", "A port")];
        let problem = Problem::refused("provisioning.invalid", "look".into(), &fields);
        let pointers: Vec<_> = problem.body.errors.iter().filter_map(|error| error.pointer.clone()).collect();
        assert_eq!(pointers, ["/name", "/configuration/port"]);
    }
}
