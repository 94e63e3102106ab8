//! Between a tenant's calendar and instants: local midnights, with summer time.

use kernel::{Date, Timestamp};
use std::str::FromStr;

/// A time zone of the IANA database, bundled with the program so that every machine knows the same one.
#[derive(Debug, Clone)]
pub struct Zone(jiff::tz::TimeZone);

/// The text names no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone like Asia/Jakarta")]
pub struct UnknownZone(pub String);

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        jiff::tz::TimeZone::get(name).map(Self).map_err(|_| UnknownZone(name.chars().take(64).collect()))
    }
}

impl Zone {
    pub const fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// The instant at which a day begins. Where summer time skips midnight, the first instant after it.
    pub fn midnight(&self, date: Date) -> Timestamp {
        let day = jiff::civil::Date::new(
            i16::try_from(date.year()).expect("years are 0 to 9999"),
            i8::try_from(date.month()).expect("months are 1 to 12"),
            i8::try_from(date.day()).expect("days are 1 to 31"),
        )
        .expect("the kernel's dates exist");
        let instant = self.0.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible().expect("midnights of years 0 to 9999 are within jiff's range");
        Timestamp::from_micros(instant.timestamp().as_microsecond())
    }

    /// The day that an instant falls on here.
    pub fn date(&self, at: Timestamp) -> Date {
        let micros = at.micros().clamp(jiff::Timestamp::MIN.as_microsecond(), jiff::Timestamp::MAX.as_microsecond());
        let instant = jiff::Timestamp::from_microsecond(micros).expect("brought into range");
        let day = self.0.to_datetime(instant).date();
        Date::try_new(i32::from(day.year()), day.month().unsigned_abs(), day.day().unsigned_abs()).unwrap_or(Date::from_days(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::periods::{Anchor, Period};
    use catalog::Interval;

    fn zone() -> Zone {
        "America/New_York".parse().expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn g11_the_last_whole_month_is_the_zones_month() {
        let today = zone().date(at("2022-03-01T00:00:00Z"));
        assert_eq!(today.to_string(), "2022-02-28");
        let calendar = Anchor::from_day(1).expect("a day").schedule("2022-01-01".parse().expect("a date"), Interval::Monthly);
        let done = calendar.completed_by(today);
        assert_eq!(done, 1);
        let Period { start, end } = calendar.term(done - 1);
        assert_eq!((zone().midnight(start), zone().midnight(end)), (at("2022-01-01T05:00:00Z"), at("2022-02-01T05:00:00Z")));
    }

    #[test]
    fn g12_summer_time_moves_no_event_into_another_month() {
        let month = |number: u8| {
            let first = |month| Date::try_new(2023, month, 1).expect("a first");
            (zone().midnight(first(number)), zone().midnight(first(number + 1)))
        };
        // Local times in New York: winter time to 12 March, summer time after.
        let events = [
            "2023-03-01T04:00:00-05:00",
            "2023-03-15T00:00:00-04:00",
            "2023-03-31T23:59:00-04:00",
            "2023-04-01T00:00:00-04:00",
            "2023-04-01T00:01:00-04:00",
            "2023-04-15T00:00:00-04:00",
            "2023-04-30T23:59:00-04:00",
            "2023-05-01T00:00:00-04:00",
            "2023-05-01T00:01:00-04:00",
        ]
        .map(at);
        let counted = |(from, to)| events.iter().filter(|event| from <= **event && **event < to).count();
        assert_eq!([counted(month(3)), counted(month(4)), counted(month(5))], [3, 4, 2]);
    }

    #[test]
    fn a_midnight_that_summer_time_skips_is_the_first_instant_after() {
        let zone: Zone = "America/Santiago".parse().expect("a zone");
        assert_eq!(zone.midnight("2023-09-03".parse().expect("a date")), at("2023-09-03T04:00:00Z"));
        assert!("Mars/Olympus".parse::<Zone>().is_err());
    }
}
