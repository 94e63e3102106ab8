//! Values over time, as charming describes them to ECharts.

use crate::{ChartData, Series};
use charming::{
    Chart,
    component::{Axis, Grid, Legend},
    datatype::CompositeValue,
    element::{AreaStyle, AxisType, LineStyle, Step, Symbol, Tooltip, Trigger},
    series::{Bar, Line},
};
use kernel::Timestamp;
use std::time::Duration;

/// Most points of one series that a chart carries; more are thinned by keeping the largest of each stretch.
const MOST_POINTS: usize = 400;
/// Up to so many values are dots: a line needs two beside each other.
const DOTS: usize = 2;
/// Width of the dot of a value between gaps.
const DOT_PIXELS: f64 = 5.0;

/// Builds one chart. Names are for the reader: take them from the translations.
#[derive(Debug, Clone)]
pub struct TimeSeries {
    unit: String,
    decimals: u8,
    series: Vec<(Shape, Series)>,
    /// Beginning and end of the axis; as far as the points go where there is none.
    span: Option<(Timestamp, Timestamp)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Area,
    Steps,
    Bars,
}

impl TimeSeries {
    /// `unit` stands behind every number: `ms`, `GB`, or nothing for counts.
    pub fn new(unit: impl Into<String>) -> Self {
        Self { unit: unit.into(), decimals: 0, series: Vec::new(), span: None }
    }

    /// Most digits after the mark.
    pub fn decimals(self, decimals: u8) -> Self {
        Self { decimals, ..self }
    }

    /// The axis shows this much time until `now`, however little of it has points.
    pub fn over(self, span: Duration, now: Timestamp) -> Self {
        Self { span: Some((now.minus(span), now)), ..self }
    }

    pub fn line(self, name: impl Into<String>, points: Vec<(Timestamp, Option<f64>)>) -> Self {
        self.with(Shape::Line, name.into(), points)
    }

    pub fn area(self, name: impl Into<String>, points: Vec<(Timestamp, Option<f64>)>) -> Self {
        self.with(Shape::Area, name.into(), points)
    }

    /// For values that stand until they change: limits, connections.
    pub fn steps(self, name: impl Into<String>, points: Vec<(Timestamp, Option<f64>)>) -> Self {
        self.with(Shape::Steps, name.into(), points)
    }

    /// For sums of a stretch of time.
    pub fn bars(self, name: impl Into<String>, points: Vec<(Timestamp, Option<f64>)>) -> Self {
        self.with(Shape::Bars, name.into(), points)
    }

    fn with(mut self, shape: Shape, name: String, points: Vec<(Timestamp, Option<f64>)>) -> Self {
        self.series.push((shape, Series { name, points: thinned(points) }));
        self
    }

    pub fn build(self) -> ChartData {
        let mut time = Axis::new().type_(AxisType::Time);
        if let Some((from, to)) = self.span {
            time = time.min(millis(from)).max(millis(to));
        }
        let mut chart = Chart::new()
            .tooltip(Tooltip::new().trigger(Trigger::Axis))
            .grid(Grid::new().left("0").right("12").top(if self.series.len() > 1 { "36" } else { "12" }).bottom("4").contain_label(true))
            .x_axis(time)
            // No finer than the numbers beside it are written, or several marks would carry the same.
            .y_axis(Axis::new().type_(AxisType::Value).min_interval(0.1_f64.powi(i32::from(self.decimals))));
        if self.series.len() > 1 {
            chart = chart.legend(Legend::new().top("0").left("0"));
        }
        for (shape, series) in &self.series {
            chart = draw(chart, *shape, series);
        }
        // A chart is plain data, it always serialises.
        let option = serde_json::to_string(&chart).expect("an option is plain data");
        ChartData { option, unit: self.unit, decimals: self.decimals, series: self.series.into_iter().map(|(_, series)| series).collect() }
    }
}

fn draw(chart: Chart, shape: Shape, series: &Series) -> Chart {
    let data: Vec<CompositeValue> = series.points.iter().map(|(at, value)| point(*at, *value)).collect();
    let name = series.name.clone();
    let dots = series.points.iter().filter(|(_, value)| value.is_some()).count() <= DOTS;
    let line = || Line::new().name(name.clone()).show_symbol(dots).connect_nulls(false).line_style(LineStyle::new().width(1.75));
    let chart = match shape {
        Shape::Line => chart.series(line().data(data)),
        Shape::Area => chart.series(line().area_style(AreaStyle::new().opacity(0.12)).data(data)),
        Shape::Steps => chart.series(line().step(Step::End).data(data)),
        Shape::Bars => chart.series(Bar::new().name(name).data(data)),
    };
    let lonely = if dots || shape == Shape::Bars { Vec::new() } else { lonely(&series.points) };
    if lonely.is_empty() { chart } else { chart.series(dotted(&series.name, lonely)) }
}

/// Values with a gap on either side: no line leads to them.
fn lonely(points: &[(Timestamp, Option<f64>)]) -> Vec<CompositeValue> {
    let missing = |index: Option<usize>| index.and_then(|index| points.get(index)).is_none_or(|(_, value)| value.is_none());
    let alone = |index: usize| missing(index.checked_sub(1)) && missing(Some(index + 1));
    points.iter().enumerate().filter(|(index, (_, value))| value.is_some() && alone(*index)).map(|(_, (at, value))| point(*at, *value)).collect()
}

/// Dots alone. Under the name of their line they have its colour and its place in the legend, and the tooltip tells the
/// line's values only.
fn dotted(name: &str, points: Vec<CompositeValue>) -> Line {
    Line::new()
        .name(name)
        .symbol(Symbol::Circle)
        .symbol_size(DOT_PIXELS)
        .line_style(LineStyle::new().opacity(0.0))
        .tooltip(Tooltip::new().trigger(Trigger::None))
        .silent(true)
        .data(points)
}

/// Milliseconds and value; `-` is ECharts' word for a gap.
fn point(at: Timestamp, value: Option<f64>) -> CompositeValue {
    let at = CompositeValue::from(millis(at));
    let value = value.map_or_else(|| CompositeValue::from("-"), CompositeValue::from);
    CompositeValue::from(vec![at, value])
}

/// An instant as ECharts counts it; public/js/chart.js puts it on the clock of the page's zone.
fn millis(at: Timestamp) -> i64 {
    at.micros() / 1000
}

/// Keeps the largest of each stretch, so that a spike is never thinned away.
fn thinned(points: Vec<(Timestamp, Option<f64>)>) -> Vec<(Timestamp, Option<f64>)> {
    if points.len() <= MOST_POINTS {
        return points;
    }
    let stretch = points.len().div_ceil(MOST_POINTS);
    points
        .chunks(stretch)
        .filter_map(|chunk| chunk.iter().copied().max_by(|(_, one), (_, other)| one.unwrap_or(f64::MIN).total_cmp(&other.unwrap_or(f64::MIN))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_shows_the_span_and_not_just_the_points() {
        let at = |second: i64| Timestamp::from_seconds(second);
        let day = TimeSeries::new("ms").line("p50", vec![(at(86_390), Some(5.0))]).over(Duration::from_secs(86_400), at(86_400)).build();
        assert!(day.option.contains("\"min\":0,\"max\":86400000"), "{}", day.option);
        let free = TimeSeries::new("ms").line("p50", vec![(at(86_390), Some(5.0))]).build();
        assert!(!free.option.contains("\"max\""), "{}", free.option);
    }

    #[test]
    fn a_value_between_gaps_is_a_dot() {
        let points = |values: &[Option<f64>]| (1..).map(Timestamp::from_seconds).zip(values.iter().copied()).collect::<Vec<_>>();
        let gaps = points(&[Some(5.0), None, Some(7.0), None, Some(1.0), Some(2.0), None, Some(9.0)]);
        let broken = TimeSeries::new("ms").line("p50", gaps.clone()).build();
        assert!(broken.option.contains("\"data\":[[1000,5.0],[3000,7.0],[8000,9.0]]"), "{}", broken.option);
        assert_eq!((broken.series.len(), broken.rows().len()), (1, 8), "the table has the line alone");
        assert!(!broken.option.contains("\"legend\""), "{}", broken.option);
        let whole = TimeSeries::new("ms").line("p50", points(&[Some(5.0), Some(7.0), Some(1.0)])).build();
        let bars = TimeSeries::new("").bars("p50", gaps).build();
        assert!(!whole.option.contains("\"circle\"") && !bars.option.contains("\"circle\""));
    }

    #[test]
    fn a_gap_stays_a_gap_and_a_spike_survives_thinning() {
        let at = |second: i64| Timestamp::from_seconds(second);
        let few = TimeSeries::new("ms").line("p50", vec![(at(1), Some(5.0)), (at(2), None)]).build();
        assert!(few.option.contains("[1000,5.0],[2000,\"-\"]"), "{}", few.option);
        assert!(few.option.contains("\"showSymbol\":true") && few.option.contains("\"minInterval\":1.0"), "one value is seen: {}", few.option);
        let many = (0..10_000).map(|second| (at(second), Some(if second == 7777 { 900.0 } else { 1.0 }))).collect();
        let many = TimeSeries::new("ms").line("p50", many).build();
        assert!(many.series[0].points.len() <= MOST_POINTS && many.option.contains("\"showSymbol\":false"));
        assert!(many.series[0].points.iter().any(|(_, value)| *value == Some(900.0)));
    }
}
