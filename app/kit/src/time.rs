//! Times, dates, numbers and money as the reader writes them. The same text on the server and in the browser.

use i18n::tr;
use kernel::{Date, Language, Money, Timestamp};
use leptos::prelude::*;
use std::time::Duration;

/// How often relative times move on in the browser.
const MOVES_ON: Duration = Duration::from_secs(20);

/// An instant in the organisation's zone: `31 Jan 2026, 16:30`. `relative`: the browser turns it into "5 min ago".
/// `seconds`: to the second, for what happens several times a minute.
#[component]
pub fn DateTime(at: Timestamp, #[prop(optional)] relative: bool, #[prop(optional)] seconds: bool) -> impl IntoView {
    let whole = if seconds { date_seconds_text(at) } else { date_time_text(at) };
    if !relative {
        return view! { <time datetime=at.to_string() class="nowrap">{whole}</time> }.into_any();
    }
    let (shown, set_shown) = signal(whole.clone());
    Effect::new(move || {
        let tell = move || set_shown.set(relative_text(at, now()));
        tell();
        if let Ok(timer) = set_interval_with_handle(tell, MOVES_ON) {
            on_cleanup(move || timer.clear());
        }
    });
    view! { <time datetime=at.to_string() title=whole class="nowrap">{move || shown.get()}</time> }.into_any()
}

/// A calendar day: `31 Jan 2026`.
#[component]
pub fn DateOnly(date: Date) -> impl IntoView {
    view! { <time datetime=date.to_string() class="nowrap">{date_text(date)}</time> }
}

/// Money in the reader's language, digits in columns.
#[component]
pub fn Amount(money: Money) -> impl IntoView {
    view! { <span class="tabular nowrap">{money.format(i18n::language())}</span> }
}

/// A number with at most `decimals` digits after the mark.
#[component]
pub fn Number(value: f64, #[prop(default = 0)] decimals: usize, #[prop(optional, into)] unit: String) -> impl IntoView {
    let text = number_text(value, decimals);
    view! { <span class="tabular nowrap">{if unit.is_empty() { text } else { format!("{text}\u{a0}{unit}") }}</span> }
}

/// The time between two instants; while `to` is none it counts on in the browser.
#[component]
pub fn Elapsed(from: Timestamp, #[prop(optional, into)] to: Option<Timestamp>) -> impl IntoView {
    let (text, set_text) = signal(match to {
        Some(to) => tr!(kit.time.took, time = duration_text(to.since(from))).to_string(),
        None => tr!(kit.time.elapsed, time = duration_text(now().since(from))).to_string(),
    });
    if to.is_none() {
        Effect::new(move || {
            let tell = move || set_text.set(tr!(kit.time.elapsed, time = duration_text(now().since(from))).to_string());
            tell();
            if let Ok(timer) = set_interval_with_handle(tell, Duration::from_secs(1)) {
                on_cleanup(move || timer.clear());
            }
        });
    }
    view! { <span class="tabular nowrap">{move || text.get()}</span> }
}

/// `31 Jan 2026, 16:30` in the organisation's zone.
pub fn date_time_text(at: Timestamp) -> String {
    let local = local_seconds(at);
    let date = Date::from_days(local.div_euclid(86_400));
    let minutes = local.rem_euclid(86_400) / 60;
    let mark = clock_mark();
    format!("{}, {:02}{mark}{:02}", date_text(date), minutes / 60, minutes % 60)
}

/// `31 Jan 2026, 16:30:05` in the organisation's zone.
pub fn date_seconds_text(at: Timestamp) -> String {
    format!("{}{}{:02}", date_time_text(at), clock_mark(), local_seconds(at).rem_euclid(60))
}

/// What stands between hours and minutes.
fn clock_mark() -> char {
    if i18n::language() == Language::Id { '.' } else { ':' }
}

/// `31 Jan 2026`, which stays in one line.
pub fn date_text(date: Date) -> String {
    format!("{}\u{a0}{}\u{a0}{}", date.day(), month_text(date.month()), date.year())
}

/// The short name of a month, 1 to 12.
pub fn month_text(month: u8) -> String {
    let name = match month {
        1 => tr!(common.months.jan),
        2 => tr!(common.months.feb),
        3 => tr!(common.months.mar),
        4 => tr!(common.months.apr),
        5 => tr!(common.months.may),
        6 => tr!(common.months.jun),
        7 => tr!(common.months.jul),
        8 => tr!(common.months.aug),
        9 => tr!(common.months.sep),
        10 => tr!(common.months.oct),
        11 => tr!(common.months.nov),
        _ => tr!(common.months.dec),
    };
    name.to_string()
}

/// Grouped in threes, with at most `decimals` digits after the mark and no trailing zeros.
pub fn number_text(value: f64, decimals: usize) -> String {
    let language = i18n::language();
    let fixed = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = fixed.split_once('.').unwrap_or((fixed.as_str(), ""));
    let fraction = fraction.trim_end_matches('0');
    let zero = fraction.is_empty() && whole.bytes().all(|digit| digit == b'0');
    let sign = if value < 0.0 && !zero { "−" } else { "" };
    let whole = kernel::money::group(whole, language);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{}{fraction}", language.decimal_mark()) }
}

/// `1 h 5 min`, `3 min 20 s`, `12 s`, `13 d`: at most two units, in one line.
pub fn duration_text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (second, minute, hour, day) = (tr!(kit.time.units.second), tr!(kit.time.units.minute), tr!(kit.time.units.hour), tr!(kit.time.units.day));
    let two = |much: u64, unit: &str, rest: u64, smaller: &str| if rest == 0 { format!("{much}\u{a0}{unit}") } else { format!("{much}\u{a0}{unit}\u{a0}{rest}\u{a0}{smaller}") };
    match seconds {
        0..=59 => format!("{seconds}\u{a0}{second}"),
        60..=3599 => two(seconds / 60, minute, seconds % 60, second),
        3600..=86_399 => two(seconds / 3600, hour, seconds / 60 % 60, minute),
        _ => two(seconds / 86_400, day, seconds / 3600 % 24, hour),
    }
}

fn relative_text(at: Timestamp, now: Timestamp) -> String {
    let (gone, past) = if at <= now { (now.since(at), true) } else { (at.since(now), false) };
    let (minutes, hours, days) = (gone.as_secs() / 60, gone.as_secs() / 3600, gone.as_secs() / 86_400);
    match (past, minutes, hours, days) {
        (_, 0, ..) => tr!(kit.time.just_now).to_string(),
        (true, minutes, 0, _) => tr!(kit.time.minutes_ago, count = minutes).to_string(),
        (true, _, hours, 0) => tr!(kit.time.hours_ago, count = hours).to_string(),
        (true, _, _, days @ 1..=6) => tr!(kit.time.days_ago, count = days).to_string(),
        (false, minutes, 0, _) => tr!(kit.time.in_minutes, count = minutes).to_string(),
        (false, _, hours, 0) => tr!(kit.time.in_hours, count = hours).to_string(),
        (false, _, _, days @ 1..=6) => tr!(kit.time.in_days, count = days).to_string(),
        _ => date_time_text(at),
    }
}

/// The server's idea of now; in the browser it runs on from what the page was made with, so that a simulated clock
/// and a wrong device clock show true times.
pub fn now() -> Timestamp {
    #[cfg(feature = "ssr")]
    {
        crate::request::cx_of_page().map_or(Timestamp::from_micros(0), |cx| cx.now())
    }
    #[cfg(not(feature = "ssr"))]
    {
        browser::now()
    }
}

/// Seconds of the wall clock in the viewer's zone.
fn local_seconds(at: Timestamp) -> i64 {
    let zone = crate::use_zone();
    at.seconds() + offset_seconds(at, &zone)
}

#[cfg(feature = "ssr")]
fn offset_seconds(at: Timestamp, zone: &str) -> i64 {
    let Ok(zone) = jiff::tz::TimeZone::get(zone) else { return 0 };
    jiff::Timestamp::from_second(at.seconds()).map_or(0, |instant| i64::from(zone.to_offset(instant).seconds()))
}

#[cfg(not(feature = "ssr"))]
fn offset_seconds(at: Timestamp, zone: &str) -> i64 {
    browser::offset_seconds(at, zone)
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use super::*;
    use std::sync::OnceLock;

    pub fn now() -> Timestamp {
        static AHEAD: OnceLock<i64> = OnceLock::new();
        let device = (js_sys::Date::now() * 1000.0) as i64;
        let ahead = AHEAD.get_or_init(|| {
            let server = document().document_element().and_then(|html| html.get_attribute("data-now")).and_then(|text| text.parse::<i64>().ok());
            server.map_or(0, |server| server - device)
        });
        Timestamp::from_micros(device + ahead)
    }

    /// The browser knows the zones: Swedish writes local time as `2026-01-31 16:30:00`.
    pub fn offset_seconds(at: Timestamp, zone: &str) -> i64 {
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.seconds() as f64 * 1000.0));
        let options = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into());
        let text = String::from(date.to_locale_string("sv-SE", &options));
        format!("{}Z", text.replace(' ', "T")).parse::<Timestamp>().map_or(0, |local| local.seconds() - at.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_trailing_zeros_and_gain_groups() {
        assert_eq!(number_text(1_234_567.5, 2), "1,234,567.5");
        assert_eq!(number_text(-0.001, 2), "0");
        assert_eq!(number_text(-3.25, 2), "−3.25");
    }

    #[test]
    fn what_happens_several_times_a_minute_is_told_to_the_second() {
        let at = Timestamp::from_seconds(9 * 3600 + 31 * 60 + 5);
        assert_eq!(date_time_text(at), "1\u{a0}Jan\u{a0}1970, 09:31");
        assert_eq!(date_seconds_text(at), "1\u{a0}Jan\u{a0}1970, 09:31:05");
    }

    /// With plain spaces, to be read.
    fn lasts(seconds: u64) -> String {
        duration_text(Duration::from_secs(seconds)).replace('\u{a0}', " ")
    }

    #[test]
    fn durations_read_in_two_units_without_noughts() {
        assert_eq!(lasts(12), "12 s");
        assert_eq!(lasts(200), "3 min 20 s");
        assert_eq!(lasts(55 * 60), "55 min");
        assert_eq!(lasts(3900), "1 h 5 min");
        assert_eq!(lasts(29 * 86_400 + 3 * 3600), "29 d 3 h");
        assert_eq!(lasts(13 * 86_400 + 59), "13 d");
        assert!(!duration_text(Duration::from_secs(200)).contains(' '), "nothing breaks apart");
    }

    #[test]
    fn durations_have_the_units_of_the_readers_language() {
        Owner::new().with(|| {
            i18n::read_in(Language::Id);
            assert_eq!(lasts(12), "12 dtk");
            assert_eq!(lasts(295), "4 mnt 55 dtk");
            assert_eq!(lasts(3900), "1 jam 5 mnt");
            assert_eq!(lasts(29 * 86_400 + 3 * 3600), "29 hari 3 jam");
        });
    }
}
