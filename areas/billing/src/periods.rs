//! When terms begin and end: an anchor day that months too short only bend, and the schedule that follows from it.
//!
//! Terms are half-open `[start, end)` in calendar days of the tenant's zone. Every boundary is counted from the first
//! one, never from the boundary before it, so that an anchor on the 31st falls on 28 February and returns to
//! 31 March.

use catalog::Interval;
use kernel::Date;
use serde::{Deserialize, Serialize};

/// A half-open stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub start: Date,
    /// The first day that no longer belongs to it.
    pub end: Date,
}

impl Period {
    pub const fn new(start: Date, end: Date) -> Self {
        Self { start, end }
    }

    /// Negative where the end lies before the start.
    pub const fn days(self) -> i64 {
        self.end.days() - self.start.days()
    }

    pub const fn is_empty(self) -> bool {
        self.days() <= 0
    }

    pub fn contains(self, date: Date) -> bool {
        self.start <= date && date < self.end
    }

    /// The part of this period that also belongs to `other`; empty where they do not meet.
    pub fn and(self, other: Self) -> Self {
        let start = self.start.max(other.start);
        Self { start, end: self.end.min(other.end).max(start) }
    }
}

/// The day of the month on which terms turn, 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Anchor(u8);

impl Anchor {
    /// The anchor of someone who begins on this day.
    pub const fn of(date: Date) -> Self {
        Self(date.day())
    }

    /// `None` unless 1 to 31.
    pub const fn from_day(day: u8) -> Option<Self> {
        if day >= 1 && day <= 31 { Some(Self(day)) } else { None }
    }

    pub const fn day(self) -> u8 {
        self.0
    }

    /// Its day in a month counted from year 0, month 0; the month's last day where the month is too short.
    fn in_month(self, month_number: i64) -> Date {
        let year = i32::try_from(month_number.div_euclid(12)).unwrap_or(i32::MAX).clamp(0, 9999);
        let month = month_number.rem_euclid(12) as u8 + 1;
        let day = self.0.min(Date::days_in_month(year, month));
        Date::try_new(year, month, day).expect("the day was brought into the month")
    }

    /// The latest of its days that is not after `date`.
    pub fn on_or_before(self, date: Date) -> Date {
        let month = month_number(date);
        let this = self.in_month(month);
        if this <= date { this } else { self.in_month(month - 1) }
    }

    /// The terms of someone who begins at `start`: the first whole term is the one that `start` falls in.
    pub fn schedule(self, start: Date, interval: Interval) -> Schedule {
        Schedule { anchor: self, base: self.on_or_before(start), interval }
    }
}

fn month_number(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// Whole terms, numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub anchor: Anchor,
    /// Where term 0 begins.
    pub base: Date,
    pub interval: Interval,
}

impl Schedule {
    /// Where term `number` begins.
    pub fn boundary(self, number: u32) -> Date {
        if number == 0 {
            return self.base;
        }
        self.anchor.in_month(month_number(self.base) + i64::from(number) * i64::from(self.interval.months()))
    }

    pub fn term(self, number: u32) -> Period {
        Period::new(self.boundary(number), self.boundary(number + 1))
    }

    /// Terms that ended by `date`: 0 before the first whole one is over.
    pub fn completed_by(self, date: Date) -> u32 {
        let months = (month_number(date) - month_number(self.base)).max(0);
        let mut number = u32::try_from(months / i64::from(self.interval.months())).unwrap_or(u32::MAX - 2);
        while number > 0 && self.boundary(number) > date {
            number -= 1;
        }
        while self.boundary(number + 1) <= date {
            number += 1;
        }
        number
    }

    /// The term that `date` falls in; the first for a date before all.
    pub fn containing(self, date: Date) -> Period {
        self.term(self.completed_by(date))
    }

    /// Terms that have begun by `date`, in advance of being lived: what bills in advance up to then.
    pub fn begun_by(self, date: Date) -> impl Iterator<Item = Period> {
        (0..).map(move |number| self.term(number)).take_while(move |term| term.start <= date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn monthly(start: &str) -> Schedule {
        Anchor::of(date(start)).schedule(date(start), Interval::Monthly)
    }

    fn ends(schedule: Schedule) -> [String; 3] {
        [1, 2, 3].map(|number| schedule.boundary(number).to_string())
    }

    #[test]
    fn g01_month_ends_follow_an_anchor_on_the_31st() {
        assert_eq!(ends(monthly("2024-01-31")), ["2024-02-29", "2024-03-31", "2024-04-30"]);
    }

    #[test]
    fn g02_month_ends_follow_an_anchor_on_the_30th() {
        assert_eq!(ends(monthly("2024-01-30")), ["2024-02-29", "2024-03-30", "2024-04-30"]);
    }

    #[test]
    fn g04_a_day_in_a_short_month_belongs_to_the_term_that_ends_on_its_last_day() {
        // The anchor's time of day does not count here: terms turn at local midnight.
        assert_eq!(monthly("2025-01-30").containing(date("2025-02-13")), Period::new(date("2025-01-30"), date("2025-02-28")));
    }

    #[test]
    fn g06_the_last_of_april_counts_as_the_31st() {
        let schedule = Anchor::from_day(31).expect("a day").schedule(date("2012-04-30"), Interval::Monthly);
        assert_eq!(schedule.term(0), Period::new(date("2012-04-30"), date("2012-05-31")));
    }

    #[test]
    fn g07_three_whole_terms_have_begun_by_the_end_of_march() {
        let terms: Vec<Period> = monthly("2017-01-31").begun_by(date("2017-03-31")).collect();
        assert_eq!(terms.len(), 3);
        assert_eq!(terms[2], Period::new(date("2017-03-31"), date("2017-04-30")));
    }

    #[test]
    fn g09_counts_completed_terms() {
        let schedule = monthly("2024-01-31");
        for (at, completed) in [("2024-02-15", 0), ("2024-02-29", 1), ("2024-03-31", 2)] {
            assert_eq!(schedule.completed_by(date(at)), completed, "{at}");
        }
    }

    #[test]
    fn an_annual_term_from_a_leap_day_returns_to_it() {
        let schedule = Anchor::of(date("2024-02-29")).schedule(date("2024-02-29"), Interval::Annual);
        assert_eq!(schedule.boundary(1), date("2025-02-28"));
        assert_eq!(schedule.boundary(4), date("2028-02-29"));
    }

    proptest! {
        #[test]
        fn every_day_belongs_to_exactly_one_term(start in 0_i64..60_000, later in 0_i64..4_000, quarterly in any::<bool>()) {
            let begin = Date::from_days(start);
            let interval = if quarterly { Interval::Quarterly } else { Interval::Monthly };
            let schedule = Anchor::of(begin).schedule(begin, interval);
            let day = begin.plus_days(later);
            let term = schedule.containing(day);
            prop_assert!(term.contains(day), "{day} in {term:?}");
            let number = schedule.completed_by(day);
            prop_assert_eq!(schedule.term(number).end, schedule.term(number + 1).start);
        }
    }
}
