//! The life of a subscription: states that carry their data, one method a verb.

use crate::periods::{Anchor, Period, Schedule};
use catalog::{ChangeTiming, Interval, Plan};
use kernel::{Currency, Date, InstanceId, PlanId, SubscriptionId, Timestamp};
use serde::{Deserialize, Serialize};

pub use kernel::events::billing::EndReason;

/// What is subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// The organisation's own tier on the platform.
    Tier,
    Instance { instance: InstanceId },
}

impl Subject {
    pub const fn instance(self) -> Option<InstanceId> {
        match self {
            Self::Tier => None,
            Self::Instance { instance } => Some(instance),
        }
    }
}

/// A plan and how long its terms are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    pub plan: PlanId,
    pub interval: Interval,
}

/// How far a subscription has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nothing is charged before this day.
    Trialing { until: Date },
    /// Renews at each term's end, with `next` if a change was planned for then.
    Active { next: Option<Choice> },
    /// Runs to its term's end and ends there; with the trial's end where that term is a trial.
    Cancelling { trial: Option<Date> },
    Ended { at: Timestamp, reason: EndReason },
}

impl State {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trialing { .. } => "trialing",
            Self::Active { .. } => "active",
            Self::Cancelling { .. } => "cancelling",
            Self::Ended { .. } => "ended",
        }
    }
}

/// An agreement to pay by term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub subject: Subject,
    pub choice: Choice,
    pub currency: Currency,
    pub anchor: Anchor,
    /// Where the schedule's first whole term begins; moves when the length of terms changes.
    pub since: Date,
    pub started_at: Timestamp,
    /// Days of the term that runs. While trialing: the trial.
    pub term: Period,
    /// From when usage is collected for the next invoice.
    pub usage_from: Timestamp,
    pub state: State,
}

/// What must be done beside keeping the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Charge what was used since `usage_from`, under the plan that was in force.
    BillUsage,
    /// Give back what is left of the fee that was paid, from this day on.
    CreditUnused { from: Date },
    /// Charge the fee of the term that begins, or of what is left of it.
    ChargeTerm,
    /// The plan in force is another one.
    PlanChanged { from: PlanId, to: PlanId },
    Ended,
}

/// Why a verb is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    #[error("the subscription has ended")]
    Ended,
    #[error("the subscription is cancelled; keep it first")]
    Cancelling,
    #[error("its term has not ended yet")]
    NotDue,
}

/// When a change takes hold, as the plan that is left settles it for each direction. Of one plan, for longer at once is an upgrade
/// and for shorter a downgrade: what is paid for runs to its end, as when it is cancelled. Between plans the dearer one is the
/// larger, compared for terms of one length where there is one that both are sold for. None where the new one is not sold.
pub fn timing(currency: Currency, (old, from): (&Plan, Interval), (new, to): (&Plan, Interval)) -> Option<ChangeTiming> {
    let common = [to, from].into_iter().chain(Interval::ALL).find(|interval| old.terms.sold_in(currency, *interval) && new.terms.sold_in(currency, *interval));
    let after = new.terms.fee_per_month(currency, to)?;
    let by_fee = match common {
        Some(interval) => new.terms.fee(currency, interval).cmp(&old.terms.fee(currency, interval)),
        None => after.cmp(&old.terms.fee_per_month(currency, from).unwrap_or_default()),
    };
    let by_length = to.cmp(&from);
    // Whichever version of it.
    let same = old.offering == new.offering && old.terms.code == new.terms.code;
    let direction = if same { by_length.then(by_fee) } else { by_fee.then(by_length) };
    Some(if direction.is_lt() { old.terms.downgrade } else { old.terms.upgrade })
}

type Outcome = Result<(Subscription, Vec<Effect>), Refused>;

impl Subscription {
    pub const fn schedule(&self) -> Schedule {
        Schedule { anchor: self.anchor, base: self.since, interval: self.choice.interval }
    }

    /// The whole term that the running one is a part of: where a fraction is counted from.
    pub fn whole_term(&self) -> Period {
        match self.state {
            State::Trialing { .. } | State::Cancelling { trial: Some(_) } => self.term,
            State::Active { .. } | State::Cancelling { trial: None } | State::Ended { .. } => self.schedule().containing(self.term.start),
        }
    }

    /// Ends of terms since it ended on `ended`: how old its last term is by `today`.
    pub fn terms_since_end(&self, ended: Date, today: Date) -> u32 {
        self.schedule().completed_by(today).saturating_sub(self.schedule().completed_by(ended))
    }

    /// Of one that ended on `ended`: the first day after `after` on which late usage of it is charged, if any comes. These
    /// are the days on which its next terms would have ended, `grace` of them.
    pub fn looks_back_after(&self, ended: Date, after: Date, grace: u32) -> Option<Date> {
        let (last, next) = (self.schedule().completed_by(ended).saturating_add(grace), self.schedule().completed_by(after).saturating_add(1));
        (next <= last).then(|| self.schedule().boundary(next))
    }

    /// When a choice takes hold, by the plan's own rules for its direction.
    pub fn change(self, to: Choice, timing: ChangeTiming, today: Date, now: Timestamp) -> Outcome {
        match timing {
            ChangeTiming::Now => self.change_now(to, today, now),
            ChangeTiming::EndOfTerm => self.change_at_end(to),
        }
    }

    /// From today on: the rest of the old fee is given back, the rest of the new one charged.
    pub fn change_now(self, to: Choice, today: Date, now: Timestamp) -> Outcome {
        let from = self.choice;
        match self.state {
            State::Ended { .. } => Err(Refused::Ended),
            State::Cancelling { .. } => Err(Refused::Cancelling),
            // Nothing was charged yet: the trial goes on with the other plan.
            State::Trialing { .. } => {
                let effects = if from.plan == to.plan { vec![] } else { vec![Effect::PlanChanged { from: from.plan, to: to.plan }] };
                Ok((Self { choice: to, ..self }, effects))
            }
            // Already so; a change that was planned is withdrawn.
            State::Active { .. } if from == to => Ok((Self { state: State::Active { next: None }, ..self }, vec![])),
            State::Active { .. } => {
                let today = today.max(self.term.start).min(self.term.end);
                let since = if from.interval == to.interval { self.since } else { self.anchor.on_or_before(today) };
                let end = Schedule { anchor: self.anchor, base: since, interval: to.interval }.containing(today).end;
                let changed = Self {
                    choice: to,
                    since,
                    term: Period::new(today, end),
                    usage_from: now,
                    state: State::Active { next: None },
                    ..self
                };
                let mut effects = vec![Effect::BillUsage, Effect::CreditUnused { from: today }, Effect::ChargeTerm];
                if from.plan != to.plan {
                    effects.push(Effect::PlanChanged { from: from.plan, to: to.plan });
                }
                Ok((changed, effects))
            }
        }
    }

    /// From the next term on.
    pub fn change_at_end(self, to: Choice) -> Outcome {
        match self.state {
            State::Ended { .. } => Err(Refused::Ended),
            State::Cancelling { .. } => Err(Refused::Cancelling),
            State::Trialing { .. } => {
                let from = self.choice.plan;
                let effects = if from == to.plan { vec![] } else { vec![Effect::PlanChanged { from, to: to.plan }] };
                Ok((Self { choice: to, ..self }, effects))
            }
            State::Active { .. } => {
                let next = (to != self.choice).then_some(to);
                Ok((Self { state: State::Active { next }, ..self }, vec![]))
            }
        }
    }

    /// To the end of what is paid for; a trial ends with its last day.
    pub fn cancel(self) -> Outcome {
        match self.state {
            State::Ended { .. } => Err(Refused::Ended),
            State::Trialing { until } => Ok((Self { state: State::Cancelling { trial: Some(until) }, ..self }, vec![])),
            State::Active { .. } => Ok((Self { state: State::Cancelling { trial: None }, ..self }, vec![])),
            State::Cancelling { .. } => Ok((self, vec![])),
        }
    }

    /// Takes a cancellation back while the term still runs; of the tier also a change that was planned. A service's planned
    /// change is taken back at the service, which has noted it too.
    pub fn keep(self) -> Outcome {
        match self.state {
            State::Ended { .. } => Err(Refused::Ended),
            State::Active { next: Some(_) } if self.subject == Subject::Tier => Ok((Self { state: State::Active { next: None }, ..self }, vec![])),
            State::Cancelling { trial: Some(until) } => Ok((Self { state: State::Trialing { until }, ..self }, vec![])),
            State::Cancelling { trial: None } => Ok((Self { state: State::Active { next: None }, ..self }, vec![])),
            State::Trialing { .. } | State::Active { .. } => Ok((self, vec![])),
        }
    }

    /// At once: what was used is charged, what is left of the fee given back.
    pub fn end(self, reason: EndReason, today: Date, now: Timestamp) -> Outcome {
        let ended = Self { state: State::Ended { at: now, reason }, ..self };
        match self.state {
            // Already so.
            State::Ended { .. } => Ok((self, vec![])),
            State::Trialing { .. } | State::Cancelling { trial: Some(_) } => Ok((ended, vec![Effect::Ended])),
            State::Active { .. } | State::Cancelling { trial: None } => {
                let today = today.max(self.term.start).min(self.term.end);
                // For debt too: what is owed is what was had, and days that are begun anew are not charged a second time.
                Ok((ended, vec![Effect::BillUsage, Effect::CreditUnused { from: today }, Effect::Ended]))
            }
        }
    }

    /// The term is over: charge what was used, and begin the next one or end. `turned` is the local midnight at which
    /// it was over.
    pub fn roll(self, today: Date, turned: Timestamp) -> Outcome {
        if today < self.term.end {
            return match self.state {
                State::Ended { .. } => Err(Refused::Ended),
                State::Trialing { .. } | State::Active { .. } | State::Cancelling { .. } => Err(Refused::NotDue),
            };
        }
        let begins = self.term.end;
        match self.state {
            State::Ended { .. } => Err(Refused::Ended),
            State::Trialing { .. } => {
                let since = self.anchor.on_or_before(begins);
                let term = Period::new(begins, Schedule { anchor: self.anchor, base: since, interval: self.choice.interval }.containing(begins).end);
                Ok((Self { since, term, usage_from: turned, state: State::Active { next: None }, ..self }, vec![Effect::ChargeTerm]))
            }
            State::Active { next } => {
                let choice = next.unwrap_or(self.choice);
                let since = if choice.interval == self.choice.interval { self.since } else { self.anchor.on_or_before(begins) };
                let term = Schedule { anchor: self.anchor, base: since, interval: choice.interval }.containing(begins);
                let term = Period::new(begins, term.end);
                let mut effects = vec![Effect::BillUsage, Effect::ChargeTerm];
                if choice.plan != self.choice.plan {
                    effects.push(Effect::PlanChanged { from: self.choice.plan, to: choice.plan });
                }
                Ok((Self { choice, since, term, usage_from: turned, state: State::Active { next: None }, ..self }, effects))
            }
            State::Cancelling { trial } => {
                let ended = Self { state: State::Ended { at: turned, reason: EndReason::Cancelled }, ..self };
                Ok((ended, if trial.is_some() { vec![Effect::Ended] } else { vec![Effect::BillUsage, Effect::Ended] }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use std::fmt::Write;
    use uuid::Uuid;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn plan(number: u128) -> PlanId {
        PlanId::from_uuid(Uuid::from_u128(number))
    }

    fn monthly(number: u128) -> Choice {
        Choice { plan: plan(number), interval: Interval::Monthly }
    }

    fn subscription(state: State) -> Subscription {
        Subscription {
            id: SubscriptionId::from_uuid(Uuid::nil()),
            subject: Subject::Tier,
            choice: monthly(1),
            currency: Currency::Usd,
            anchor: Anchor::from_day(31).expect("a day"),
            since: date("2026-01-31"),
            started_at: at("2026-01-31T00:00:00Z"),
            term: Period::new(date("2026-01-31"), date("2026-02-28")),
            usage_from: at("2026-01-31T00:00:00Z"),
            state,
        }
    }

    fn print(outcome: Outcome) -> String {
        match outcome {
            Err(refused) => format!("refused: {refused}"),
            Ok((after, effects)) => {
                let effects: Vec<String> = effects
                    .iter()
                    .map(|effect| match effect {
                        Effect::BillUsage => "bill usage".to_owned(),
                        Effect::CreditUnused { from } => format!("credit from {from}"),
                        Effect::ChargeTerm => format!("charge {} to {}", after.term.start, after.term.end),
                        Effect::PlanChanged { .. } => "plan changed".to_owned(),
                        Effect::Ended => "ended".to_owned(),
                    })
                    .collect();
                let planned = matches!(after.state, State::Active { next: Some(_) });
                format!("{}{}; {}", after.state.code(), if planned { " (change planned)" } else { "" }, if effects.is_empty() { "nothing".into() } else { effects.join(", ") })
            }
        }
    }

    #[test]
    fn one_that_ended_is_looked_back_at_for_as_many_terms_as_the_grace_window_has() {
        let ended = subscription(State::Ended { at: at("2026-02-14T10:00:00Z"), reason: EndReason::InstanceDeleted });
        let days = |ended_on: &str, grace: u32| {
            let (ended_on, mut after, mut days) = (date(ended_on), date(ended_on), Vec::new());
            while let Some(day) = ended.looks_back_after(ended_on, after, grace) {
                days.push(day.to_string());
                after = day;
            }
            days
        };
        // In the middle of the term from 31 January: at its end, and a term later.
        assert_eq!(days("2026-02-14", 2), ["2026-02-28", "2026-03-31"]);
        // With the term's last day: the two terms that follow.
        assert_eq!(days("2026-02-28", 2), ["2026-03-31", "2026-04-30"]);
        assert_eq!(days("2026-02-14", 0), Vec::<String>::new());
        let since = |today: &str| ended.terms_since_end(date("2026-02-14"), date(today));
        assert_eq!(["2026-02-14", "2026-02-27", "2026-02-28", "2026-03-30", "2026-03-31"].map(since), [0, 0, 1, 1, 2]);
    }

    /// A plan of one offering with its fee for each length of term.
    fn sold(code: &str, fees: &[(Interval, i64)]) -> Plan {
        use catalog::{Basis, ChargeModel, Component, Price, Text};
        let prices = fees.iter().map(|(interval, fee)| Price { currency: Currency::Usd, interval: *interval, charge: ChargeModel::Flat { amount: (*fee).into() }, minimum: None, maximum: None });
        Plan {
            id: plan(code.len() as u128),
            offering: kernel::OfferingId::from_uuid(Uuid::nil()),
            offering_slug: "platform".into(),
            offering_name: Text::same("Platform"),
            version: kernel::VersionId::from_uuid(Uuid::nil()),
            driver: None,
            terms: catalog::PlanTerms {
                code: code.into(),
                name: Text::same(code),
                tagline: Text::default(),
                features: vec![],
                limits: Default::default(),
                components: vec![Component {
                    id: kernel::ComponentId::from_uuid(Uuid::nil()),
                    code: "fee".into(),
                    name: Text::same("Fee"),
                    unit: Text::default(),
                    basis: Basis::Recurring,
                    prices: prices.collect(),
                }],
                trial_days: 0,
                proration: Default::default(),
                upgrade: ChangeTiming::Now,
                downgrade: ChangeTiming::EndOfTerm,
                config_schema: serde_json::json!({}),
            },
        }
    }

    #[test]
    fn what_is_paid_for_runs_to_its_end_unless_more_is_wanted() {
        use ChangeTiming::{EndOfTerm, Now};
        use Interval::{Annual, Monthly};
        let starter = sold("starter", &[(Monthly, 10), (Annual, 100)]);
        let professional = sold("professional", &[(Monthly, 49), (Annual, 490)]);
        // By the year it costs less a month than the smaller one by the month.
        let enterprise = sold("enterprise", &[(Monthly, 60), (Annual, 480)]);
        let monthly_only = sold("monthly", &[(Monthly, 45)]);
        let raised = Plan { id: plan(99), ..sold("professional", &[(Monthly, 55), (Annual, 550)]) };
        for ((old, from), (new, to), expected) in [
            ((&professional, Annual), (&professional, Monthly), Some(EndOfTerm)),
            ((&professional, Annual), (&raised, Monthly), Some(EndOfTerm)),
            ((&professional, Monthly), (&professional, Annual), Some(Now)),
            ((&professional, Monthly), (&professional, Monthly), Some(Now)),
            ((&professional, Monthly), (&raised, Monthly), Some(Now)),
            ((&raised, Monthly), (&professional, Monthly), Some(EndOfTerm)),
            ((&professional, Annual), (&starter, Monthly), Some(EndOfTerm)),
            ((&professional, Annual), (&enterprise, Monthly), Some(Now)),
            ((&professional, Monthly), (&enterprise, Monthly), Some(Now)),
            ((&starter, Annual), (&professional, Annual), Some(Now)),
            ((&starter, Monthly), (&starter, Interval::Quarterly), None),
            ((&monthly_only, Monthly), (&professional, Annual), Some(Now)),
            ((&professional, Annual), (&monthly_only, Monthly), Some(EndOfTerm)),
        ] {
            assert_eq!(timing(Currency::Usd, (old, from), (new, to)), expected, "{} {from} to {} {to}", old.terms.code, new.terms.code);
        }
    }

    #[test]
    fn state_by_verb() {
        let states = [
            State::Trialing { until: date("2026-02-28") },
            State::Active { next: None },
            State::Active { next: Some(monthly(2)) },
            State::Cancelling { trial: None },
            State::Cancelling { trial: Some(date("2026-02-28")) },
            State::Ended { at: at("2026-02-10T00:00:00Z"), reason: EndReason::Cancelled },
        ];
        let (mid, now) = (date("2026-02-14"), at("2026-02-14T10:00:00Z"));
        let (end, turned) = (date("2026-02-28"), at("2026-02-28T00:00:00Z"));
        let annual = Choice { plan: plan(1), interval: Interval::Annual };
        let mut table = String::new();
        for state in states {
            let before = subscription(state);
            let note = match state {
                State::Active { next: Some(_) } => " (change planned)",
                State::Cancelling { trial: Some(_) } => " (in trial)",
                _ => "",
            };
            writeln!(table, "{}{note}", state.code()).expect("writes to a string");
            for (verb, outcome) in [
                ("change now", before.change_now(monthly(3), mid, now)),
                ("same now", before.change_now(monthly(1), mid, now)),
                ("to a year", before.change_now(annual, mid, now)),
                ("at end", before.change_at_end(monthly(3))),
                ("cancel", before.cancel()),
                ("keep", before.keep()),
                ("end", before.end(EndReason::InstanceDeleted, mid, now)),
                ("end unpaid", before.end(EndReason::Unpaid, mid, now)),
                ("roll early", before.roll(mid, now)),
                ("roll", before.roll(end, turned)),
            ] {
                writeln!(table, "  {verb:<11}{}", print(outcome)).expect("writes to a string");
            }
        }
        expect![[r#"
            trialing
              change now trialing; plan changed
              same now   trialing; nothing
              to a year  trialing; nothing
              at end     trialing; plan changed
              cancel     cancelling; nothing
              keep       trialing; nothing
              end        ended; ended
              end unpaid ended; ended
              roll early refused: its term has not ended yet
              roll       active; charge 2026-02-28 to 2026-03-31
            active
              change now active; bill usage, credit from 2026-02-14, charge 2026-02-14 to 2026-02-28, plan changed
              same now   active; nothing
              to a year  active; bill usage, credit from 2026-02-14, charge 2026-02-14 to 2027-01-31
              at end     active (change planned); nothing
              cancel     cancelling; nothing
              keep       active; nothing
              end        ended; bill usage, credit from 2026-02-14, ended
              end unpaid ended; bill usage, credit from 2026-02-14, ended
              roll early refused: its term has not ended yet
              roll       active; bill usage, charge 2026-02-28 to 2026-03-31
            active (change planned)
              change now active; bill usage, credit from 2026-02-14, charge 2026-02-14 to 2026-02-28, plan changed
              same now   active; nothing
              to a year  active; bill usage, credit from 2026-02-14, charge 2026-02-14 to 2027-01-31
              at end     active (change planned); nothing
              cancel     cancelling; nothing
              keep       active; nothing
              end        ended; bill usage, credit from 2026-02-14, ended
              end unpaid ended; bill usage, credit from 2026-02-14, ended
              roll early refused: its term has not ended yet
              roll       active; bill usage, charge 2026-02-28 to 2026-03-31, plan changed
            cancelling
              change now refused: the subscription is cancelled; keep it first
              same now   refused: the subscription is cancelled; keep it first
              to a year  refused: the subscription is cancelled; keep it first
              at end     refused: the subscription is cancelled; keep it first
              cancel     cancelling; nothing
              keep       active; nothing
              end        ended; bill usage, credit from 2026-02-14, ended
              end unpaid ended; bill usage, credit from 2026-02-14, ended
              roll early refused: its term has not ended yet
              roll       ended; bill usage, ended
            cancelling (in trial)
              change now refused: the subscription is cancelled; keep it first
              same now   refused: the subscription is cancelled; keep it first
              to a year  refused: the subscription is cancelled; keep it first
              at end     refused: the subscription is cancelled; keep it first
              cancel     cancelling; nothing
              keep       trialing; nothing
              end        ended; ended
              end unpaid ended; ended
              roll early refused: its term has not ended yet
              roll       ended; ended
            ended
              change now refused: the subscription has ended
              same now   refused: the subscription has ended
              to a year  refused: the subscription has ended
              at end     refused: the subscription has ended
              cancel     refused: the subscription has ended
              keep       refused: the subscription has ended
              end        ended; nothing
              end unpaid ended; nothing
              roll early refused: the subscription has ended
              roll       refused: the subscription has ended
        "#]]
        .assert_eq(&table);
    }
}
