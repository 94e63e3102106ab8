//! Uptime from changes of status: time-weighted and clipped to the window; maintenance is outside both sides; the time in
//! which we were not looking stands apart and is never 100 %; what is shown is floored. A percentage is of the time in
//! which we looked, and of a window that we saw a part of it is said of how much: a check of five minutes has no 90 days of
//! 100 %.

use crate::check::Status;
use kernel::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// From that moment on the status was this.
pub type Change = (Timestamp, Status);

/// Half-open `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Window {
    pub const fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to }
    }

    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    fn meet(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }

    fn micros(self) -> i64 {
        self.to.micros() - self.from.micros()
    }
}

/// Time by status, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub up: i64,
    pub degraded: i64,
    pub down: i64,
    pub unknown: i64,
    pub maintenance: i64,
    /// Of the window, before the check existed.
    #[serde(default)]
    pub before: i64,
}

/// What may be said of a window: a percentage with its decimals, floored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Verdict {
    /// We never looked.
    NoData,
    /// We looked all the time, maintenance left out.
    Whole { percent: String },
    /// We looked for a part of it, and of that part it was usable for so much.
    Part { percent: String, watched_micros: i64 },
    /// We looked for a part of it and saw no outage. That is no 100 %.
    NoOutage { watched_micros: i64 },
}

impl Tally {
    /// Time in which we looked.
    pub const fn watched(&self) -> i64 {
        self.up + self.degraded + self.down
    }

    /// Share of the time in which we looked that it was usable; degraded time is. `None` where we never looked.
    pub fn uptime(&self) -> Option<Share> {
        Share::of(self.up + self.degraded, self.watched())
    }

    /// Share of the window in which we looked; maintenance is outside both sides.
    pub fn coverage(&self) -> Option<Share> {
        Share::of(self.watched(), self.watched() + self.unknown + self.before)
    }

    pub fn verdict(&self, decimals: u32) -> Verdict {
        let Some(uptime) = self.uptime() else { return Verdict::NoData };
        let (percent, watched_micros) = (uptime.percent(decimals), self.watched());
        match (self.unknown + self.before, self.down) {
            (0, _) => Verdict::Whole { percent },
            (_, 0) => Verdict::NoOutage { watched_micros },
            (_, _) => Verdict::Part { percent, watched_micros },
        }
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            up: self.up + other.up,
            degraded: self.degraded + other.degraded,
            down: self.down + other.down,
            unknown: self.unknown + other.unknown,
            maintenance: self.maintenance + other.maintenance,
            before: self.before + other.before,
        }
    }

    fn add(&mut self, status: Status, micros: i64) {
        match status {
            Status::Up => self.up += micros,
            Status::Degraded => self.degraded += micros,
            Status::Down => self.down += micros,
            Status::Unknown => self.unknown += micros,
        }
    }
}

/// An exact share of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    part: i64,
    whole: i64,
}

impl Share {
    fn of(part: i64, whole: i64) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// Per cent with so many decimals, floored: 99.9999 is never shown as 100.
    pub fn percent(&self, decimals: u32) -> String {
        floored(Decimal::from(self.part) * Decimal::ONE_HUNDRED / Decimal::from(self.whole), decimals)
    }
}

/// Cut, not rounded; trailing zeros stay.
pub fn floored(percent: Decimal, decimals: u32) -> String {
    let cut = percent.round_dp_with_strategy(decimals, RoundingStrategy::ToZero);
    format!("{cut:.*}", decimals as usize)
}

/// Time by status within the window. `changes` are in order of time; before the first the check did not exist. The last one holds until `known_until`; from there to the window's end we were not looking.
pub fn tally(changes: &[Change], known_until: Timestamp, window: Window, maintenance: &[Window]) -> Tally {
    let born = changes.first().map_or(window.to, |first| first.0);
    let before = window.meet(Window::new(window.from, born)).map_or(0, Window::micros);
    let mut sum = Tally { before, ..Tally::default() };
    for (index, (from, status)) in changes.iter().enumerate() {
        let next = changes.get(index + 1).map(|next| next.0);
        match next {
            Some(to) => count(&mut sum, Window::new(*from, to), *status, window, maintenance),
            None => {
                count(&mut sum, Window::new(*from, known_until.max(*from)), *status, window, maintenance);
                count(&mut sum, Window::new(known_until.max(*from), window.to), Status::Unknown, window, maintenance);
            }
        }
    }
    sum
}

fn count(sum: &mut Tally, span: Window, status: Status, window: Window, maintenance: &[Window]) {
    let Some(span) = span.meet(window) else { return };
    let mut out: i64 = 0;
    let mut covered = span.from;
    let mut windows: Vec<Window> = maintenance.iter().filter_map(|window| window.meet(span)).collect();
    windows.sort_by_key(|window| window.from);
    for window in windows {
        // Overlapping maintenance counts once.
        if let Some(window) = window.meet(Window::new(covered, span.to)) {
            out += window.micros();
            covered = window.to;
        }
    }
    sum.maintenance += out;
    sum.add(status, span.micros() - out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400_000_000;
    /// Later than any window: the check is looked at all the time.
    const ALWAYS: Timestamp = Timestamp::from_seconds(4_000_000_000);

    fn time(text: &str) -> Timestamp {
        let text = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
        text.parse().expect("a time")
    }

    /// With a day of May, as the case has it.
    fn june() -> Window {
        Window::new(time("2026-05-31"), time("2026-07-01"))
    }

    fn june_alone() -> Window {
        Window::new(time("2026-06-01"), time("2026-07-01"))
    }

    fn offline(from: &str, to: &str) -> Tally {
        let changes = [(time("2026-01-01"), Status::Up), (time(from), Status::Down), (time(to), Status::Up)];
        tally(&changes, ALWAYS, june(), &[])
    }

    #[test]
    fn g40_an_outage_that_ended_before_the_window_is_none_of_it() {
        let changes = [(time("2025-12-11T18:03:00.955Z"), Status::Down), (time("2026-04-04T00:19:20.189Z"), Status::Up)];
        let sum = tally(&changes, ALWAYS, june(), &[]);
        assert_eq!((sum.down, sum.up), (0, 31 * DAY));
        assert_eq!(sum.uptime().expect("watched").percent(2), "100.00");
        let whole = Window::new(time("2025-12-11T18:03:00.955Z"), time("2026-07-01"));
        assert_eq!(tally(&changes, ALWAYS, whole, &[]).down, 9_785_779_234_000);
    }

    #[test]
    fn g41_outages_are_clipped_to_the_window() {
        assert_eq!(offline("2026-05-20", "2026-06-05").down, 5 * DAY);
        assert_eq!(offline("2026-06-25", "2026-07-10").down, 6 * DAY);
        assert_eq!(offline("2026-05-01", "2026-05-20").down, 0);
        assert_eq!(offline("2026-07-02", "2026-07-03").down, 0);
        assert_eq!(offline("2026-05-20", "2026-05-31").down, 0);
        assert_eq!(offline("2026-07-01", "2026-07-02").down, 0);
    }

    #[test]
    fn g43_time_before_the_check_existed_is_no_uptime() {
        let window = Window::new(time("2026-07-01"), time("2026-07-19"));
        let sum = tally(&[(time("2026-07-17"), Status::Down)], ALWAYS, window, &[]);
        assert_eq!((sum.down, sum.up, sum.before), (2 * DAY, 0, 16 * DAY));
        assert_eq!(sum.uptime().expect("watched").percent(1), "0.0");
    }

    #[test]
    fn g46_is_floored() {
        let percent: Decimal = "99.9999".parse().expect("a decimal");
        assert_eq!(floored(percent, 0), "99");
        assert_eq!(floored(percent, 2), "99.99");
        let uptime = Share::of(999_999, 1_000_000).expect("a whole");
        assert_eq!((uptime.percent(0), uptime.percent(2), uptime.percent(4)), ("99".into(), "99.99".into(), "99.9999".into()));
    }

    #[test]
    fn g47_what_came_later_does_not_change_a_month_that_is_over() {
        let month = june_alone();
        let mut changes = vec![(time("2026-06-01"), Status::Up), (time("2026-06-10"), Status::Down), (time("2026-06-11"), Status::Up)];
        let then = tally(&changes, ALWAYS, month, &[]);
        changes.push((time("2026-07-20"), Status::Down));
        assert_eq!(tally(&changes, ALWAYS, month, &[]), then);
        assert_eq!((then.up, then.down), (29 * DAY, DAY));
    }

    #[test]
    fn maintenance_is_outside_both_sides_and_counts_once() {
        let changes = [(time("2026-06-01"), Status::Up), (time("2026-06-10"), Status::Down), (time("2026-06-12"), Status::Up)];
        let maintenance = [Window::new(time("2026-06-10"), time("2026-06-11")), Window::new(time("2026-06-10T12:00:00Z"), time("2026-06-11T12:00:00Z"))];
        let sum = tally(&changes, ALWAYS, june_alone(), &maintenance);
        assert_eq!((sum.down, sum.maintenance, sum.up), (DAY / 2, 3 * DAY / 2, 28 * DAY));
        assert_eq!(sum.up + sum.down + sum.maintenance, 30 * DAY);
    }

    #[test]
    fn time_in_which_we_did_not_look_stands_apart() {
        let changes = [(time("2026-06-01"), Status::Up)];
        let sum = tally(&changes, time("2026-06-02"), june_alone(), &[]);
        assert_eq!((sum.up, sum.unknown), (DAY, 29 * DAY));
        let never = tally(&[(time("2026-06-01"), Status::Unknown)], time("2026-06-01"), june(), &[]);
        assert_eq!((never.uptime(), never.verdict(2)), (None, Verdict::NoData), "unknown is never 100 %");
    }

    #[test]
    fn a_hundred_per_cent_is_said_only_of_a_window_that_was_seen_whole() {
        let week = Window::new(time("2026-06-01"), time("2026-06-08"));
        let said = |changes: &[Change], known: &str, maintenance: &[Window]| tally(changes, time(known), week, maintenance).verdict(2);
        let whole = |percent: &str| Verdict::Whole { percent: percent.to_owned() };
        let up = (time("2026-05-01"), Status::Up);
        assert_eq!(said(&[up], "2026-06-08", &[]), whole("100.00"));
        assert_eq!(said(&[up, (time("2026-06-07T12:00:00Z"), Status::Down)], "2026-06-08", &[]), whole("92.85"));
        // The last day nobody looked; or maintenance was planned, which asks nobody to look.
        assert_eq!(said(&[up], "2026-06-07", &[]), Verdict::NoOutage { watched_micros: 6 * DAY });
        let planned = Window::new(time("2026-06-07"), time("2026-06-08"));
        assert_eq!(said(&[up], "2026-06-07", &[planned]), whole("100.00"));
        // A check of the last hour, and one that was down for half of its day.
        assert_eq!(said(&[(time("2026-06-07T23:00:00Z"), Status::Up)], "2026-06-08", &[]), Verdict::NoOutage { watched_micros: DAY / 24 });
        let halves = [(time("2026-06-07"), Status::Up), (time("2026-06-07T12:00:00Z"), Status::Down)];
        assert_eq!(said(&halves, "2026-06-08", &[]), Verdict::Part { percent: "50.00".to_owned(), watched_micros: DAY });
        assert_eq!(said(&[], "2026-06-08", &[]), Verdict::NoData);
        let seen = tally(&halves, time("2026-06-08"), week, &[]);
        assert_eq!(seen.coverage().expect("a window").percent(2), "14.28");
    }

    fn status() -> impl Strategy<Value = Status> {
        prop_oneof![Just(Status::Up), Just(Status::Degraded), Just(Status::Down), Just(Status::Unknown)]
    }

    proptest! {
        #[test]
        fn every_moment_of_the_window_counts_exactly_once(
            gaps in proptest::collection::vec((1_i64..1_000_000, status()), 1..20),
            from in 0_i64..5_000_000,
            length in 1_i64..5_000_000,
            known in 0_i64..10_000_000,
            maintenance in proptest::collection::vec((0_i64..6_000_000, 1_i64..1_000_000), 0..5),
        ) {
            let mut at = 0;
            let changes: Vec<Change> = gaps.iter().map(|(gap, status)| { at += gap; (Timestamp::from_micros(at), *status) }).collect();
            let window = Window::new(Timestamp::from_micros(from), Timestamp::from_micros(from + length));
            let maintenance: Vec<Window> = maintenance.iter().map(|(from, length)| Window::new(Timestamp::from_micros(*from), Timestamp::from_micros(from + length))).collect();
            let sum = tally(&changes, Timestamp::from_micros(known), window, &maintenance);
            prop_assert_eq!(sum.up + sum.degraded + sum.down + sum.unknown + sum.maintenance + sum.before, window.micros());
            let (left, right) = (Window::new(window.from, Timestamp::from_micros(from + length / 2)), Window::new(Timestamp::from_micros(from + length / 2), window.to));
            let known = Timestamp::from_micros(known);
            prop_assert_eq!(tally(&changes, known, left, &maintenance).plus(tally(&changes, known, right, &maintenance)), sum);
        }
    }
}
