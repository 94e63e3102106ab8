//! What travels from the server to the page for one chart.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartData {
    /// ECharts option as JSON, without colours, faces, number formats and time zone: those belong to the reader's page.
    pub option: String,
    /// Stands behind every number: `ms`, `GB`.
    pub unit: String,
    /// Most digits after the mark.
    pub decimals: u8,
    pub series: Vec<Series>,
}

/// One line or row of bars, oldest point first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub name: String,
    /// None where nothing was measured: a gap, never a zero.
    pub points: Vec<(Timestamp, Option<f64>)>,
}

impl ChartData {
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.points.iter().all(|(_, value)| value.is_none()))
    }

    /// Rows of the table behind the chart, newest first: an instant, and the value of each series.
    pub fn rows(&self) -> Vec<(Timestamp, Vec<Option<f64>>)> {
        let mut times: Vec<Timestamp> = self.series.iter().flat_map(|series| series.points.iter().map(|(at, _)| *at)).collect();
        times.sort_unstable();
        times.dedup();
        let value = |series: &Series, at: Timestamp| series.points.iter().find(|(known, _)| *known == at).and_then(|(_, value)| *value);
        times.into_iter().rev().map(|at| (at, self.series.iter().map(|series| value(series, at)).collect())).collect()
    }
}
