//! What an organisation's tier allows, as far as those who come in are concerned: people and requests.
//!
//! The numbers are the plan's that is subscribed to, handed down by billing with the tier (`choose_tier`). Before there
//! is a subscription the tier's usual numbers hold, and before there is a tier those of the smallest.

use crate::Tier;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// People who may belong to an organisation at once, open invitations included.
pub const SEATS: &str = "seats";
/// Requests that a key may make in a minute.
pub const REQUESTS: &str = "api_requests_per_minute";

/// A plan's limits by name; negative numbers stand for no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limits(pub BTreeMap<String, i64>);

impl Limits {
    /// `None`: there is no limit.
    pub fn seats(&self, tier: Option<Tier>) -> Option<i64> {
        self.number(SEATS, usual(tier).0)
    }

    /// `None`: there is no limit.
    pub fn requests_per_minute(&self, tier: Option<Tier>) -> Option<i64> {
        self.number(REQUESTS, usual(tier).1)
    }

    fn number(&self, name: &str, usual: Option<i64>) -> Option<i64> {
        match self.0.get(name) {
            Some(limit) => Some(*limit).filter(|limit| *limit >= 0),
            None => usual,
        }
    }
}

/// Seats and requests a minute as the tiers are shipped.
const fn usual(tier: Option<Tier>) -> (Option<i64>, Option<i64>) {
    match tier {
        None | Some(Tier::Starter) => (Some(5), Some(60)),
        Some(Tier::Professional) => (Some(25), Some(600)),
        Some(Tier::Enterprise) => (None, Some(6_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_subscribed_to_counts_before_what_is_usual() {
        assert_eq!(Limits::default().seats(None), Some(5));
        assert_eq!(Limits::default().seats(Some(Tier::Enterprise)), None);
        let agreed = Limits(BTreeMap::from([(SEATS.to_owned(), 7), (REQUESTS.to_owned(), -1)]));
        assert_eq!((agreed.seats(Some(Tier::Starter)), agreed.requests_per_minute(Some(Tier::Starter))), (Some(7), None));
    }
}
