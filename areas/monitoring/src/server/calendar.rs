//! The organisation's calendar: its days and months as stretches of time, and what its clocks show as instants.

use crate::{maintenance::LocalMinute, uptime::Window};
use billing::zone::Zone;
use jiff::tz::TimeZone;
use kernel::{Date, Fault, Timestamp};
use platform::TenantTx;

/// Of one organisation, in its time zone.
pub(super) struct Calendar {
    zone: Zone,
    clocks: TimeZone,
}

impl Calendar {
    pub async fn of(tx: &mut TenantTx) -> Result<Self, Fault> {
        let name = identity::server::organisation(tx).await?.time_zone;
        Self::in_zone(&name)
    }

    fn in_zone(name: &str) -> Result<Self, Fault> {
        let zone: Zone = name.parse().map_err(|unknown| Fault::new(format!("an organisation's time zone is none: {unknown}")))?;
        let clocks = TimeZone::get(name).map_err(|unknown| Fault::new(format!("an organisation's time zone is none: {unknown}")))?;
        Ok(Self { zone, clocks })
    }

    /// The day that an instant falls on.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.date(at)
    }

    /// The first day of the month that an instant falls in.
    pub fn month_of(&self, at: Timestamp) -> Date {
        first_of_month(self.date(at))
    }

    pub fn day(&self, day: Date) -> Window {
        Window::new(self.zone.midnight(day), self.zone.midnight(day.plus_days(1)))
    }

    /// The month with this first day.
    pub fn month(&self, first: Date) -> Window {
        Window::new(self.zone.midnight(first), self.zone.midnight(next_month(first)))
    }

    /// When the clocks show it. What summer time skips is taken as the time after; what it repeats as the first.
    pub fn instant(&self, local: LocalMinute) -> Timestamp {
        let day = jiff::civil::Date::new(
            i16::try_from(local.date.year()).expect("years are 0 to 9999"),
            i8::try_from(local.date.month()).expect("months are 1 to 12"),
            i8::try_from(local.date.day()).expect("days are 1 to 31"),
        )
        .expect("the kernel's dates exist");
        let hour = i8::try_from(local.hour).expect("hours are 0 to 23");
        let minute = i8::try_from(local.minute).expect("minutes are 0 to 59");
        let zoned = self.clocks.to_ambiguous_zoned(day.at(hour, minute, 0, 0)).compatible().expect("times of years 0 to 9999 are within jiff's range");
        Timestamp::from_micros(zoned.timestamp().as_microsecond())
    }

    /// What the clocks show.
    pub fn local(&self, at: Timestamp) -> LocalMinute {
        let instant = jiff::Timestamp::from_microsecond(at.micros()).expect("the clock is within jiff's range");
        let time = self.clocks.to_datetime(instant).time();
        LocalMinute { date: self.date(at), hour: time.hour().unsigned_abs(), minute: time.minute().unsigned_abs() }
    }
}

fn first_of_month(day: Date) -> Date {
    day.plus_days(1 - i64::from(day.day()))
}

pub(super) fn next_month(first: Date) -> Date {
    first.plus_days(i64::from(Date::days_in_month(first.year(), first.month())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str) -> Calendar {
        Calendar::in_zone(zone).expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_month_is_that_of_the_organisations_clocks() {
        let jakarta = calendar("Asia/Jakarta");
        assert_eq!(jakarta.month(date("2026-06-01")), Window::new(at("2026-05-31T17:00:00Z"), at("2026-06-30T17:00:00Z")));
        assert_eq!((jakarta.month_of(at("2026-06-30T16:59:59Z")), jakarta.month_of(at("2026-06-30T17:00:00Z"))), (date("2026-06-01"), date("2026-07-01")));
        assert_eq!(calendar("UTC").month(date("2026-12-01")), Window::new(at("2026-12-01T00:00:00Z"), at("2027-01-01T00:00:00Z")));
    }

    #[test]
    fn a_day_on_which_clocks_move_is_longer_or_shorter() {
        let new_york = calendar("America/New_York");
        assert_eq!(new_york.day(date("2026-03-08")), Window::new(at("2026-03-08T05:00:00Z"), at("2026-03-09T04:00:00Z")));
        assert_eq!(new_york.day(date("2026-11-01")), Window::new(at("2026-11-01T04:00:00Z"), at("2026-11-02T05:00:00Z")));
    }

    #[test]
    fn what_the_clocks_show_is_an_instant_and_back() {
        let local = |text: &str| text.parse::<LocalMinute>().expect("a time");
        let jakarta = calendar("Asia/Jakarta");
        assert_eq!(jakarta.instant(local("2026-11-26T02:30")), at("2026-11-25T19:30:00Z"));
        assert_eq!(jakarta.local(at("2026-11-25T19:30:59Z")), local("2026-11-26T02:30"));
        // At two the clocks go to three; later they show one twice.
        let new_york = calendar("America/New_York");
        assert_eq!(new_york.instant(local("2026-03-08T02:30")), at("2026-03-08T07:30:00Z"));
        assert_eq!(new_york.instant(local("2026-11-01T01:30")), at("2026-11-01T05:30:00Z"));
    }

    #[test]
    fn a_name_that_is_no_zone_is_a_fault() {
        assert!(Calendar::in_zone("Mars/Olympus").is_err());
    }
}
