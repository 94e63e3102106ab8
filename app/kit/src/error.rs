//! The one error of every server function: what a page can say and do about it.

use kernel::{Denied, FieldError};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function did not answer with what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PageError {
    /// Nobody is signed in, or the session has ended.
    #[error("sign in first")]
    SignedOut,
    /// Signed in, but the role does not reach this far.
    #[error("the role does not allow this")]
    Forbidden,
    /// Unknown, or another organisation's.
    #[error("there is nothing under this name")]
    NotFound,
    /// Fields of the form need another look. `typed` is what the form held, for readers without scripting.
    #[error("some fields need another look")]
    Invalid { fields: Vec<FieldError>, typed: Vec<(String, String)> },
    /// The use case says no, for a reason that the reader can act on.
    #[error("{message}")]
    Refused { code: String, message: String },
    /// Something broke on the server, which logged it under the trace. `away`: the database does not answer just now.
    #[error("something broke on the server ({trace})")]
    Trouble { trace: String, away: bool },
    /// The server could not be reached from the browser.
    #[error("the server does not answer")]
    Offline,
}

/// Code of a refusal of what could not be read as the function's input.
pub const UNREADABLE: &str = "form.unreadable";
/// Code of a refusal of a NUL character, which nothing keeps.
pub const NUL: &str = "form.nul";
/// Code of a refusal of more than a form may hold.
pub const TOO_LARGE: &str = "form.too_large";

impl PageError {
    /// The complaints about single fields.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid { fields, .. } => fields,
            Self::SignedOut | Self::Forbidden | Self::NotFound | Self::Refused { .. } | Self::Trouble { .. } | Self::Offline => &[],
        }
    }

    /// The stable code of a refusal, for pages that answer some of them in their own way.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::SignedOut | Self::Forbidden | Self::NotFound | Self::Invalid { .. } | Self::Trouble { .. } | Self::Offline => None,
        }
    }

    /// One complaint about one field.
    pub fn field(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError::new(field, code, message)], typed: Vec::new() }
    }

    /// Sends back what was typed along with the complaints, so that a form without scripting comes back filled. `form`
    /// is the server function's own input; anything that is named like a secret stays out.
    pub fn keeping(self, form: &impl Serialize) -> Self {
        match self {
            Self::Invalid { fields, .. } => {
                let value = serde_json::to_value(form).unwrap_or_default();
                let mut typed = Vec::new();
                flatten("", &value, &mut typed);
                Self::Invalid { fields, typed }
            }
            other => other,
        }
    }

    /// What was sent is not what the function takes. `message` is the reading library's own and may hold all that was sent.
    fn unreadable(message: &str) -> Self {
        // So says a body that is read no further than the server's limit.
        let code = if message.contains("length limit exceeded") { TOO_LARGE } else { UNREADABLE };
        Self::Refused { code: code.to_owned(), message: message.chars().take(200).collect() }
    }
}

/// Most bytes of typed values that travel back in an address.
const TYPED_LIMIT: usize = 3000;

fn flatten(pointer: &str, value: &serde_json::Value, into: &mut Vec<(String, String)>) {
    use serde_json::Value;
    let secret = pointer.rsplit('/').next().is_some_and(|name| name.contains("password") || name.contains("token") || name.contains("secret"));
    let taken: usize = into.iter().map(|(name, value)| name.len() + value.len()).sum();
    if secret || taken > TYPED_LIMIT {
        return;
    }
    match value {
        Value::Null => {}
        Value::Bool(on) => into.push((pointer.to_owned(), on.to_string())),
        Value::Number(number) => into.push((pointer.to_owned(), number.to_string())),
        Value::String(text) => into.push((pointer.to_owned(), text.chars().take(1000).collect())),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| flatten(&format!("{pointer}/{index}"), item, into)),
        Value::Object(entries) => entries.iter().for_each(|(name, item)| flatten(&format!("{pointer}/{name}"), item, into)),
    }
}

impl FromServerFnError for PageError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // On the server: what was to become a socket is not the request for one.
            ServerFnErrorErr::Request(message) if cfg!(feature = "ssr") => Self::unreadable(&message),
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(message) | ServerFnErrorErr::MissingArg(message) => Self::unreadable(&message),
            ServerFnErrorErr::Deserialization(message) if reads_a_call() => Self::unreadable(&message),
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => Self::Trouble { trace: String::new(), away: false },
        }
    }
}

/// Whether it is a function's input that is read, not its answer or an address with the error of an earlier call.
#[cfg(feature = "ssr")]
fn reads_a_call() -> bool {
    use axum::http::{Method, request::Parts};
    leptos::prelude::use_context::<Parts>().is_some_and(|parts| parts.method == Method::POST)
}

#[cfg(not(feature = "ssr"))]
const fn reads_a_call() -> bool {
    false
}

impl From<Denied> for PageError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignedOut => Self::SignedOut,
            Denied::TooLittle | Denied::NoTenant => Self::Forbidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_typed_comes_back_without_secrets() {
        let error = PageError::field("email", "taken", "in use").keeping(&json!({ "form": { "email": "a@b.test", "password": "x", "rows": [{ "n": 1 }] } }));
        let PageError::Invalid { typed, .. } = error else { panic!("it stays invalid") };
        assert_eq!(typed, [("/form/email".to_owned(), "a@b.test".to_owned()), ("/form/rows/0/n".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn what_cannot_be_read_is_the_senders_affair() {
        let missing = PageError::from_server_fn_error(ServerFnErrorErr::Args("missing field `form`".to_owned()));
        assert_eq!(missing.code(), Some(UNREADABLE));
        assert_eq!(PageError::unreadable("length limit exceeded").code(), Some(TOO_LARGE));
        let answer = PageError::from_server_fn_error(ServerFnErrorErr::Deserialization("expected value".to_owned()));
        assert_eq!(answer, PageError::Trouble { trace: String::new(), away: false }, "outside of a call it is an answer that cannot be read");
    }

    #[test]
    fn travels_as_json() {
        let error = PageError::Refused { code: "billing.invoice_open".to_owned(), message: "no".to_owned() };
        assert_eq!(PageError::de(error.ser()), error);
    }
}
