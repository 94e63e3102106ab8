//! Response times of a check: a finding, the chart, and how many probes it is made of. Where nobody was looking the line is
//! broken instead of drawn through.

use crate::{Chart, ChartData};
use i18n::tr;
use kit::time::number_text;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Response times over a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseSheet {
    pub chart: ChartData,
    /// Milliseconds, over every answered probe; none where none was answered.
    pub average_ms: Option<i64>,
    pub slowest_ms: Option<i32>,
    pub probes: i64,
    pub failures: i64,
}

/// `84 ms` in the reader's way.
pub fn milliseconds(value: impl Into<i64>) -> String {
    format!("{}\u{a0}ms", number_text(value.into() as f64, 0))
}

#[component]
pub fn ResponseChart(sheet: ResponseSheet) -> impl IntoView {
    let title = match (sheet.average_ms, sheet.slowest_ms) {
        (Some(average), Some(slowest)) => tr!(monitoring.response.finding, average = milliseconds(average), slowest = milliseconds(slowest)).to_string(),
        (Some(_), None) | (None, _) => tr!(monitoring.response.none).to_string(),
    };
    let count = |number: i64| number_text(number as f64, 0);
    let summary = tr!(monitoring.response.summary, failures = count(sheet.failures), probes = count(sheet.probes)).to_string();
    view! { <Chart title=title summary=summary data=sheet.chart/> }
}

#[cfg(feature = "ssr")]
mod drawing {
    use super::ResponseSheet;
    use crate::TimeSeries;
    use i18n::tr;
    use kernel::Timestamp;
    use std::time::Duration;

    /// Points of the chart at most; each stands for this part of the span.
    const POINTS: u32 = 180;

    /// What was seen in one part of the span.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Probes {
        pub at: Timestamp,
        /// Milliseconds; none where no probe was answered.
        pub average_ms: Option<i32>,
        pub slowest_ms: Option<i32>,
        pub probes: i64,
        pub failures: i64,
    }

    impl Probes {
        /// Those that were answered; a failed one may still have been, so it counts at least once.
        fn weight(&self) -> i64 {
            (self.probes - self.failures).max(1)
        }
    }

    impl ResponseSheet {
        /// Of the span that ends now; `interval`: between two probes when all is well.
        pub fn draw(span: Duration, interval: Duration, parts: &[Probes]) -> Self {
            let usual = (span / POINTS).max(interval);
            let answered: i64 = parts.iter().filter(|part| part.average_ms.is_some()).map(Probes::weight).sum();
            let sum: i64 = parts.iter().filter_map(|part| part.average_ms.map(|average| i64::from(average) * part.weight())).sum();
            Self {
                average_ms: (answered > 0).then(|| sum / answered),
                slowest_ms: parts.iter().filter_map(|part| part.slowest_ms).max(),
                probes: parts.iter().map(|part| part.probes).sum(),
                failures: parts.iter().map(|part| part.failures).sum(),
                chart: TimeSeries::new("ms")
                    .area(tr!(monitoring.response.average), line(parts, usual, |part| part.average_ms))
                    .line(tr!(monitoring.response.slowest), line(parts, usual, |part| part.slowest_ms))
                    .over(span, kit::time::now())
                    .build(),
            }
        }
    }

    fn line(parts: &[Probes], usual: Duration, value: impl Fn(&Probes) -> Option<i32>) -> Vec<(Timestamp, Option<f64>)> {
        let mut line = Vec::with_capacity(parts.len());
        let mut before: Option<Timestamp> = None;
        for part in parts {
            if let Some(before) = before.filter(|before| part.at.since(*before) > usual * 3) {
                line.push((before.plus(usual), None));
            }
            line.push((part.at, value(part).map(f64::from)));
            before = Some(part.at);
        }
        line
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const DAY: Duration = Duration::from_secs(86_400);

        fn part(second: i64, average: Option<i32>, probes: i64, failures: i64) -> Probes {
            Probes { at: Timestamp::from_seconds(second), average_ms: average, slowest_ms: average, probes, failures }
        }

        #[test]
        fn a_stretch_without_probes_is_a_gap() {
            let parts = [part(0, Some(10), 1, 0), part(480, Some(20), 1, 0), part(9_000, Some(30), 1, 0)];
            let drawn = line(&parts, Duration::from_secs(480), |part| part.average_ms);
            let values: Vec<_> = drawn.iter().map(|(at, value)| (at.seconds(), *value)).collect();
            assert_eq!(values, [(0, Some(10.0)), (480, Some(20.0)), (960, None), (9_000, Some(30.0))]);
        }

        #[test]
        fn values_between_gaps_are_seen() {
            let parts = [0, 9_000, 18_000, 27_000].map(|second| part(second, Some(10), 1, 0));
            let sheet = ResponseSheet::draw(DAY, Duration::from_secs(60), &parts);
            let dots = "\"data\":[[0,10.0],[9000000,10.0],[18000000,10.0],[27000000,10.0]]";
            assert_eq!(sheet.chart.option.matches(dots).count(), 2, "of the average and of the slowest: {}", sheet.chart.option);
            assert_eq!(sheet.chart.series.len(), 2);
        }

        #[test]
        fn the_average_is_over_probes_and_not_over_parts() {
            let parts = [part(0, Some(10), 9, 0), part(480, Some(110), 1, 0), part(960, None, 4, 4)];
            let sheet = ResponseSheet::draw(DAY, Duration::from_secs(60), &parts);
            assert_eq!((sheet.average_ms, sheet.slowest_ms, sheet.probes, sheet.failures), (Some(20), Some(110), 14, 4));
        }
    }
}

#[cfg(feature = "ssr")]
pub use drawing::Probes;
