//! Requests counted per key, in this process: a leaky bucket that refills evenly over the minute.

use crate::rate_limit::{RateLimit, reset};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use kernel::ApiKeyId;
use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

type Limiter = RateLimiter<ApiKeyId, DefaultKeyedStateStore<ApiKeyId>, DefaultClock, StateInformationMiddleware>;

/// One limiter for each size of limit, of which there are as many as tiers.
static LIMITERS: LazyLock<Mutex<HashMap<u32, Arc<Limiter>>>> = LazyLock::new(Mutex::default);
static COUNTED: AtomicU64 = AtomicU64::new(0);
/// Requests after which keys that have been quiet for a minute are forgotten.
const TIDY_EVERY: u64 = 10_000;

fn limiter(per_minute: NonZeroU32) -> Arc<Limiter> {
    let mut limiters = LIMITERS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(
        limiters
            .entry(per_minute.get())
            .or_insert_with(|| Arc::new(RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware())),
    )
}

/// Counts one request of a key; `retry_after` tells whether it is one too many.
pub fn count(key: ApiKeyId, per_minute: u32) -> RateLimit {
    let limit = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    let limiter = limiter(limit);
    if COUNTED.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
        limiter.retain_recent();
    }
    match limiter.check_key(&key) {
        Ok(state) => {
            let remaining = state.remaining_burst_capacity();
            RateLimit { limit: limit.get(), remaining, reset: reset(limit.get(), remaining), retry_after: None }
        }
        Err(until) => {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            RateLimit { limit: limit.get(), remaining: 0, reset: reset(limit.get(), 0), retry_after: Some(seconds) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_down_then_refuses_each_key_by_itself() {
        let key = |number: u128| ApiKeyId::from_uuid(uuid::Uuid::from_u128(number));
        let first = count(key(1), 3);
        assert_eq!((first.limit, first.remaining, first.retry_after), (3, 2, None));
        count(key(1), 3);
        count(key(1), 3);
        let refused = count(key(1), 3);
        assert_eq!((refused.remaining, refused.reset), (0, 60));
        assert!(refused.retry_after.is_some_and(|seconds| (1..=21).contains(&seconds)), "{refused:?}");
        assert_eq!(count(key(2), 3).retry_after, None);
    }
}
