//! Planned maintenance: a stretch of time in which chosen checks may be down without anybody being told, and which is
//! outside both sides of their uptime. What is seen meanwhile is recorded as always.
//!
//! It is planned ahead and never after the fact: a month that is over cannot be made better than it was.

use crate::uptime::Window;
use kernel::{CheckId, Date, FieldError, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// The longest maintenance; whoever needs more pauses the service.
pub const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// How far ahead it may begin.
pub const FURTHEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// Letters of its words.
pub const MOST_LETTERS: usize = 200;
/// Maintenance of one organisation that is planned or runs at the same time.
pub const MOST_PLANNED: usize = 100;
/// Forms give whole minutes: one that begins in the running minute begins now.
const MINUTE: Duration = Duration::from_secs(60);

/// What the organisation's clocks show, to the minute: `2026-11-25T22:00`, as a form's field gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalMinute {
    pub date: Date,
    pub hour: u8,
    pub minute: u8,
}

/// The text is no such time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time like 2026-11-25T22:00")]
pub struct NotALocalMinute(String);

impl FromStr for LocalMinute {
    type Err = NotALocalMinute;

    /// Seconds, which some browsers add, are cut.
    fn from_str(text: &str) -> Result<Self, NotALocalMinute> {
        let read = || {
            let (date, time) = text.trim().split_once(['T', ' '])?;
            let mut parts = time.split(':');
            let mut number = |below: u8| {
                let part = parts.next().filter(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))?;
                part.parse::<u8>().ok().filter(|number| *number < below)
            };
            Some(Self { date: date.parse().ok()?, hour: number(24)?, minute: number(60)? })
        };
        read().ok_or_else(|| NotALocalMinute(text.chars().take(40).collect()))
    }
}

impl fmt::Display for LocalMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}", self.date, self.hour, self.minute)
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanMaintenance {
    /// By the organisation's clocks: `2026-11-25T22:00`.
    pub starts_at: String,
    pub ends_at: String,
    pub checks: Chosen,
    /// What is done, for colleagues who wonder. May be empty.
    #[serde(default)]
    pub words: String,
}

/// Which checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// Every check that there is when it is planned.
    All,
    These(Vec<CheckId>),
}

/// Maintenance that may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub window: Window,
    pub checks: Vec<CheckId>,
    pub words: String,
}

impl PlanMaintenance {
    /// Everything that is wrong with it, field by field. `instant` reads the organisation's clocks; `known`: the checks
    /// that are watched.
    pub fn check(&self, now: Timestamp, known: &[CheckId], instant: impl Fn(LocalMinute) -> Timestamp) -> Result<Planned, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut read = |field: &str, text: &str| match text.parse() {
            Ok(local) => Some(instant(local)),
            Err(_) if text.trim().is_empty() => {
                errors.push(FieldError::new(field, "required", "Say when."));
                None
            }
            Err(_) => {
                errors.push(FieldError::new(field, "time", "A date and a time of day."));
                None
            }
        };
        let (starts, ends) = (read("starts_at", &self.starts_at), read("ends_at", &self.ends_at));
        errors.extend(order(starts, ends, now));
        let checks = match &self.checks {
            Chosen::All => known.to_vec(),
            Chosen::These(checks) => checks.clone(),
        };
        if checks.is_empty() {
            errors.push(FieldError::new("checks", "required", "Choose at least one check."));
        } else if checks.iter().any(|check| !known.contains(check)) {
            errors.push(FieldError::new("checks", "unknown", "One of these checks is not there any more."));
        }
        let words = self.words.trim().to_owned();
        if words.chars().count() > MOST_LETTERS {
            errors.push(FieldError::new("words", "too_long", format!("At most {MOST_LETTERS} letters.")));
        }
        match (starts, ends) {
            (Some(from), Some(to)) if errors.is_empty() => Ok(Planned { window: Window::new(from, to), checks, words }),
            _ => Err(errors),
        }
    }
}

/// What is wrong with the two moments, as far as they could be read.
fn order(starts: Option<Timestamp>, ends: Option<Timestamp>, now: Timestamp) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(starts) = starts {
        if starts.plus(MINUTE) <= now {
            errors.push(FieldError::new("starts_at", "past", "This is over. Maintenance is planned ahead."));
        } else if starts > now.plus(FURTHEST) {
            errors.push(FieldError::new("starts_at", "too_far", "At most a year ahead."));
        }
    }
    if let (Some(starts), Some(ends)) = (starts, ends) {
        if ends <= starts {
            errors.push(FieldError::new("ends_at", "order", "The end comes after the start."));
        } else if ends.since(starts) > LONGEST {
            errors.push(FieldError::new("ends_at", "longest", "At most seven days."));
        }
    }
    errors
}

/// How far a maintenance has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Planned,
    Running,
    Ended,
    /// Taken back before it began.
    Cancelled,
}

impl Stage {
    pub fn of(window: Window, cancelled: bool, now: Timestamp) -> Self {
        match cancelled {
            true => Self::Cancelled,
            false if now < window.from => Self::Planned,
            false if now < window.to => Self::Running,
            false => Self::Ended,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "maintenance",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: &str = "2026-11-25T12:00:30Z";

    fn id(number: u128) -> CheckId {
        CheckId::from_uuid(Uuid::from_u128(number))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn wish(starts_at: &str, ends_at: &str) -> PlanMaintenance {
        PlanMaintenance { starts_at: starts_at.into(), ends_at: ends_at.into(), checks: Chosen::All, words: " New disks ".into() }
    }

    /// In Jakarta, seven hours ahead.
    fn checked(wish: &PlanMaintenance) -> Result<Planned, Vec<(String, String)>> {
        let instant = |local: LocalMinute| Timestamp::from_seconds(local.date.days() * 86_400 + i64::from(local.hour) * 3_600 + i64::from(local.minute) * 60 - 7 * 3_600);
        wish.check(at(NOW), &[id(1), id(2)], instant).map_err(|errors| errors.into_iter().map(|error| (error.field, error.code)).collect())
    }

    fn refused(wish: &PlanMaintenance) -> Vec<(String, String)> {
        checked(wish).expect_err("it cannot be")
    }

    fn at_fields<const N: usize>(fields: [(&str, &str); N]) -> Vec<(String, String)> {
        fields.map(|(field, code)| (field.to_owned(), code.to_owned())).to_vec()
    }

    #[test]
    fn the_form_speaks_of_the_organisations_clocks() {
        let planned = checked(&wish("2026-11-25T22:00", "2026-11-26T02:30:00")).expect("it may be");
        assert_eq!(planned.window, Window::new(at("2026-11-25T15:00:00Z"), at("2026-11-25T19:30:00Z")));
        assert_eq!((planned.checks, planned.words.as_str()), (vec![id(1), id(2)], "New disks"));
    }

    #[test]
    fn it_may_begin_in_the_running_minute_and_not_before() {
        assert!(checked(&wish("2026-11-25T19:00", "2026-11-25T20:00")).is_ok());
        assert_eq!(refused(&wish("2026-11-25T18:59", "2026-11-25T20:00")), at_fields([("starts_at", "past")]));
    }

    #[test]
    fn it_ends_after_it_began_and_within_seven_days() {
        assert_eq!(refused(&wish("2026-11-25T22:00", "2026-11-25T22:00")), at_fields([("ends_at", "order")]));
        assert_eq!(refused(&wish("2026-11-25T22:00", "2026-11-25T21:00")), at_fields([("ends_at", "order")]));
        assert!(checked(&wish("2026-11-25T22:00", "2026-12-02T22:00")).is_ok());
        assert_eq!(refused(&wish("2026-11-25T22:00", "2026-12-02T22:01")), at_fields([("ends_at", "longest")]));
        assert_eq!(refused(&wish("2027-11-28T22:00", "2027-11-28T23:00")), at_fields([("starts_at", "too_far")]));
    }

    #[test]
    fn every_mistake_is_told_at_once_beside_its_field() {
        let checks = Chosen::These(Vec::new());
        let wrong = PlanMaintenance { starts_at: "tomorrow".into(), ends_at: " ".into(), checks, words: "x".repeat(MOST_LETTERS + 1) };
        assert_eq!(refused(&wrong), at_fields([("starts_at", "time"), ("ends_at", "required"), ("checks", "required"), ("words", "too_long")]));
        let strange = PlanMaintenance { checks: Chosen::These(vec![id(1), id(3)]), ..wish("2026-11-25T22:00", "2026-11-25T23:00") };
        assert_eq!(refused(&strange), at_fields([("checks", "unknown")]));
    }

    #[test]
    fn local_minutes_are_read_and_shown_alike() {
        for text in ["2026-11-25T22:00", "2024-02-29T00:59"] {
            assert_eq!(text.parse::<LocalMinute>().expect("a time").to_string(), text);
        }
        for text in ["2026-11-25", "2026-11-25T24:00", "2026-11-25T22:60", "2026-02-30T10:00", "2026-11-25T1:00", "2026-11-25T+1:00"] {
            assert!(text.parse::<LocalMinute>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_stage_is_half_open_like_its_window() {
        let window = Window::new(at("2026-11-25T15:00:00Z"), at("2026-11-25T16:00:00Z"));
        let stage = |now: &str| Stage::of(window, false, at(now));
        assert_eq!(
            [stage("2026-11-25T14:59:59Z"), stage("2026-11-25T15:00:00Z"), stage("2026-11-25T15:59:59Z"), stage("2026-11-25T16:00:00Z")],
            [Stage::Planned, Stage::Running, Stage::Running, Stage::Ended]
        );
        assert_eq!(Stage::of(window, true, at("2026-11-25T15:30:00Z")), Stage::Cancelled);
    }
}
