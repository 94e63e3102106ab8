//! From measured values to the charts of a service.

use crate::sheets::{MeasuredSheet, Span};
use charts::{Probes, ResponseSheet, TimeSeries};
use i18n::tr;
use monitoring::view::{CheckView, ResponsePoint};
use provisioning::view::MeasurePoint;
use std::time::Duration;

/// Bytes in one of the chart's megabytes.
const MEGABYTE: f64 = 1e6;

pub fn measured(span: Span, points: Vec<MeasurePoint>) -> MeasuredSheet {
    let storage = points.iter().map(|point| (point.at, Some(point.storage_bytes as f64 / MEGABYTE))).collect();
    let connections = points.iter().map(|point| (point.at, Some(point.connections as f64))).collect();
    let (length, now) = (span.length(), kit::time::now());
    MeasuredSheet {
        span,
        storage: TimeSeries::new("MB").decimals(1).area(tr!(provisioning.meters.storage_bytes), storage).over(length, now).build(),
        connections: TimeSeries::new("").steps(tr!(provisioning.meters.connections), connections).over(length, now).build(),
        storage_now: points.last().map(|point| point.storage_bytes),
        connections_most: points.iter().map(|point| point.connections).max(),
    }
}

/// A check's response times.
pub fn response(span: Span, check: &CheckView, points: &[ResponsePoint]) -> ResponseSheet {
    let probes = |point: &ResponsePoint| Probes { at: point.at, average_ms: point.average_ms, slowest_ms: point.slowest_ms, probes: point.probes, failures: point.failures };
    let parts: Vec<Probes> = points.iter().map(probes).collect();
    ResponseSheet::draw(span.length(), Duration::from_secs(u64::from(check.interval_seconds)), &parts)
}
