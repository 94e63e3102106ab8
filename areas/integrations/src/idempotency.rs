//! Requests that may be sent twice and count once: what their keys look like, and which answers are given again.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a request may run before it counts as lost with its process.
pub const LOST_AFTER: Duration = Duration::from_secs(60);
/// Bytes of an answer's body; a larger one is not kept and runs again.
pub const MAX_BODY: usize = 1024 * 1024;
/// Characters of a key.
const MAX_KEY: usize = 255;

/// An Idempotency-Key header's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The header holds no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Idempotency-Key must be 1 to 255 visible ASCII characters")]
pub struct NotAKey;

impl IdempotencyKey {
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let fits = (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') && text.trim() == text;
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAKey) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case with their values; only those that belong to the answer itself.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether a repeat gets it again. Refused inputs, missing rights, limits and faults are looked at anew: the caller
    /// mends them and sends the same key again.
    pub const fn is_kept(&self) -> bool {
        let settled = self.status < 400 || matches!(self.status, 402 | 404 | 409 | 410);
        settled && self.body.len() <= MAX_BODY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii() {
        for text in ["a", "0190-uuid", "order 7", &"k".repeat(255)] {
            assert!(IdempotencyKey::parse(text).is_ok(), "{text}");
        }
        for text in ["", " ", " a", "a\n", "ä", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(text), Err(NotAKey), "{text}");
        }
    }

    #[test]
    fn only_settled_answers_are_given_again() {
        let kept = |status| Answer { status, headers: Vec::new(), body: Vec::new() }.is_kept();
        assert_eq!([200, 201, 202, 204, 404, 409].map(kept), [true; 6]);
        assert_eq!([400, 401, 403, 413, 415, 422, 429, 500, 503].map(kept), [false; 9]);
        assert!(!Answer { status: 200, headers: Vec::new(), body: vec![0; MAX_BODY + 1] }.is_kept());
    }
}
