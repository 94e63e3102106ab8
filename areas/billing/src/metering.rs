//! From events to the one quantity that a term is charged for, kept as a running total so that no term's end has to
//! read every event again.

use catalog::Aggregation;
use kernel::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Microseconds in an hour: time-weighted sums are in value × hours.
const MICROS_PER_HOUR: i64 = 3_600_000_000;
/// No single value may be larger, so that sums of millions of them can be calculated with.
pub const LARGEST_VALUE: i64 = 1_000_000_000_000;

/// Whether a meter's quantity grows with the time it is counted in. A level does not: the highest or latest of half a term
/// is no half of it, so that what it costs is prorated instead.
pub const fn grows_with_time(aggregation: Aggregation) -> bool {
    match aggregation {
        Aggregation::Sum | Aggregation::Count | Aggregation::UniqueCount | Aggregation::TimeWeightedSum => true,
        Aggregation::Max | Aggregation::Latest => false,
    }
}

/// What one meter of one subscription counted since the term began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Where the term began; weights count from here.
    pub from: Timestamp,
    /// The level that the term before left behind.
    pub carried: Option<Decimal>,
    pub events: u64,
    pub sum: Decimal,
    pub max: Option<Decimal>,
    /// The newest event by its own time.
    pub latest: Option<(Timestamp, Decimal)>,
    /// Value × microseconds up to the newest event.
    pub weighted: Decimal,
}

/// Whether the running total still stands after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    Stands,
    /// The event is older than the newest one: where weights matter it is still to be fitted in.
    OutOfOrder,
}

impl Total {
    pub const fn opened(from: Timestamp, carried: Option<Decimal>) -> Self {
        Self { from, carried, events: 0, sum: Decimal::ZERO, max: None, latest: None, weighted: Decimal::ZERO }
    }

    /// The same from all events at once, in any order.
    pub fn of(from: Timestamp, carried: Option<Decimal>, events: &[(Timestamp, Decimal)]) -> Self {
        let mut ordered = events.to_vec();
        // Stable: of two events at one instant the one that came later counts as the latest.
        ordered.sort_by_key(|(at, _)| *at);
        let mut total = Self::opened(from, carried);
        for (at, value) in ordered {
            total.add(at, value);
        }
        total
    }

    pub fn add(&mut self, at: Timestamp, value: Decimal) -> Added {
        self.events += 1;
        self.sum += value;
        self.max = Some(self.max.map_or(value, |max| max.max(value)));
        let (since, level) = self.latest.unwrap_or((self.from, self.carried.unwrap_or_default()));
        if at < since {
            return Added::OutOfOrder;
        }
        self.weighted += level * span(since, at);
        self.latest = Some((at, value));
        Added::Stands
    }

    /// Weighs an event that came out of order: from its time `until` that of the next one it holds, and no more the level
    /// `before` it.
    pub fn fit_in(&mut self, before: Decimal, (at, value): (Timestamp, Decimal), until: Timestamp) {
        self.weighted += (value - before) * span(at, until);
    }

    /// Begins with another level than was known, which holds up to the time of the `first` event.
    pub fn begin_with(&mut self, level: Decimal, first: Option<Timestamp>) {
        if let Some(first) = first {
            self.weighted += (level - self.carried.unwrap_or_default()) * span(self.from, first);
        }
        self.carried = Some(level);
    }

    /// What the term is charged for when it ends at `until`. Unique counts need the events: their number of different
    /// values is `unique`.
    pub fn quantity(&self, aggregation: Aggregation, until: Timestamp, unique: u64) -> Decimal {
        match aggregation {
            Aggregation::Sum => self.sum,
            Aggregation::Count => Decimal::from(self.events),
            Aggregation::UniqueCount => Decimal::from(unique),
            Aggregation::Max => self.max.unwrap_or_default(),
            Aggregation::Latest => self.level().unwrap_or_default(),
            Aggregation::TimeWeightedSum => {
                let (since, level) = self.latest.unwrap_or((self.from, self.carried.unwrap_or_default()));
                (self.weighted + level * span(since, until)) / Decimal::from(MICROS_PER_HOUR)
            }
        }
    }

    /// The level that holds after the newest event, and that the next term begins with.
    pub fn level(&self) -> Option<Decimal> {
        self.latest.map(|(_, value)| value).or(self.carried)
    }
}

fn span(from: Timestamp, to: Timestamp) -> Decimal {
    Decimal::from((to.micros() - from.micros()).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn g54_what_comes_after_the_end_does_not_count() {
        let end = at("2013-06-16T00:00:00Z");
        let events = [(at("2013-06-15T10:00:00Z"), Decimal::from(99)), (at("2013-06-16T10:00:00Z"), Decimal::ONE_HUNDRED)];
        let within: Vec<_> = events.into_iter().filter(|(when, _)| *when < end).collect();
        assert_eq!(Total::of(at("2013-06-01T00:00:00Z"), None, &within).quantity(Aggregation::Sum, end, 0), Decimal::from(99));
    }

    #[test]
    fn a_level_holds_until_the_next_and_into_the_next_term() {
        let (from, until) = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        let mut total = Total::opened(from, Some(Decimal::TWO));
        assert_eq!(total.quantity(Aggregation::TimeWeightedSum, until, 0), Decimal::from(48));
        total.add(at("2026-01-01T12:00:00Z"), Decimal::TEN);
        assert_eq!(total.quantity(Aggregation::TimeWeightedSum, until, 0), Decimal::from(2 * 12 + 10 * 12));
        assert_eq!(total.level(), Some(Decimal::TEN));
    }

    #[test]
    fn each_aggregation_sees_the_events_its_own_way() {
        let from = at("2026-01-01T00:00:00Z");
        let events = [3, 7, 5].map(|value| (from.plus(std::time::Duration::from_secs(value as u64)), Decimal::from(value)));
        let total = Total::of(from, None, &events);
        let quantity = |aggregation| total.quantity(aggregation, at("2026-01-01T01:00:00Z"), 3);
        assert_eq!(quantity(Aggregation::Sum), Decimal::from(15));
        assert_eq!(quantity(Aggregation::Count), Decimal::from(3));
        assert_eq!(quantity(Aggregation::UniqueCount), Decimal::from(3));
        assert_eq!(quantity(Aggregation::Max), Decimal::from(7));
        assert_eq!(quantity(Aggregation::Latest), Decimal::from(7));
    }

    proptest! {
        #[test]
        fn an_event_that_is_fitted_in_weighs_as_though_it_had_come_in_order(offsets in prop::collection::vec((0_u64..100_000, 0_i64..1_000), 1..40), carried in 0_i64..10) {
            let (from, carried) = (at("2026-01-01T00:00:00Z"), Decimal::from(carried));
            let events: Vec<(Timestamp, Decimal)> =
                offsets.iter().map(|(seconds, value)| (from.plus(std::time::Duration::from_secs(*seconds)), Decimal::from(*value))).collect();
            let mut running = Total::opened(from, Some(carried));
            for (index, (when, value)) in events.iter().enumerate() {
                if running.add(*when, *value) == Added::OutOfOrder {
                    let mut known = events[..index].to_vec();
                    known.sort_by_key(|(at, _)| *at);
                    let before = known.iter().rev().find(|(at, _)| at <= when).map_or(carried, |(_, value)| *value);
                    let until = known.iter().find(|(at, _)| at > when).expect("a newer one").0;
                    running.fit_in(before, (*when, *value), until);
                }
            }
            prop_assert_eq!(running, Total::of(from, Some(carried), &events));
        }

        #[test]
        fn a_level_that_is_carried_late_weighs_as_though_it_had_been_there(offsets in prop::collection::vec((0_u64..100_000, 0_i64..1_000), 0..20), early in 0_i64..10, late in 0_i64..10) {
            let from = at("2026-01-01T00:00:00Z");
            let events: Vec<(Timestamp, Decimal)> =
                offsets.iter().map(|(seconds, value)| (from.plus(std::time::Duration::from_secs(*seconds)), Decimal::from(*value))).collect();
            let mut total = Total::of(from, (early > 0).then(|| Decimal::from(early)), &events);
            total.begin_with(Decimal::from(late), events.iter().map(|(at, _)| *at).min());
            prop_assert_eq!(total, Total::of(from, Some(Decimal::from(late)), &events));
        }

        #[test]
        fn a_running_total_equals_one_made_of_all_events(offsets in prop::collection::vec((0_u64..100_000, 0_i64..1_000), 0..40)) {
            let from = at("2026-01-01T00:00:00Z");
            let mut events: Vec<(Timestamp, Decimal)> = offsets
                .iter()
                .map(|(seconds, value)| (from.plus(std::time::Duration::from_secs(*seconds)), Decimal::from(*value)))
                .collect();
            events.sort_by_key(|(when, _)| *when);
            let mut running = Total::opened(from, None);
            for (when, value) in &events {
                prop_assert_eq!(running.add(*when, *value), Added::Stands);
            }
            prop_assert_eq!(running, Total::of(from, None, &events));
        }
    }
}
