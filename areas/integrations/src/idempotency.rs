//! Requests that may be sent twice and count once: what their keys look like, and which answers are given again.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a request may run before it counts as lost with its process.
pub const LOST_AFTER: Duration = Duration::from_secs(60);
/// Bytes of an answer's body; a larger one, which none of ours is, is not kept and its request runs again.
pub const MAX_BODY: usize = 4 * 1024 * 1024;
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
    /// Whether a repeat gets it again: only what was done is. Refused inputs, missing rights, conflicts, limits and
    /// faults are looked at anew, so that the caller mends them and sends the same key again.
    pub const fn is_kept(&self) -> bool {
        self.status >= 200 && self.status < 300 && self.body.len() <= MAX_BODY
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
    fn only_what_was_done_is_given_again() {
        let kept = |status| Answer { status, headers: Vec::new(), body: Vec::new() }.is_kept();
        assert_eq!([200, 201, 202, 204, 207].map(kept), [true; 5]);
        assert_eq!([400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503].map(kept), [false; 11]);
        assert!(!Answer { status: 200, headers: Vec::new(), body: vec![0; MAX_BODY + 1] }.is_kept());
    }
}
