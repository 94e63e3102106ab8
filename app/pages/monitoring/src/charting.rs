//! From probes to the chart of response times.

use crate::sheets::{ResponseSheet, Span};
use charts::TimeSeries;
use i18n::tr;
use kernel::Timestamp;
use monitoring::view::ResponsePoint;
use std::time::Duration;

/// Points of the chart at most; each stands for this part of the span.
const POINTS: u32 = 180;

pub fn response(span: Span, interval_seconds: u32, points: &[ResponsePoint]) -> ResponseSheet {
    let usual = (span.length() / POINTS).max(Duration::from_secs(u64::from(interval_seconds)));
    let answered: i64 = points.iter().filter(|point| point.average_ms.is_some()).map(weight).sum();
    let sum: i64 = points.iter().filter_map(|point| point.average_ms.map(|average| i64::from(average) * weight(point))).sum();
    ResponseSheet {
        average_ms: (answered > 0).then(|| sum / answered),
        slowest_ms: points.iter().filter_map(|point| point.slowest_ms).max(),
        probes: points.iter().map(|point| point.probes).sum(),
        failures: points.iter().map(|point| point.failures).sum(),
        chart: TimeSeries::new("ms")
            .area(tr!(monitoring.response.average), line(points, usual, |point| point.average_ms))
            .line(tr!(monitoring.response.slowest), line(points, usual, |point| point.slowest_ms))
            .build(),
    }
}

/// Probes of a point that were answered; a failed one may still have been, so it counts at least once.
fn weight(point: &ResponsePoint) -> i64 {
    (point.probes - point.failures).max(1)
}

/// Where we were not looking the line is broken instead of drawn through.
fn line(points: &[ResponsePoint], usual: Duration, value: impl Fn(&ResponsePoint) -> Option<i32>) -> Vec<(Timestamp, Option<f64>)> {
    let mut line = Vec::with_capacity(points.len());
    let mut before: Option<Timestamp> = None;
    for point in points {
        if let Some(before) = before.filter(|before| point.at.since(*before) > usual * 3) {
            line.push((before.plus(usual), None));
        }
        line.push((point.at, value(point).map(f64::from)));
        before = Some(point.at);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(second: i64, average: Option<i32>, probes: i64, failures: i64) -> ResponsePoint {
        ResponsePoint { at: Timestamp::from_seconds(second), average_ms: average, slowest_ms: average, probes, failures }
    }

    #[test]
    fn a_stretch_without_probes_is_a_gap() {
        let points = [point(0, Some(10), 1, 0), point(480, Some(20), 1, 0), point(9_000, Some(30), 1, 0)];
        let drawn = line(&points, Duration::from_secs(480), |point| point.average_ms);
        let values: Vec<_> = drawn.iter().map(|(at, value)| (at.seconds(), *value)).collect();
        assert_eq!(values, [(0, Some(10.0)), (480, Some(20.0)), (960, None), (9_000, Some(30.0))]);
    }

    #[test]
    fn the_average_is_over_probes_and_not_over_points() {
        let sheet = response(Span::Day, 60, &[point(0, Some(10), 9, 0), point(480, Some(110), 1, 0), point(960, None, 4, 4)]);
        assert_eq!((sheet.average_ms, sheet.slowest_ms, sheet.probes, sheet.failures), (Some(20), Some(110), 14, 4));
    }
}
