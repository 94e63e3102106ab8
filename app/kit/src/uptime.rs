//! Ninety days as ninety bars, with the table that says the same.

use crate::time::{date_text, number_text};
use i18n::tr;
use kernel::Date;
use leptos::prelude::*;

/// One day of a check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UptimeDay {
    pub date: Date,
    /// 0 to 100; none when nobody was looking.
    pub percent: Option<f64>,
    pub down_seconds: u32,
}

impl UptimeDay {
    fn class(self) -> &'static str {
        match self.percent {
            None => "day day-unknown",
            Some(percent) if percent >= 99.9 => "day day-good",
            Some(percent) if percent >= 99.0 => "day day-warn",
            Some(_) => "day day-bad",
        }
    }

    fn words(self) -> String {
        match self.percent {
            None => tr!(kit.uptime.unknown).to_string(),
            // Floored, so that a bad day never rounds up to a whole one.
            Some(percent) => format!("{} %", number_text((percent * 100.0).floor() / 100.0, 2)),
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
