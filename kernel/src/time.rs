//! Instants in UTC truncated to microseconds, and calendar dates. Only `platform::Clock` makes "now".

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr, time::Duration};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const MICROS_PER_DAY: i64 = SECONDS_PER_DAY * MICROS_PER_SECOND;

impl Timestamp {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From what somebody sent, a cursor for example: none outside the years 0 to 9999, which is what texts can say and the
    /// database keeps.
    pub const fn try_from_micros(micros: i64) -> Option<Self> {
        const YEAR_0: i64 = -62_167_219_200 * MICROS_PER_SECOND;
        const YEAR_10_000: i64 = 253_402_300_800 * MICROS_PER_SECOND;
        if YEAR_0 <= micros && micros < YEAR_10_000 { Some(Self(micros)) } else { None }
    }

    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * MICROS_PER_SECOND)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// The UTC day that it falls on.
    pub const fn date_utc(self) -> Date {
        Date::from_days(self.0.div_euclid(MICROS_PER_DAY))
    }

    /// Never before the beginning or past the end of what can be kept: saturates.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier`; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC; fractions only where there are any: `2026-01-31T09:30:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_day = self.0.rem_euclid(MICROS_PER_DAY);
        let (second, micros) = (in_day / MICROS_PER_SECOND, in_day % MICROS_PER_SECOND);
        let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{}T{hours:02}:{minutes:02}:{seconds:02}", self.date_utc())?;
        if micros != 0 {
            write!(f, ".{micros:06}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an RFC 3339 time or an ISO 8601 date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time like 2026-01-31T09:30:00Z")]
pub struct NotATime(pub String);

impl FromStr for Timestamp {
    type Err = NotATime;

    /// RFC 3339 with `Z` or an offset; digits beyond microseconds are cut.
    fn from_str(text: &str) -> Result<Self, NotATime> {
        parse_rfc3339(text).ok_or_else(|| NotATime(text.chars().take(64).collect()))
    }
}

fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let date: Date = date.parse().ok()?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let number = |from: usize, below: i64| -> Option<i64> {
        let digits = rest.get(from..from + 2)?;
        let value = if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse::<i64>().ok()? } else { return None };
        (value < below).then_some(value)
    };
    let (hours, minutes) = (number(0, 24)?, number(3, 60)?);
    if rest.as_bytes().get(2) != Some(&b':') || rest.as_bytes().get(5) != Some(&b':') {
        return None;
    }
    let seconds = number(6, 61)?.min(59);
    let mut tail = rest.get(8..)?;
    let mut micros = 0;
    if let Some(fraction) = tail.strip_prefix('.') {
        let digits: String = fraction.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return None;
        }
        micros = format!("{digits:0<6}").get(..6)?.parse().ok()?;
        tail = fraction.get(digits.len()..)?;
    }
    let offset_minutes = match tail {
        "Z" | "z" => 0,
        _ => {
            let sign = match tail.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let (hours, minutes) = tail.get(1..)?.split_once(':')?;
            if hours.len() != 2 || minutes.len() != 2 {
                return None;
            }
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            sign * (hours * 60 + minutes)
        }
    };
    let seconds = date.days() * SECONDS_PER_DAY + hours * 3600 + (minutes - offset_minutes) * 60 + seconds;
    Some(Timestamp(seconds * MICROS_PER_SECOND + micros))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A day of the proleptic Gregorian calendar, without zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

impl Date {
    /// `None` when there is no such day.
    pub const fn try_new(year: i32, month: u8, day: u8) -> Option<Self> {
        if year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > Self::days_in_month(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    pub const fn year(self) -> i32 {
        self.year
    }

    /// 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }

    pub const fn days_in_month(year: i32, month: u8) -> u8 {
        match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Days since 1970-01-01. Howard Hinnant's "days from civil".
    pub const fn days(self) -> i64 {
        let year = self.year as i64 - (self.month <= 2) as i64;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// Howard Hinnant's "civil from days".
    pub const fn from_days(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month + 2) / 5 + 1) as u8;
        let month = if month < 10 { month + 3 } else { month - 9 } as u8;
        let year = (year_of_era + era * 400 + (month <= 2) as i64) as i32;
        Self { year, month, day }
    }

    pub const fn plus_days(self, days: i64) -> Self {
        Self::from_days(self.days() + days)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| -> Option<i32> {
            let part = text.get(range)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
        };
        let parsed = || {
            if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
                return None;
            }
            Self::try_new(digits(0..4)?, u8::try_from(digits(5..7)?).ok()?, u8::try_from(digits(8..10)?).ok()?)
        };
        parsed().ok_or_else(|| NotATime(text.chars().take(64).collect()))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prints_and_parses_rfc_3339() {
        let time: Timestamp = "2026-01-31T09:30:00+07:00".parse().expect("a time");
        assert_eq!(time.to_string(), "2026-01-31T02:30:00Z");
        let fine: Timestamp = "2026-01-31T02:30:00.1234567Z".parse().expect("a time");
        assert_eq!(fine.to_string(), "2026-01-31T02:30:00.123456Z");
        assert_eq!("1969-12-31T23:59:59Z".parse::<Timestamp>().expect("a time").micros(), -1_000_000);
        for text in ["2026-02-30T00:00:00Z", "2026-01-31", "2026-01-31T25:00:00Z", "2026-01-31T00:00:00", "x", "2026-01-31T+1:00:00Z"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn takes_from_others_what_texts_can_say() {
        let (first, last): (Timestamp, Timestamp) = ("0000-01-01T00:00:00Z".parse().expect("a time"), "9999-12-31T23:59:59.999999Z".parse().expect("a time"));
        for time in [first, last] {
            assert_eq!(Timestamp::try_from_micros(time.micros()), Some(time));
        }
        for micros in [i64::MIN, first.micros() - 1, last.micros() + 1, i64::MAX] {
            assert_eq!(Timestamp::try_from_micros(micros), None);
        }
    }

    #[test]
    fn knows_leap_years() {
        assert_eq!(Date::days_in_month(2024, 2), 29);
        assert_eq!(Date::days_in_month(2100, 2), 28);
        assert_eq!(Date::days_in_month(2000, 2), 29);
        assert!(Date::try_new(2023, 2, 29).is_none());
    }

    proptest! {
        #[test]
        fn days_and_dates_are_two_forms_of_one_thing(days in -700_000_i64..2_900_000) {
            let date = Date::from_days(days);
            prop_assert_eq!(date.days(), days);
            if (0..=9999).contains(&date.year()) {
                prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date));
            }
        }
    }
}
