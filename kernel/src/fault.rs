//! What a use case answers besides its refusals: denied, or a fault that was logged.

use serde::{Deserialize, Serialize};

/// The caller may not do this. What exactly was missing is for the log and the audit trail; the caller of another
/// organisation's thing gets "not found" instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Denied {
    /// Nobody is signed in, or the key is not known.
    #[error("sign in first")]
    SignedOut,
    /// Signed in, but the role or the key's scopes do not reach this far.
    #[error("the role does not allow this")]
    TooLittle,
    /// No organisation is chosen.
    #[error("no organisation is chosen")]
    NoTenant,
}

/// Something broke that the caller cannot mend. Logged once with its trace id where it arose; never shown.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    message: String,
    /// Whether trying again later may help: the database is away, a backend does not answer.
    pub passing: bool,
}

impl Fault {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), passing: false }
    }

    /// A fault that may be gone on the next try.
    pub fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), passing: true }
    }
}

/// What is wrong with one field of a form or a request body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer into the body, or the form field's name: `/configuration/storage_gb`, `email`.
    pub field: String,
    /// Stable code that the translations and API clients know: `required`, `too_long`, `taken`.
    pub code: String,
    /// What to do, in English; pages translate by code.
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}
