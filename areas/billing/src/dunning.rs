//! What happens when an invoice is not paid: two independent engines, one of payment retries and one of states, both
//! counted in calendar days of the tenant's zone after the due date.
//!
//! A retry falls one day before each state, so that a payment that succeeds arrives before the state does. The states
//! of the decided rules are entered on days 3, 7, 14 and 45; its list of retries (1, 3, 7, 14) would meet them on the
//! same days, so the rule wins over the list: days 1, 2, 6 and 13 by default.

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
    /// Days on which a payment method on file is tried again.
    pub retries: Vec<i64>,
}

impl Default for DunningPolicy {
    fn default() -> Self {
        Self { overdue: 1, warned: 3, restricted: 7, suspended: 14, ended: 45, notice: 1, retries: vec![1, 2, 6, 13] }
    }
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    #[error("each state comes after the one before it")]
    StatesNotRising,
    #[error("states are announced one to thirty days before")]
    Notice,
    #[error("a retry falls on the same day as a state; it comes before")]
    RetryMeetsState,
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
        if !(1..=30).contains(&self.notice) {
            return Err(BadPolicy::Notice);
        }
        // The first state begins by itself the day after; a retry on that day is the first.
        if self.retries.iter().any(|retry| states[1..].iter().any(|(day, _)| day == retry)) {
            return Err(BadPolicy::RetryMeetsState);
        }
        Ok(())
    }

    /// How an account stands whose oldest unpaid invoice was due on `due`.
    pub fn standing(&self, due: Date, today: Date) -> Standing {
        let late = today.days() - due.days();
        self.states().into_iter().rev().find(|(day, _)| late >= *day).map_or(Standing::Good, |(_, standing)| standing)
    }

    /// Everything that happens for an invoice due on `due`, with its day, in order. That it is overdue is told when it
    /// is; every harder state is announced first.
    pub fn timeline(&self, due: Date) -> Vec<(Date, Happening)> {
        let mut days: Vec<(Date, Happening)> = Vec::new();
        for (day, standing) in self.states() {
            if standing > Standing::Overdue {
                days.push((due.plus_days((day - self.notice).max(self.overdue)), Happening::Announce { standing }));
            }
            days.push((due.plus_days(day), Happening::Enter { standing }));
        }
        days.sort_by_key(|(date, happening)| (*date, matches!(happening, Happening::Announce { .. })));
        days
    }

    /// What happens after `done`, the last day that was dealt with, until `today`.
    pub fn happenings(&self, due: Date, done: Date, today: Date) -> Vec<(Date, Happening)> {
        self.timeline(due).into_iter().filter(|(date, _)| done < *date && *date <= today).collect()
    }

    /// The first day after `done` on which anything happens.
    pub fn next_day(&self, due: Date, done: Date) -> Option<Date> {
        self.timeline(due).into_iter().map(|(date, _)| date).find(|date| *date > done)
    }

    /// Days on which payment is tried again.
    pub fn retry_days(&self, due: Date) -> impl Iterator<Item = Date> + '_ {
        self.retries.iter().map(move |day| due.plus_days(*day))
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
    fn g69h_due_on_day_three_is_overdue_from_day_four() {
        let (policy, due) = (DunningPolicy::default(), date("2026-03-03"));
        assert_eq!(policy.standing(due, date("2026-03-03")), Standing::Good);
        assert_eq!(policy.standing(due, date("2026-03-04")), Standing::Overdue);
    }

    #[test]
    fn every_harder_state_is_announced_before_it_happens() {
        let (policy, due) = (DunningPolicy::default(), date("2026-03-03"));
        let told: Vec<String> = policy
            .happenings(due, due, due.plus_days(60))
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
        assert_eq!(policy.next_day(due, due.plus_days(14)), Some(due.plus_days(44)));
        assert_eq!(policy.next_day(due, due.plus_days(45)), None);
    }

    #[test]
    fn the_default_retries_never_fall_on_a_state() {
        assert_eq!(DunningPolicy::default().check(), Ok(()));
        assert_eq!(DunningPolicy { retries: vec![1, 3], ..DunningPolicy::default() }.check(), Err(BadPolicy::RetryMeetsState));
        assert_eq!(DunningPolicy { warned: 7, ..DunningPolicy::default() }.check(), Err(BadPolicy::StatesNotRising));
        assert!(!Decline::Hard.may_be_retried() && Decline::Soft.may_be_retried());
    }
}
