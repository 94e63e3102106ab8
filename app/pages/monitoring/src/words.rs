//! States, reasons and numbers of monitoring in the reader's words.

use crate::sheets::Span;
use i18n::tr;
use kernel::Timestamp;
use kit::{time::duration_text, uptime::UptimeDay};
use monitoring::{
    check::Status,
    encryption::TlsProblem,
    uptime::{Tally, Verdict},
    view::DayBar,
};
use std::time::Duration;

pub fn kind(kind: &str) -> String {
    match kind {
        "http" => tr!(monitoring.kinds.http).to_string(),
        "tcp" => tr!(monitoring.kinds.tcp).to_string(),
        "tls" => tr!(monitoring.kinds.tls).to_string(),
        other => other.to_uppercase(),
    }
}

/// Why a probe failed or warned, with its particulars.
pub fn problem(code: &str, detail: Option<&str>) -> String {
    if let Some(problem) = TlsProblem::known(code) {
        return encryption(problem, detail.and_then(|at| at.parse().ok()));
    }
    let words = match (code, detail) {
        ("status", Some(status)) => return tr!(monitoring.problems.status_was, status = status).to_string(),
        ("timeout", Some(time)) => return tr!(monitoring.problems.timeout_after, time = time).to_string(),
        ("certificate_expires", Some(days)) => return tr!(monitoring.problems.certificate_expires_in, days = days).to_string(),
        ("status", None) => tr!(monitoring.problems.status),
        ("timeout", None) => tr!(monitoring.problems.timeout),
        ("certificate_expires", None) => tr!(monitoring.problems.certificate_expires),
        ("refused", _) => tr!(monitoring.problems.refused),
        ("keyword", _) => tr!(monitoring.problems.keyword),
        ("redirects", _) => tr!(monitoring.problems.redirects),
        ("unknown_host", _) => tr!(monitoring.problems.unknown_host),
        ("forbidden_address", _) => tr!(monitoring.problems.forbidden_address),
        ("connection", _) => tr!(monitoring.problems.connection),
        (other, _) => return other.replace('_', " "),
    };
    words.to_string()
}

/// What is wrong with an encrypted connection, from or until when where that is known.
fn encryption(problem: TlsProblem, day: Option<Timestamp>) -> String {
    let day = day.map(|at| kit::time::date_text(at.date_utc()));
    let words = match (problem, day) {
        (TlsProblem::Expired, Some(date)) => return tr!(monitoring.problems.certificate_expired_on, date = date).to_string(),
        (TlsProblem::NotYetValid, Some(date)) => return tr!(monitoring.problems.certificate_not_yet_valid_until, date = date).to_string(),
        (TlsProblem::Expired, None) => tr!(monitoring.problems.certificate_expired),
        (TlsProblem::NotYetValid, None) => tr!(monitoring.problems.certificate_not_yet_valid),
        (TlsProblem::Untrusted, _) => tr!(monitoring.problems.certificate_untrusted),
        (TlsProblem::OtherName, _) => tr!(monitoring.problems.certificate_other_name),
        (TlsProblem::Revoked, _) => tr!(monitoring.problems.certificate_revoked),
        (TlsProblem::Invalid, _) => tr!(monitoring.problems.certificate_invalid),
        (TlsProblem::HandshakeRefused, _) => tr!(monitoring.problems.handshake_refused),
        (TlsProblem::NotEncrypted, _) => tr!(monitoring.problems.not_encrypted),
        (TlsProblem::Other, _) => tr!(monitoring.problems.tls),
    };
    words.to_string()
}

/// What the machine said, where the words leave it out.
pub fn particulars(code: &str, detail: Option<&str>) -> Option<String> {
    detail.filter(|_| matches!(code, "connection" | "certificate_invalid" | "tls")).map(str::to_owned)
}

pub fn span(span: Span) -> &'static str {
    match span {
        Span::Day => tr!(monitoring.spans.day),
        Span::Week => tr!(monitoring.spans.week),
        Span::Month => tr!(monitoring.spans.month),
    }
}

/// A floored share as the areas give it, `99.982`, with the reader's mark.
fn percent(percent: &str) -> String {
    format!("{}\u{a0}%", percent.replace('.', &i18n::language().decimal_mark().to_string()))
}

/// What may be said of a stretch of time in a few words; 100 % only of one that was watched whole.
pub fn verdict_of(verdict: &Verdict) -> String {
    match verdict {
        Verdict::NoData => tr!(kit.uptime.no_data).to_string(),
        Verdict::Whole { percent: share } => percent(share),
        Verdict::Part { percent: share, watched_micros } => {
            tr!(kit.uptime.part, percent = percent(share), time = micros_text(*watched_micros)).to_string()
        }
        Verdict::NoOutage { watched_micros } => tr!(kit.uptime.no_outage, time = micros_text(*watched_micros)).to_string(),
    }
}

/// Shorter than this is not told beside days and hours: it would read "0 s".
const SECOND: i64 = 1_000_000;

/// How long something was down or unknown, which no percentage tells.
pub fn apart(tally: &Tally) -> String {
    let mut parts = Vec::new();
    if tally.down > 0 {
        parts.push(tr!(monitoring.uptime.down_for, time = micros_text(tally.down)).to_string());
    }
    if tally.unknown >= SECOND {
        parts.push(tr!(monitoring.uptime.unknown_for, time = micros_text(tally.unknown)).to_string());
    }
    if tally.maintenance >= SECOND {
        parts.push(tr!(monitoring.uptime.maintenance_for, time = micros_text(tally.maintenance)).to_string());
    }
    if tally.before >= SECOND && tally.uptime().is_some() {
        parts.push(tr!(monitoring.uptime.before_for, time = micros_text(tally.before)).to_string());
    }
    match (parts.is_empty(), tally.uptime()) {
        (true, None) => tr!(monitoring.uptime.never_looked).to_string(),
        (true, Some(_)) => tr!(monitoring.uptime.without_a_break).to_string(),
        (false, _) => parts.join(" · "),
    }
}

fn micros_text(length: i64) -> String {
    duration_text(micros(length))
}

fn micros(length: i64) -> Duration {
    Duration::from_micros(u64::try_from(length).unwrap_or(0))
}

/// Days as bars: the share is of the time in which we looked, and none where we never did.
pub fn bars(days: &[DayBar]) -> Vec<UptimeDay> {
    days.iter()
        .map(|day| {
            let watched = day.tally.watched();
            let usable = watched - day.tally.down;
            UptimeDay {
                date: day.day,
                percent: (watched > 0).then(|| usable as f64 * 100.0 / watched as f64),
                watched: (day.tally.unknown + day.tally.before > 0).then(|| micros(watched)),
            }
        })
        .collect()
}

/// The whole's state in one sentence.
pub fn verdict(worst: Option<Status>, down: usize, degraded: usize, unknown: usize) -> String {
    match worst {
        None => tr!(monitoring.verdict.none).to_string(),
        Some(Status::Up) => tr!(monitoring.verdict.up).to_string(),
        Some(Status::Down) if down == 1 => tr!(monitoring.verdict.one_down).to_string(),
        Some(Status::Down) => tr!(monitoring.verdict.many_down, count = down).to_string(),
        Some(Status::Degraded) if degraded == 1 => tr!(monitoring.verdict.one_degraded).to_string(),
        Some(Status::Degraded) => tr!(monitoring.verdict.many_degraded, count = degraded).to_string(),
        Some(Status::Unknown) if unknown == 1 => tr!(monitoring.verdict.one_unknown).to_string(),
        Some(Status::Unknown) => tr!(monitoring.verdict.many_unknown, count = unknown).to_string(),
    }
}

/// How often it is looked, in words.
pub fn interval(seconds: u32) -> String {
    match seconds {
        60 => tr!(monitoring.about.every_minute).to_string(),
        seconds => tr!(monitoring.about.every, time = duration_text(Duration::from_secs(u64::from(seconds)))).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stretch_that_was_watched_whole_is_said_to_be_at_100_per_cent() {
        let minute = 60_000_000;
        let words = |verdict| verdict_of(&verdict).replace('\u{a0}', " ");
        assert_eq!(words(Verdict::Whole { percent: "100.000".into() }), "100.000 %");
        assert_eq!(words(Verdict::NoOutage { watched_micros: 5 * minute }), "No outage in 5 min");
        assert_eq!(words(Verdict::Part { percent: "99.999".into(), watched_micros: 90 * minute }), "99.999 % of 1 h 30 min");
        assert_eq!(words(Verdict::NoData), "No data");
    }

    #[test]
    fn what_no_percentage_tells_stands_beside_it() {
        let hour = 3_600_000_000;
        let day = Tally { up: 2 * hour, down: hour, unknown: 3 * hour, maintenance: 4 * hour, before: 14 * hour, degraded: 0 };
        let apart = |tally: &Tally| super::apart(tally).replace('\u{a0}', " ");
        assert_eq!(apart(&day), "down 1 h · nobody looked 3 h · maintenance 4 h · not watched yet 14 h");
        assert_eq!(apart(&Tally { up: hour, ..Tally::default() }), "Without a break");
        assert_eq!(apart(&Tally { up: hour, unknown: 400_000, before: 23 * hour, ..Tally::default() }), "not watched yet 23 h");
        assert_eq!(apart(&Tally { before: hour, ..Tally::default() }), "Nobody looked yet");
    }

    #[test]
    fn a_day_of_which_an_hour_was_watched_says_so() {
        let hour = 3_600_000_000;
        let tally = Tally { up: hour, before: 23 * hour, ..Tally::default() };
        let day = DayBar { day: kernel::Date::from_days(0), tally, worst: Some(Status::Up) };
        let bar = bars(&[day])[0];
        assert_eq!((bar.percent, bar.watched), (Some(100.0), Some(Duration::from_secs(3_600))));
    }
}
