//! How often one may ask, told before it is exceeded: `RateLimit`, `RateLimit-Policy`, `Retry-After`.
//!
//! Keys are counted by the integrations area, by their organisation's tier. Here stands the count of wrong keys by
//! address, so that guessing does not keep the database busy. A key that was good before is not held up by what others
//! at its address do.

use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use integrations::{RateLimit, rate_limit::WINDOW_SECONDS};
use kernel::Timestamp;
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Failures that one address may have in a window.
const FAILURES: u32 = 60;
/// Addresses that are remembered; beyond it, those with no failure left in their window are forgotten.
const MOST_ADDRESSES: usize = 50_000;
/// Keys that are remembered as good; then all are forgotten, which costs each one look into the database.
const MOST_KEYS: usize = 10_000;
const WINDOW: i64 = WINDOW_SECONDS as i64 * 1_000_000;
/// Microseconds of the window that one failure uses up.
const COST: i64 = WINDOW / FAILURES as i64;

pub fn write(limit: &RateLimit, headers: &mut HeaderMap) {
    for (name, text) in [(RATE_LIMIT_POLICY, limit.policy_field()), (RATE_LIMIT, limit.field())] {
        headers.insert(name, HeaderValue::try_from(text).expect("names and numbers are visible ASCII"));
    }
}

/// The answer when the request was one too many.
pub fn refusal(limit: &RateLimit, code: &str) -> Option<Problem> {
    let seconds = limit.retry_after?;
    Some(Problem::new(code, format!("{} requests in {WINDOW_SECONDS} seconds are allowed.", limit.limit)).retry_after(seconds.into()))
}

/// Wrong keys by address, counted by the generic cell rate algorithm: one time for each address, after which its
/// allowance is whole again.
#[derive(Default)]
pub struct Failures {
    whole_at: Mutex<HashMap<String, i64>>,
    good: Mutex<HashSet<[u8; 32]>>,
}

impl Failures {
    /// Counts a wrong key.
    pub fn count(&self, address: &str, now: Timestamp) -> RateLimit {
        self.look(address, now, COST)
    }

    /// Where the address stands.
    pub fn peek(&self, address: &str, now: Timestamp) -> RateLimit {
        self.look(address, now, 0)
    }

    /// Remembers a key as good: by its hash, which says nothing of the key.
    pub fn remember(&self, secret: &str) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.len() >= MOST_KEYS {
            good.clear();
        }
        good.insert(Sha256::digest(secret).into());
    }

    pub fn was_good(&self, secret: &str) -> bool {
        let hash: [u8; 32] = Sha256::digest(secret).into();
        self.good.lock().unwrap_or_else(PoisonError::into_inner).contains(&hash)
    }

    fn look(&self, address: &str, now: Timestamp, cost: i64) -> RateLimit {
        let now = now.micros();
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= MOST_ADDRESSES {
            whole_at.retain(|_, at| *at > now);
        }
        // Further ahead than a window can only be when the clock was set back.
        let used = whole_at.get(address).map(|at| at - now).filter(|used| (0..=WINDOW).contains(used)).unwrap_or(0);
        let allowed = used + COST <= WINDOW;
        let after = if allowed { used + cost } else { used };
        if allowed && cost > 0 {
            whole_at.insert(address.to_owned(), now + after);
        }
        RateLimit {
            limit: FAILURES,
            remaining: u32::try_from((WINDOW - after) / COST).unwrap_or(0),
            reset: seconds_up(after),
            retry_after: (!allowed).then(|| seconds_up(used + COST - WINDOW).max(1)),
        }
    }
}

fn seconds_up(micros: i64) -> u32 {
    u32::try_from(u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn so_many_failures_then_one_by_one_and_all_again_later() {
        let failures = Failures::default();
        for left in (0..60).rev() {
            assert_eq!(failures.count("a", at(0)).remaining, left);
        }
        let refused = failures.peek("a", at(0));
        assert_eq!((refused.retry_after, refused.reset), (Some(1), 60));
        assert!(refusal(&refused, "access.too_many_failures").is_some());
        assert_eq!(failures.peek("b", at(0)).retry_after, None);
        assert_eq!(failures.peek("a", at(1)).retry_after, None);
        assert_eq!(failures.peek("a", at(61)).remaining, 60);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let failures = Failures::default();
        failures.count("a", at(1_000));
        assert_eq!(failures.count("a", at(0)).remaining, 59);
    }
}
