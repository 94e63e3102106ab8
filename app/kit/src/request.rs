//! From a request to the `Cx` of its use case, and from a use case's refusal to the page's error.

use crate::{
    PageError,
    error::{TOO_LARGE, UNREADABLE},
    preferences::Theme,
};
pub use axum::http::StatusCode;
use axum::http::{HeaderMap, header, request::Parts};
use kernel::{FieldError, Language};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use platform::Cx;

/// The request's context: who asks, for which organisation, through which machinery. The server puts it on each request.
pub async fn cx() -> Result<Cx, PageError> {
    cx_of_page().ok_or_else(|| {
        // The server could not look the caller up: its database does not answer.
        status(StatusCode::SERVICE_UNAVAILABLE);
        PageError::Trouble { trace: String::new(), away: true }
    })
}

/// The same where a page is being made; none in tests that render without a server.
pub fn cx_of_page() -> Option<Cx> {
    known()
}

/// What else the server knows of who asks and put on the request.
pub fn known<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>()?.extensions.get::<T>().cloned()
}

/// The language of the page: what was chosen in this browser, else the person's, else what the browser asks for.
pub fn language() -> Language {
    let headers = headers();
    cookie(&headers, crate::preferences::LANGUAGE_COOKIE)
        .and_then(|code| code.parse().ok())
        .or_else(|| cx_of_page().map(|cx| cx.language()))
        .or_else(|| Language::from_accept_language(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
        .unwrap_or_default()
}

/// The theme chosen in this browser.
pub fn theme() -> Theme {
    cookie(&headers(), crate::preferences::THEME_COOKIE).and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// The path and query being shown.
pub fn path() -> String {
    use_context::<Parts>().and_then(|parts| parts.uri.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/".to_owned())
}

fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then(|| value.to_owned())
    })
}

/// Sets the status of the answer being made, where there is one.
pub fn status(code: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(code);
    }
}

/// Adds a `Set-Cookie` to the answer being made.
pub fn set_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), cookie.parse()) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// Where to go back to: only a path of ours, never another host.
pub fn local_path(path: &str) -> &str {
    // Browsers leave out tabs and line breaks, and take a backslash for a slash.
    let safe = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    if safe { path } else { "/" }
}

/// For refusals without complaints about fields; `page_error!` prefers a refusal's own `fields`.
pub trait NoFields {
    fn fields(&self) -> &[FieldError] {
        &[]
    }
}

impl<T> NoFields for T {}

/// What `page_error!` makes of a refusal's parts; sets the status of the answer.
pub fn refusal(code: &str, message: String, fields: Vec<FieldError>) -> PageError {
    let error = match code {
        "access.signed_out" => PageError::SignedOut,
        "access.denied" | "access.no_tenant" => PageError::Forbidden,
        "fault" => {
            let trace = cx_of_page().map(|cx| cx.trace().to_owned()).unwrap_or_default();
            PageError::Trouble { trace, away: message == "the database does not answer" }
        }
        _ if !fields.is_empty() => PageError::Invalid { fields, typed: Vec::new() },
        _ if code.ends_with("not_found") => PageError::NotFound,
        _ => PageError::Refused { code: code.to_owned(), message },
    };
    settle(&error);
    error
}

/// A form that the browser itself sends is answered by leading back to its page, and that needs the status of a redirect.
fn settle(error: &PageError) {
    if !is_plain_form() {
        status(status_of(error));
    }
}

/// Whether the browser itself sends the form and follows where the answer leads: scripting is off or not there yet.
pub fn is_plain_form() -> bool {
    let Some(parts) = use_context::<Parts>() else { return false };
    let accepts_html = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    accepts_html && parts.method == axum::http::Method::POST
}

/// The HTTP status that goes with an error.
pub fn status_of(error: &PageError) -> StatusCode {
    match error {
        PageError::SignedOut => StatusCode::UNAUTHORIZED,
        PageError::Forbidden => StatusCode::FORBIDDEN,
        PageError::NotFound => StatusCode::NOT_FOUND,
        PageError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        PageError::Refused { code, .. } if code == UNREADABLE => StatusCode::UNPROCESSABLE_ENTITY,
        PageError::Refused { code, .. } if code == TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
        PageError::Refused { .. } => StatusCode::CONFLICT,
        PageError::Trouble { away: true, .. } | PageError::Offline => StatusCode::SERVICE_UNAVAILABLE,
        PageError::Trouble { away: false, .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A use case's refusal as the page's error: `.map_err(|e| kit::page_error!(e))?`. Takes any enum with `code()`,
/// `Display` and, where it has them, `fields()`.
#[macro_export]
macro_rules! page_error {
    ($refusal:expr) => {{
        #[allow(unused_imports)]
        use $crate::request::NoFields as _;
        let refusal = $refusal;
        $crate::request::refusal(refusal.code(), refusal.to_string(), refusal.fields().to_vec())
    }};
}

impl From<platform::Opened> for PageError {
    fn from(opened: platform::Opened) -> Self {
        match opened {
            platform::Opened::Denied(denied) => {
                let error = Self::from(denied);
                settle(&error);
                error
            }
            platform::Opened::Fault(fault) => fault.into(),
        }
    }
}

impl From<kernel::Fault> for PageError {
    fn from(fault: kernel::Fault) -> Self {
        refusal("fault", fault.to_string(), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_sends_anyone_to_another_host() {
        for evil in ["https://evil.test", "//evil.test", "///evil.test", "/\\evil.test", "/billing?q=\\", "evil", "?q=1", ""] {
            assert_eq!(local_path(evil), "/", "{evil}");
        }
        assert_eq!(local_path("/billing?q=1"), "/billing?q=1");
        // What stands behind the question mark leads nowhere by itself.
        assert_eq!(local_path("/services?q=a%26b&next=//evil.test"), "/services?q=a%26b&next=//evil.test");
    }

    #[test]
    fn never_takes_a_character_that_browsers_leave_out() {
        for hidden in ["/\t/evil.test", "/\n/evil.test", "/billing\r\nSet-Cookie: hub_session=x", "/billing?q=\u{0}", "/billing?q=\u{7f}", "/billing?q=\u{85}"] {
            assert_eq!(local_path(hidden), "/", "{hidden:?}");
        }
    }

    #[test]
    fn codes_become_what_a_page_can_say() {
        assert_eq!(refusal("access.denied", String::new(), Vec::new()), PageError::Forbidden);
        assert_eq!(refusal("provisioning.not_found", String::new(), Vec::new()), PageError::NotFound);
        assert!(matches!(refusal("identity.invalid", String::new(), vec![FieldError::new("email", "taken", "")]), PageError::Invalid { .. }));
        assert_eq!(refusal("fault", "the database does not answer".to_owned(), Vec::new()), PageError::Trouble { trace: String::new(), away: true });
    }
}
