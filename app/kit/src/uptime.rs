//! Ninety days as ninety bars, with the table that says the same.

use crate::time::{date_text, duration_text, number_text};
use i18n::tr;
use kernel::Date;
use leptos::prelude::*;
use std::time::Duration;

/// One day of a check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UptimeDay {
    pub date: Date,
    /// 0 to 100, of the time in which somebody looked; none when nobody did.
    pub percent: Option<f64>,
    /// For how long somebody looked; none when it was all of the day.
    pub watched: Option<Duration>,
}

impl UptimeDay {
    fn class(self) -> String {
        let tone = match self.percent {
            None => "day-unknown",
            Some(percent) if percent >= 99.9 => "day-good",
            Some(percent) if percent >= 99.0 => "day-warn",
            Some(_) => "day-bad",
        };
        let part = if self.watched.is_some() { " day-part" } else { "" };
        format!("day {tone}{part}")
    }

    fn words(self) -> String {
        // Floored, so that a bad day never rounds up to a whole one.
        let share = |percent: f64| format!("{}\u{a0}%", number_text((percent * 100.0).floor() / 100.0, 2));
        match (self.percent, self.watched) {
            (None, _) => tr!(kit.uptime.unknown).to_string(),
            (Some(percent), None) => share(percent),
            (Some(percent), Some(watched)) if percent < 100.0 => tr!(kit.uptime.part, percent = share(percent), time = duration_text(watched)).to_string(),
            (Some(_), Some(watched)) => tr!(kit.uptime.no_outage, time = duration_text(watched)).to_string(),
        }
    }
}

/// Days oldest first. The bars are one picture to assistive technology; the table behind them is for everyone.
#[component]
pub fn UptimeBar(
    /// What it is about and the finding: "checkout.example: 99.98 % in 90 days".
    #[prop(into)] title: String,
    days: Vec<UptimeDay>,
    /// Leaves the table out, for rows of a list.
    #[prop(optional)] compact: bool,
) -> impl IntoView {
    let count = days.len();
    view! {
        <div class="uptime">
            <div class="uptime-bars" role="img" aria-label=title>
                {days.iter().map(|day| view! { <span class=day.class() title=format!("{}: {}", date_text(day.date), day.words())></span> }).collect_view()}
            </div>
            {(!compact).then(|| view! {
                <div class="uptime-scale muted" aria-hidden="true"><span>{tr!(kit.uptime.oldest, days = count.to_string())}</span><span>{tr!(common.today)}</span></div>
                <details class="uptime-table">
                    <summary>{tr!(kit.uptime.table)}</summary>
                    <div class="table-scroll" tabindex="0" role="region" aria-label=tr!(kit.uptime.table)>
                        <table class="grid-table">
                            <thead><tr><th scope="col">{tr!(kit.uptime.day)}</th><th scope="col" class="right">{tr!(kit.uptime.uptime)}</th></tr></thead>
                            <tbody>
                                {days.iter().rev().map(|day| view! {
                                    <tr><td>{date_text(day.date)}</td><td class="right tabular">{day.words()}</td></tr>
                                }).collect_view()}
                            </tbody>
                        </table>
                    </div>
                </details>
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(percent: Option<f64>, watched: Option<u64>) -> UptimeDay {
        UptimeDay { date: Date::from_days(0), percent, watched: watched.map(Duration::from_secs) }
    }

    #[test]
    fn a_day_of_which_a_part_was_watched_has_no_100_per_cent() {
        assert_eq!(day(Some(100.0), None).words(), "100\u{a0}%");
        assert_eq!(day(Some(100.0), Some(7_200)).words(), "No outage in 2\u{a0}h");
        assert_eq!(day(Some(99.999), Some(7_200)).words(), "99.99\u{a0}% of 2\u{a0}h");
        assert_eq!(day(None, Some(0)).words(), "not measured");
        assert_eq!(day(Some(100.0), Some(7_200)).class(), "day day-good day-part");
    }
}
