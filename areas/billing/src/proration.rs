//! Which part of a term is charged: by days of the actual term, by months of thirty days, or by seconds.

use crate::periods::Period;
use catalog::{Interval, Proration};
use kernel::{Date, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A part of a term as a fraction, kept whole until the amount is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fraction {
    pub numerator: i64,
    pub denominator: i64,
    pub unit: Proration,
}

impl Fraction {
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1, unit: Proration::Days };
    pub const NOTHING: Self = Self { numerator: 0, denominator: 1, unit: Proration::Days };

    pub const fn is_whole(self) -> bool {
        self.numerator == self.denominator
    }

    pub const fn is_nothing(self) -> bool {
        self.numerator == 0
    }

    /// Multiplies first, divides last: exact to the decimal's 28 digits. `None` beyond what a decimal holds.
    pub fn of(self, amount: Decimal) -> Option<Decimal> {
        if self.is_whole() {
            return Some(amount);
        }
        amount.checked_mul(Decimal::from(self.numerator))?.checked_div(Decimal::from(self.denominator))
    }

    fn new(numerator: i64, denominator: i64, unit: Proration) -> Self {
        let denominator = denominator.max(1);
        Self { numerator: numerator.clamp(0, denominator), denominator, unit }
    }
}

/// The part of `whole` that `used` covers, by calendar days or by months of thirty.
///
/// `Seconds` needs instants and is asked of [`of_seconds`]; by dates it counts as days.
pub fn of_days(unit: Proration, used: Period, whole: Period, interval: Interval) -> Fraction {
    let used = used.and(whole);
    match unit {
        Proration::Days | Proration::Seconds => Fraction::new(used.days(), whole.days(), unit),
        // A whole term is whole whatever its months' lengths.
        Proration::Fixed30 if used == whole => Fraction { unit, ..Fraction::WHOLE },
        Proration::Fixed30 => Fraction::new(days_of_thirty(used.start, used.end), i64::from(interval.months()) * 30, unit),
    }
}

/// The part of the instants `[whole.0, whole.1)` that `[used.0, used.1)` covers.
pub fn of_seconds(used: (Timestamp, Timestamp), whole: (Timestamp, Timestamp)) -> Fraction {
    let start = used.0.max(whole.0);
    let end = used.1.min(whole.1).max(start);
    Fraction::new(end.seconds() - start.seconds(), whole.1.seconds() - whole.0.seconds(), Proration::Seconds)
}

/// Days between two dates when every month has thirty.
fn days_of_thirty(from: Date, to: Date) -> i64 {
    let number = |date: Date| i64::from(date.year()) * 360 + i64::from(date.month()) * 30 + i64::from(date.day().min(30));
    number(to) - number(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::periods::Anchor;
    use kernel::{Currency, Money};
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn period(start: &str, end: &str) -> Period {
        Period::new(date(start), date(end))
    }

    fn cents(amount: &str, fraction: Fraction) -> i64 {
        let exact = fraction.of(amount.parse().expect("a decimal")).expect("small amounts");
        Money::round_half_up(exact, Currency::Usd).expect("small amounts").minor
    }

    /// Cycles between two days: the leading part, whole terms, the trailing part.
    fn cycles(anchor: u8, interval: Interval, start: &str, end: &str) -> Decimal {
        let schedule = Anchor::from_day(anchor).expect("a day").schedule(date(start), interval);
        let lived = period(start, end);
        schedule
            .begun_by(date(end).plus_days(-1))
            .map(|term| of_days(Proration::Days, lived, term, interval).of(Decimal::ONE).expect("at most one"))
            .sum::<Decimal>()
            .round_dp(9)
    }

    #[test]
    fn g15_a_leading_and_a_trailing_part() {
        assert_eq!(cycles(15, Interval::Monthly, "2011-01-01", "2011-02-27").to_string(), "1.880184332");
    }

    #[test]
    fn g16_a_trailing_part_of_a_year_with_a_leap_day() {
        assert_eq!(cycles(17, Interval::Annual, "2010-06-17", "2011-06-25").to_string(), "1.021857923");
    }

    #[test]
    fn g18_months_of_thirty_days() {
        let fixed = |used, whole| of_days(Proration::Fixed30, used, whole, Interval::Monthly);
        assert_eq!(cents("19.95", fixed(period("2013-05-15", "2013-05-23"), period("2013-04-23", "2013-05-23"))), 532);
        assert_eq!(cents("19.95", fixed(period("2013-05-23", "2013-06-15"), period("2013-05-15", "2013-06-15"))), 1463);
        assert_eq!(cents("-19.95", fixed(period("2013-05-23", "2013-06-15"), period("2013-05-15", "2013-06-15"))), -1463);
        assert!(fixed(period("2013-05-15", "2013-06-15"), period("2013-05-15", "2013-06-15")).is_whole());
    }

    #[test]
    fn g30_the_days_that_are_left_of_a_short_term() {
        let term = period("2025-01-01", "2025-01-31");
        let left = |from: &str| of_days(Proration::Days, period(from, "2025-01-31"), term, Interval::Monthly);
        assert_eq!((cents("-100", left("2025-01-16")), cents("200", left("2025-01-16"))), (-5_000, 10_000));
        assert!(left("2025-01-31").is_nothing());
        assert_eq!((cents("-300", left("2025-01-30")), cents("600", left("2025-01-30"))), (-1_000, 2_000));
        assert_eq!((cents("-50", left("2025-01-16")), cents("100", left("2025-01-16"))), (-2_500, 5_000));
        let year = period("2025-01-01", "2026-01-01");
        assert_eq!(cents("3650.00", of_days(Proration::Days, term, year, Interval::Annual)), 30_000);
    }

    #[test]
    fn g69_what_is_left_after_the_first_day() {
        let month = |amount| cents(amount, of_days(Proration::Days, period("2024-06-02", "2024-07-01"), period("2024-06-01", "2024-07-01"), Interval::Monthly));
        assert_eq!((month("200.00"), month("160.00")), (19_333, 15_467));
        let week = of_days(Proration::Days, period("2024-06-04", "2024-06-10"), period("2024-06-03", "2024-06-10"), Interval::Monthly);
        assert_eq!(cents("29.99", week), 2_571);
    }

    #[test]
    fn seconds_count_instants() {
        let at = |text: &str| -> Timestamp { text.parse().expect("a time") };
        let whole = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        let half = of_seconds((at("2026-01-01T12:00:00Z"), at("2026-01-05T00:00:00Z")), whole);
        assert_eq!((half.numerator, half.denominator), (43_200, 86_400));
    }

    proptest! {
        #[test]
        fn the_two_sides_of_a_change_make_the_whole(start in 10_000_i64..30_000, length in 1_i64..400, cut in 0_i64..400, minor in 0_i64..10_000_000) {
            let whole = Period::new(Date::from_days(start), Date::from_days(start + length));
            let at = Date::from_days(start + cut.min(length));
            let side = |part| of_days(Proration::Days, part, whole, Interval::Monthly);
            let (before, after) = (side(Period::new(whole.start, at)), side(Period::new(at, whole.end)));
            prop_assert_eq!(before.numerator + after.numerator, length);
            let amount = Decimal::new(minor, 2);
            let sum = before.of(amount).expect("small") + after.of(amount).expect("small");
            prop_assert_eq!(sum.round_dp(10), amount.round_dp(10));
        }
    }
}
