//! E-mail addresses as accounts know them: trimmed, lower case, shaped so that mail can be sent there.

use kernel::FieldError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest address that mail servers take (RFC 5321, 4.5.3.1.3).
const MAX: usize = 254;
/// Longest part before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// An address in lower case. Case in the local part is kept apart by no mail service that people use, and two accounts
/// that differ by case only would be somebody's mistake.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    #[error("Enter your e-mail address.")]
    Empty,
    #[error("An e-mail address has at most 254 characters.")]
    TooLong,
    #[error("Enter an e-mail address like name@example.com.")]
    Shape,
}

impl NotAnAddress {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong => "too_long",
            Self::Shape => "email",
        }
    }

    pub fn on(self, field: &str) -> FieldError {
        FieldError::new(field, self.code(), self.to_string())
    }
}

impl EmailAddress {
    /// The dot-atom form of RFC 5322 at a domain with a dot; quoted local parts and address literals are refused.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        if text.len() > MAX {
            return Err(NotAnAddress::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress::Shape)?;
        if local.len() > MAX_LOCAL || !local.split('.').all(is_atom) || !is_domain(domain) {
            return Err(NotAnAddress::Shape);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_atom(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    labels.len() >= 2
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && labels.last().is_some_and(|top| top.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_write_in_one_form() {
        for (text, address) in [
            (" Sari@Example.COM ", "sari@example.com"),
            ("a.b+tag@mail.example.co.id", "a.b+tag@mail.example.co.id"),
            ("o'neil@xn--bcher-kva.example", "o'neil@xn--bcher-kva.example"),
        ] {
            assert_eq!(EmailAddress::parse(text).map(String::from), Ok(address.to_owned()));
        }
    }

    #[test]
    fn refuses_what_mail_cannot_reach() {
        for text in ["a", "@example.com", "a@", "a@localhost", "a b@example.com", "a@b@example..com", ".a@example.com", "a@-x.com", "a@1.2", "a@ex_ample.com", "ä@example.com", "a@example.com\nBcc: x@y.zz"] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnAddress::Shape), "{text}");
        }
        assert_eq!(EmailAddress::parse("  "), Err(NotAnAddress::Empty));
        assert_eq!(EmailAddress::parse(&format!("a@{}.com", "x".repeat(260))), Err(NotAnAddress::TooLong));
    }
}
