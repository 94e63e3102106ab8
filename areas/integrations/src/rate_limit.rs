//! How many requests a key may make, and how that is told.

/// The limit's window.
pub const WINDOW_SECONDS: u32 = 60;

/// Requests a minute where the tier sets no limit: no program of good will makes more.
const MOST: u32 = 60_000;

/// Requests a minute by what the organisation's tier allows; always some, so that a key can at least see what it may.
pub fn per_minute(allowed: Option<i64>) -> u32 {
    allowed.map_or(MOST, |allowed| u32::try_from(allowed.max(1)).unwrap_or(MOST).min(MOST))
}

/// Where a key stands after a request was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests in a window.
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until all of the limit is there again.
    pub reset: u32,
    /// Seconds to wait, when the request is refused.
    pub retry_after: Option<u32>,
}

impl RateLimit {
    /// `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-09).
    pub fn policy_field(&self) -> String {
        format!("\"default\";q={};w={WINDOW_SECONDS}", self.limit)
    }

    /// `RateLimit`.
    pub fn field(&self) -> String {
        format!("\"default\";r={};t={}", self.remaining, self.reset)
    }
}

/// Seconds until `limit` requests are possible again when `remaining` are now.
pub const fn reset(limit: u32, remaining: u32) -> u32 {
    (limit.saturating_sub(remaining) * WINDOW_SECONDS).div_ceil(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_without_limit_and_one_without_requests_are_brought_into_range() {
        assert_eq!([None, Some(600), Some(0), Some(i64::MAX)].map(per_minute), [MOST, 600, 1, MOST]);
    }

    #[test]
    fn tells_as_the_draft_says() {
        let limit = RateLimit { limit: 120, remaining: 119, reset: reset(120, 119), retry_after: None };
        assert_eq!(limit.policy_field(), "\"default\";q=120;w=60");
        assert_eq!(limit.field(), "\"default\";r=119;t=1");
        assert_eq!(reset(120, 0), 60);
        assert_eq!(reset(120, 120), 0);
    }
}
