//! What happens when an invoice is not paid: two independent engines, one of payment retries and one of states, both
//! counted in calendar days of the tenant's zone after the due date.
//!
//! The defaults are those of the decided rules by their numbers: retries on days 1, 3, 7 and 14; warned on day 3,
//! restricted on day 7, suspended on day 14, ended on day 45. The rules also want a retry a day before each state, so
//! that a payment that succeeds arrives before the state does. Both cannot be had from one count of days; where a retry
//! and a state share a day, the retry comes first and the state is entered only if it brought nothing
//! (`docs/decisions/0006`). A provider who wants the whole day between them sets its own days: 1, 2, 6, 13.

use kernel::{Currency, Date};
use serde::{Deserialize, Serialize};

/// How an account stands, from good to ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Good,
    /// Something is due since yesterday or longer.
    Overdue,
    Warned,
    /// Nothing new can be ordered.
    Restricted,
    /// Instances are stopped.
    Suspended,
    /// Subscriptions have ended.
    Ended,
}

impl Standing {
    pub const ALL: [Self; 6] = [Self::Good, Self::Overdue, Self::Warned, Self::Restricted, Self::Suspended, Self::Ended];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Overdue => "overdue",
            Self::Warned => "warned",
            Self::Restricted => "restricted",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == text)
    }

    /// Whether new services may be ordered.
    pub fn may_order(self) -> bool {
        self < Self::Restricted
    }
}

/// When what happens, in days after the due date. Settable by the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DunningPolicy {
    pub overdue: i64,
    pub warned: i64,
    pub restricted: i64,
    pub suspended: i64,
    pub ended: i64,
    /// Days before each state on which it is announced by mail.
    pub notice: i64,
    /// Days on which a payment method on file is tried again, rising. On a day that is also a state's the retry comes
    /// first. Those from the end on are kept for when it comes later, and nothing is tried on them.
    pub retries: Vec<i64>,
}

impl Default for DunningPolicy {
    fn default() -> Self {
        Self { overdue: 1, warned: 3, restricted: 7, suspended: 14, ended: 45, notice: 1, retries: vec![1, 3, 7, 14] }
    }
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    #[error("each state comes after the one before it")]
    StatesNotRising,
    #[error("everything ends {} days after the due date at the latest", DunningPolicy::MOST_DAYS)]
    TooLate,
    #[error("states are announced one to {} days before", DunningPolicy::MOST_NOTICE)]
    Notice,
    #[error("retries fall on rising days from the first to the {}th", DunningPolicy::MOST_DAYS)]
    RetriesNotRising,
}

/// One thing that happens on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happening {
    /// By mail: this state comes, unless payment does.
    Announce { standing: Standing },
    Enter { standing: Standing },
}

impl DunningPolicy {
    /// The last day after the due date on which anything may happen.
    pub const MOST_DAYS: i64 = 365;
    pub const MOST_NOTICE: i64 = 30;

    /// States with the day on which each is entered, in order.
    pub fn states(&self) -> [(i64, Standing); 5] {
        [
            (self.overdue, Standing::Overdue),
            (self.warned, Standing::Warned),
            (self.restricted, Standing::Restricted),
            (self.suspended, Standing::Suspended),
            (self.ended, Standing::Ended),
        ]
    }

    pub fn check(&self) -> Result<(), BadPolicy> {
        let states = self.states();
        if self.overdue < 1 || states.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(BadPolicy::StatesNotRising);
        }
        if self.ended > Self::MOST_DAYS {
            return Err(BadPolicy::TooLate);
        }
        if !(1..=Self::MOST_NOTICE).contains(&self.notice) {
            return Err(BadPolicy::Notice);
        }
        let rising = self.retries.windows(2).all(|pair| pair[0] < pair[1]);
        if !rising || self.retries.iter().any(|day| !(1..=Self::MOST_DAYS).contains(day)) {
            return Err(BadPolicy::RetriesNotRising);
        }
        Ok(())
    }

    /// How an account stands whose oldest unpaid invoice was due on `due`.
    pub fn standing(&self, due: Date, today: Date) -> Standing {
        let late = today.days() - due.days();
        self.states().into_iter().rev().find(|(day, _)| late >= *day).map_or(Standing::Good, |(_, standing)| standing)
    }

    /// The state that comes next where one holds that may be milder than the days say, and when; none after the hardest.
    pub fn next_standing(&self, due: Date, standing: Standing) -> Option<(Date, Standing)> {
        self.states().into_iter().map(|(day, next)| (due.plus_days(day), next)).find(|(_, next)| *next > standing)
    }

    /// Everything that happens for an invoice due on `due` to an account that stands as it does at `present`, with its day, in
    /// order: only harder states. That it is overdue is told when it is; every harder state is announced first.
    pub fn timeline(&self, due: Date, present: Standing) -> Vec<(Date, Happening)> {
        let mut days: Vec<(Date, Happening)> = Vec::new();
        for (day, standing) in self.states().into_iter().filter(|(_, standing)| *standing > present) {
            if standing > Standing::Overdue {
                days.push((due.plus_days((day - self.notice).max(self.overdue)), Happening::Announce { standing }));
            }
            days.push((due.plus_days(day), Happening::Enter { standing }));
        }
        days.sort_by_key(|(date, happening)| (*date, matches!(happening, Happening::Announce { .. })));
        days
    }

    /// What happens after `done`, the last day that was dealt with, until `today`.
    pub fn happenings(&self, due: Date, present: Standing, done: Date, today: Date) -> Vec<(Date, Happening)> {
        self.timeline(due, present).into_iter().filter(|(date, _)| done < *date && *date <= today).collect()
    }

    /// The first day that is to be dealt with by `today`, what happens on it, and by how many days everything after it is put
    /// off: a state that could not be announced in time, as after an outage, waits for its notice all the same.
    pub fn next(&self, due: Date, present: Standing, done: Date, today: Date) -> Option<(Date, Vec<Happening>, i64)> {
        let waiting = self.happenings(due, present, done, today);
        let day = waiting.first()?.0;
        let happenings: Vec<Happening> = waiting.into_iter().take_while(|(date, _)| *date == day).map(|(_, happening)| happening).collect();
        let announces = happenings.iter().any(|happening| matches!(happening, Happening::Announce { .. }));
        Some((day, happenings, if announces { today.days() - day.days() } else { 0 }))
    }

    /// The first day after `done` on which anything happens.
    pub fn next_day(&self, due: Date, present: Standing, done: Date) -> Option<Date> {
        self.timeline(due, present).into_iter().map(|(date, _)| date).find(|date| *date > done)
    }

    /// Days on which payment is tried again: before everything ends.
    pub fn retry_days(&self, due: Date) -> impl Iterator<Item = Date> + '_ {
        self.retries.iter().filter(|day| **day < self.ended).map(move |day| due.plus_days(*day))
    }
}

/// Whether a payment that was declined may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    /// Not enough money today, the bank was busy.
    Soft,
    /// The card was stolen, the account is closed: never tried again.
    Hard,
}

impl Decline {
    pub const fn may_be_retried(self) -> bool {
        match self {
            Self::Soft => true,
            Self::Hard => false,
        }
    }
}

/// The due date that dunning runs for: the first by which so much is open together that it is worth it. `open` is what each
/// invoice owes, oldest due date first, in minor units.
pub fn dunned_from(open: impl IntoIterator<Item = (Date, i64)>, currency: Currency) -> Option<Date> {
    let mut owed = 0_i64;
    open.into_iter().find_map(|(due, rest)| {
        owed = owed.saturating_add(rest);
        (owed >= least_open(currency)).then_some(due)
    })
}

/// The least open amount that dunning runs for: not a cent of difference. In minor units.
pub const fn least_open(currency: Currency) -> i64 {
    match currency {
        Currency::Idr => 1_000,
        Currency::Usd | Currency::Eur => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn g69f_retries_come_a_day_before_states_and_success_in_time_keeps_the_last_away() {
        let policy = DunningPolicy { overdue: 1, warned: 10, restricted: 14, suspended: 21, ended: 60, notice: 1, retries: vec![1, 9, 13, 20] };
        assert_eq!(policy.check(), Ok(()));
        let due = date("2021-09-06");
        let retries: Vec<String> = policy.retry_days(due).map(|day| day.to_string()).collect();
        assert_eq!(retries, ["2021-09-07", "2021-09-15", "2021-09-19", "2021-09-26"]);
        assert_eq!(policy.standing(due, date("2021-09-16")), Standing::Warned);
        assert_eq!(policy.standing(due, date("2021-09-20")), Standing::Restricted);
        assert_eq!(policy.standing(due, date("2021-09-26")), Standing::Restricted);
        assert_eq!(policy.standing(due, date("2021-09-27")), Standing::Suspended);
    }

    #[test]
    fn an_end_that_comes_earlier_takes_no_retry_away_for_good() {
        let (policy, due) = (DunningPolicy::default(), date("2026-03-03"));
        let early = DunningPolicy { warned: 2, restricted: 3, suspended: 4, ended: 7, ..policy.clone() };
        assert_eq!(early.check(), Ok(()));
        let days = |policy: &DunningPolicy| policy.retry_days(due).map(|day| day.days() - due.days()).collect::<Vec<_>>();
        assert_eq!(days(&early), [1, 3]);
        let late = DunningPolicy { ended: 45, ..early };
        assert_eq!(days(&late), [1, 3, 7, 14]);
    }

    #[test]
    fn g69h_due_on_day_three_is_overdue_from_day_four() {
        let (policy, due) = (DunningPolicy::default(), date("2026-03-03"));
        assert_eq!(policy.standing(due, date("2026-03-03")), Standing::Good);
        assert_eq!(policy.standing(due, date("2026-03-04")), Standing::Overdue);
    }

    #[test]
    fn a_cent_of_difference_is_not_dunned_for_until_more_comes_to_it() {
        let from = |open: &[(&str, i64)]| dunned_from(open.iter().map(|(due, rest)| (date(due), *rest)), Currency::Usd).map(|due| due.to_string());
        assert_eq!(from(&[]), None);
        assert_eq!(from(&[("2026-01-22", 49)]), None);
        assert_eq!(from(&[("2026-01-22", 50)]).as_deref(), Some("2026-01-22"));
        // What is owed of the older one is due no earlier than the invoice with which it is worth anything.
        assert_eq!(from(&[("2026-01-22", 1), ("2026-02-22", 1_000), ("2026-03-22", 1_000)]).as_deref(), Some("2026-02-22"));
        assert_eq!(from(&[("2026-01-22", 30), ("2026-02-22", 30)]).as_deref(), Some("2026-02-22"));
    }

    #[test]
    fn the_next_state_is_the_first_that_is_harder_than_the_present_one() {
        let (policy, due) = (DunningPolicy::default(), date("2026-03-03"));
        let next = |standing| policy.next_standing(due, standing).map(|(day, next)| (day.days() - due.days(), next));
        assert_eq!(next(Standing::Good), Some((1, Standing::Overdue)));
        assert_eq!(next(Standing::Restricted), Some((14, Standing::Suspended)));
        assert_eq!(next(Standing::Ended), None);
    }

    #[test]
    fn what_could_not_be_announced_in_time_is_put_off() {
        let (policy, due) = (DunningPolicy::default(), date("2026-08-09"));
        let of = |standing| Happening::Announce { standing };
        let next = |due, done, today| policy.next(due, Standing::Restricted, date(done), date(today));
        // In time: nothing is put off. Late by three days: all that follows is.
        assert_eq!(next(due, "2026-08-21", "2026-08-22"), Some((date("2026-08-22"), vec![of(Standing::Suspended)], 0)));
        assert_eq!(next(due, "2026-08-21", "2026-08-25"), Some((date("2026-08-22"), vec![of(Standing::Suspended)], 3)));
        assert_eq!(next(due.plus_days(3), "2026-08-25", "2026-08-25"), None);
        assert_eq!(policy.next_day(due.plus_days(3), Standing::Restricted, date("2026-08-25")), Some(date("2026-08-26")), "with its notice");
        // What was announced in time comes when we are back.
        assert_eq!(next(due, "2026-08-22", "2026-08-27"), Some((date("2026-08-23"), vec![Happening::Enter { standing: Standing::Suspended }], 0)));
    }

    #[test]
    fn every_harder_state_is_announced_before_it_happens() {
        let (policy, due) = (DunningPolicy::default(), date("2026-03-03"));
        let told: Vec<String> = policy
            .happenings(due, Standing::Good, due, due.plus_days(60))
            .into_iter()
            .map(|(day, what)| match what {
                Happening::Announce { standing } => format!("{} announce {}", day.days() - due.days(), standing.code()),
                Happening::Enter { standing } => format!("{} enter {}", day.days() - due.days(), standing.code()),
            })
            .collect();
        assert_eq!(
            told,
            [
                "1 enter overdue", "2 announce warned", "3 enter warned", "6 announce restricted", "7 enter restricted",
                "13 announce suspended", "14 enter suspended", "44 announce ended", "45 enter ended",
            ]
        );
        assert_eq!(policy.next_day(due, Standing::Suspended, due.plus_days(14)), Some(due.plus_days(44)));
        assert_eq!(policy.next_day(due, Standing::Ended, due.plus_days(45)), None);
    }

    #[test]
    fn by_whatever_days_no_state_is_entered_that_is_no_harder() {
        let due = date("2026-03-03");
        let slow = DunningPolicy { overdue: 1, warned: 20, restricted: 30, suspended: 40, ended: 60, ..DunningPolicy::default() };
        // Gone through anew from the first day on, as where the days were changed.
        let told = |policy: &DunningPolicy, present, day| policy.next(due, present, due, due.plus_days(day));
        assert_eq!(told(&slow, Standing::Suspended, 45), None);
        assert_eq!(slow.next_day(due, Standing::Suspended, due), Some(due.plus_days(59)));
        let quick = DunningPolicy { restricted: 5, suspended: 7, ..DunningPolicy::default() };
        let announced = vec![Happening::Announce { standing: Standing::Suspended }];
        assert_eq!(told(&quick, Standing::Restricted, 8), Some((due.plus_days(6), announced, 2)), "late, and put off by as much");
    }

    #[test]
    fn the_defaults_are_the_numbers_of_the_rules_and_no_state_comes_before_its_retry() {
        let policy = DunningPolicy::default();
        assert_eq!(policy.check(), Ok(()));
        assert_eq!(policy.retries, [1, 3, 7, 14]);
        assert_eq!((policy.warned, policy.restricted, policy.suspended, policy.ended), (3, 7, 14, 45));
        for (day, standing) in policy.states().into_iter().filter(|(_, standing)| *standing < Standing::Ended) {
            assert!(policy.retries.contains(&day), "no retry comes before {standing:?}");
        }
        for retries in [vec![3, 1], vec![0, 3], vec![1, 1], vec![1, 366]] {
            assert_eq!(DunningPolicy { retries, ..DunningPolicy::default() }.check(), Err(BadPolicy::RetriesNotRising));
        }
        assert_eq!(DunningPolicy { warned: 7, ..DunningPolicy::default() }.check(), Err(BadPolicy::StatesNotRising));
        assert_eq!(DunningPolicy { ended: 366, ..DunningPolicy::default() }.check(), Err(BadPolicy::TooLate));
        assert!(!Decline::Hard.may_be_retried() && Decline::Soft.may_be_retried());
    }
}
