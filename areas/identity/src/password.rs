//! Passwords on their way in: never printed, long enough; how hard they are to guess is judged on the server.

use kernel::FieldError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Characters at least.
pub const MIN: usize = 10;
/// Characters at most: hashing is not free, and nobody types more.
pub const MAX: usize = 128;

/// What somebody typed as a password. Printing it prints nothing.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for hashing.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is wrong with its length, said so that one knows what to do.
    pub fn check_length(&self, field: &str) -> Result<(), FieldError> {
        match self.0.chars().count() {
            0 => Err(FieldError::new(field, "required", "Enter a password.")),
            length if length < MIN => Err(FieldError::new(field, "too_short", "Use at least 10 characters.")),
            length if length > MAX => Err(FieldError::new(field, "too_long", "Use at most 128 characters.")),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_never_prints() {
        let code = |text: &str| Password::new(text).check_length("password").map_err(|error| error.code);
        assert_eq!(code(""), Err("required".into()));
        assert_eq!(code("äöüäöüäöü"), Err("too_short".into()));
        assert_eq!(code("äöüäöüäöüä"), Ok(()));
        assert_eq!(code(&"x".repeat(129)), Err("too_long".into()));
        assert!(!format!("{:?}", Password::new("hunter2hunter2")).contains("hunter"));
    }
}
