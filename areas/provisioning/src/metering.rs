//! Storage-hours from storage and time: exact, sliced at the organisation's midnights, so that every slice belongs to one
//! billing day.

use kernel::{Date, Timestamp};
use rust_decimal::Decimal;

/// A gigabyte is 10^9 bytes.
const BYTES_PER_GB: u64 = 1_000_000_000;
const MICROS_PER_HOUR: i64 = 3_600_000_000;
const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;
/// Digits that a slice keeps: a byte held for a microsecond is 2.8e-19 GB-hours, a cent never depends on that.
const DIGITS: u32 = 12;
/// Slices emitted at one measure: what a simulated clock may jump over, ten years.
const MOST_SLICES: usize = 3_660;

/// A part of an interval within one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
}

/// The next UTC midnight after `at`.
pub fn utc_midnight_after(at: Timestamp) -> Timestamp {
    Timestamp::from_micros((at.micros().div_euclid(MICROS_PER_DAY) + 1) * MICROS_PER_DAY)
}

/// `[from, to)` cut at midnights, in order. Contiguous: the next begins where one ends. `midnight_after` answers the first
/// midnight after a moment.
pub fn days(from: Timestamp, to: Timestamp, midnight_after: impl Fn(Timestamp) -> Timestamp) -> Vec<Slice> {
    let mut slices = Vec::new();
    let mut at = from;
    while at < to && slices.len() < MOST_SLICES {
        let end = midnight_after(at).min(to);
        slices.push(Slice { from: at, to: end });
        at = end;
    }
    slices
}

/// Gigabyte-hours of `bytes` held over the slice.
pub fn gb_hours(bytes: i64, slice: Slice) -> Decimal {
    let bytes = Decimal::from(bytes.max(0));
    let micros = Decimal::from(slice.to.micros() - slice.from.micros());
    (bytes / Decimal::from(BYTES_PER_GB) * micros / Decimal::from(MICROS_PER_HOUR)).round_dp(DIGITS).normalize()
}

/// The peak to report: on a new day, or when it is higher than what that day has reported.
pub fn new_peak(reported: Option<(Date, i64)>, today: Date, seen: i64) -> Option<i64> {
    match reported {
        Some((day, peak)) if day == today && peak >= seen => None,
        Some(_) | None => Some(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_month_of_one_gigabyte_is_exact() {
        let slices = days(time("2026-01-15T09:00:00Z"), time("2026-02-15T09:00:00Z"), utc_midnight_after);
        assert_eq!(slices.len(), 32);
        assert_eq!(slices[0].to, time("2026-01-16T00:00:00Z"));
        let sum: Decimal = slices.iter().map(|slice| gb_hours(1_000_000_000, *slice)).sum();
        assert_eq!(sum, Decimal::from(744));
    }

    #[test]
    fn five_minutes_of_eight_megabytes() {
        let slice = Slice { from: time("2026-01-15T09:00:00Z"), to: time("2026-01-15T09:05:00Z") };
        assert_eq!(gb_hours(8_400_000, slice).to_string(), "0.0007");
    }

    #[test]
    fn nothing_when_time_stood_still_or_went_back() {
        assert_eq!(days(time("2026-01-15T09:00:00Z"), time("2026-01-15T09:00:00Z"), utc_midnight_after), []);
        assert_eq!(days(time("2026-01-15T09:00:00Z"), time("2026-01-14T09:00:00Z"), utc_midnight_after), []);
    }

    #[test]
    fn a_peak_is_reported_once_a_day_unless_it_rises() {
        let day = time("2026-01-15T09:00:00Z").date_utc();
        assert_eq!(new_peak(None, day, 3), Some(3));
        assert_eq!(new_peak(Some((day, 3)), day, 3), None);
        assert_eq!(new_peak(Some((day, 3)), day, 4), Some(4));
        assert_eq!(new_peak(Some((day, 9)), day.plus_days(1), 0), Some(0));
    }

    proptest! {
        #[test]
        fn slices_cover_the_interval_without_gap_or_overlap(from in 0_i64..2_000_000_000_000_000, length in 0_i64..10_000_000_000_000) {
            let (from, to) = (Timestamp::from_micros(from), Timestamp::from_micros(from + length));
            let slices = days(from, to, utc_midnight_after);
            let mut at = from;
            for slice in &slices {
                prop_assert_eq!(slice.from, at);
                prop_assert!(slice.to > slice.from);
                prop_assert_eq!(Timestamp::from_micros(slice.to.micros() - 1).date_utc(), slice.from.date_utc());
                at = slice.to;
            }
            prop_assert_eq!(at, to);
        }
    }
}
