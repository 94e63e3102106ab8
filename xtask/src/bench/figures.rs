//! What was measured, and what follows from it.

use super::latencies::Latencies;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A server under the page's load, round by round.
#[derive(Default)]
pub struct Served {
    pub name: &'static str,
    /// Requests a second of each round.
    pub rates: Vec<f64>,
    /// Of all rounds together.
    pub latencies: Latencies,
    /// Of the process, after its last round, in bytes.
    pub memory: Option<u64>,
    /// Of the page as the load gets it.
    pub page: u64,
}

/// What came over the wire when a browser opened the page for the first time, in bytes by kind.
pub struct FirstLoad {
    pub name: &'static str,
    pub by_kind: BTreeMap<String, u64>,
    pub files: usize,
    /// Of the page, as the server sent it; `none` when it was not compressed.
    pub page_encoding: String,
}

/// The same events by the product's way and as raw inserts, round by round.
pub struct Events {
    pub name: &'static str,
    /// Events a second of each round.
    pub posted: Vec<f64>,
    pub inserted: Vec<f64>,
}

pub struct Figures {
    /// The product first.
    pub served: Vec<Served>,
    pub first_loads: Vec<FirstLoad>,
    pub events: Vec<Events>,
}

/// Kinds whose sum is held to the aim. Fonts and icons come over the wire too and are shown apart.
pub const COUNTED: [&str; 4] = ["html", "wasm", "js", "css"];

/// The one in the middle, or halfway between the two; `None` of none.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The median of the rounds' ratios. What slows a machine down for a while slows both of a round, and falls out.
pub fn ratio(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> = ours.iter().zip(theirs).filter(|(_, theirs)| **theirs > 0.0).map(|(ours, theirs)| ours / theirs).collect();
    median(&ratios)
}

impl Served {
    pub fn rate(&self) -> Option<f64> {
        median(&self.rates)
    }
}

impl FirstLoad {
    /// From what `bench/first-load.mjs` prints: one entry a file.
    pub fn parse(name: &'static str, loads: &Value) -> Option<FirstLoad> {
        let loads = loads.as_array()?;
        let mut by_kind = BTreeMap::new();
        for load in loads {
            *by_kind.entry(load["kind"].as_str()?.to_owned()).or_default() += load["bytes"].as_u64()?;
        }
        let page = loads.iter().find(|load| load["kind"] == "html")?;
        Some(FirstLoad { name, by_kind, files: loads.len(), page_encoding: page["encoding"].as_str()?.to_owned() })
    }

    pub fn of(&self, kind: &str) -> u64 {
        self.by_kind.get(kind).copied().unwrap_or_default()
    }

    /// What is held to the aim.
    pub fn counted(&self) -> u64 {
        COUNTED.iter().map(|kind| self.of(kind)).sum()
    }

    pub fn everything(&self) -> u64 {
        self.by_kind.values().sum()
    }
}

impl Figures {
    pub fn ours(&self) -> &Served {
        &self.served[0]
    }

    pub fn json(&self) -> Value {
        let ours = self.ours();
        let served = self.served.iter().map(|served| {
            json!({
                "name": served.name,
                "requests_per_second": served.rate(),
                "rounds": served.rates,
                "ours_to_this": ratio(&ours.rates, &served.rates),
                "requests": served.latencies.count(),
                "p50_ms": served.latencies.percentile(50.0),
                "p99_ms": served.latencies.percentile(99.0),
                "resident_bytes": served.memory,
                "page_bytes": served.page,
            })
        });
        let first_loads = self.first_loads.iter().map(|load| {
            json!({
                "name": load.name,
                "bytes": load.by_kind,
                "counted_bytes": load.counted(),
                "all_bytes": load.everything(),
                "files": load.files,
                "page_encoding": load.page_encoding,
            })
        });
        let events = self.events.iter().map(|events| {
            json!({
                "name": events.name,
                "posted_per_second": median(&events.posted),
                "inserted_per_second": median(&events.inserted),
                "ratio": ratio(&events.posted, &events.inserted),
                "rounds": { "posted": events.posted, "inserted": events.inserted },
            })
        });
        json!({ "page": served.collect::<Vec<_>>(), "first_load": first_loads.collect::<Vec<_>>(), "events": events.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        // Both were slow in the second round: the ratio of that round is as good as the others'.
        assert_eq!(ratio(&[200.0, 20.0, 210.0], &[100.0, 10.0, 100.0]), Some(2.0));
        assert_eq!(ratio(&[200.0, 300.0], &[0.0, 100.0]), Some(3.0));
        assert_eq!(ratio(&[], &[]), None);
    }

    #[test]
    fn a_first_load_is_added_up_by_kind() {
        let file = |kind: &str, bytes: u64, encoding: &str| json!({ "kind": kind, "bytes": bytes, "encoding": encoding, "path": "/" });
        let files = json!([file("html", 80, "none"), file("wasm", 500, "br"), file("wasm", 200, "br"), file("js", 30, "br"), file("font", 40, "none")]);
        let load = FirstLoad::parse("ours", &files).unwrap();
        assert_eq!((load.of("wasm"), load.of("css"), load.counted(), load.everything(), load.files), (700, 0, 810, 850, 5));
        assert_eq!(load.page_encoding, "none");
        assert!(FirstLoad::parse("ours", &json!([file("js", 1, "br")])).is_none(), "a load without a page is none");
    }
}
