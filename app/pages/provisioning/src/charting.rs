//! From measured values to the charts of a service.

use crate::sheets::{LiveSheet, Span};
use charts::TimeSeries;
use i18n::tr;
use provisioning::view::MeasurePoint;

/// Bytes in one of the chart's megabytes.
const MEGABYTE: f64 = 1e6;

pub fn sheet(span: Span, points: Vec<MeasurePoint>) -> LiveSheet {
    let storage = points.iter().map(|point| (point.at, Some(point.storage_bytes as f64 / MEGABYTE))).collect();
    let connections = points.iter().map(|point| (point.at, Some(point.connections as f64))).collect();
    LiveSheet {
        span,
        storage: TimeSeries::new("MB").decimals(1).area(tr!(provisioning.meters.storage_bytes), storage).build(),
        connections: TimeSeries::new("").steps(tr!(provisioning.meters.connections), connections).build(),
        storage_now: points.last().map(|point| point.storage_bytes),
        connections_most: points.iter().map(|point| point.connections).max(),
    }
}
