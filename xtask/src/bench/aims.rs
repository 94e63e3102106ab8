//! What the product is to reach, and whether it did. Missing an aim is told and fails nothing.

use super::figures::{Figures, ratio};
use serde_json::{Value, json};

/// Slowest that one in a hundred may be.
const P99_MS: f64 = 35.0;
/// Largest first load without charts, compressed, in bytes.
const FIRST_LOAD: u64 = 250_000;
/// Of the rate of raw inserts.
const EVENTS: f64 = 0.5;
/// Of SvelteKit's requests a second.
const THROUGHPUT: f64 = 1.0;

pub struct Verdict {
    pub aim: String,
    pub found: String,
    /// `None` where it was not measured.
    pub met: Option<bool>,
}

pub fn verdicts(figures: &Figures) -> Vec<Verdict> {
    let ours = figures.ours();
    let rival = figures.served.iter().find(|served| served.name == super::SVELTEKIT);
    let throughput = rival.and_then(|rival| ratio(&ours.rates, &rival.rates));
    let first_load = figures.first_loads.first().map(|load| load.counted());
    let mut verdicts = vec![
        at_least("the page: at least SvelteKit's requests/s", throughput, THROUGHPUT),
        Verdict {
            aim: format!("the page: p99 under {P99_MS} ms"),
            found: said(ours.latencies.percentile(99.0), |ms| format!("{ms:.1} ms")),
            met: ours.latencies.percentile(99.0).map(|ms| ms < P99_MS),
        },
        Verdict {
            aim: format!("the first load: under {} kB compressed, without charts", FIRST_LOAD / 1_000),
            found: said(first_load, |bytes| format!("{:.0} kB", bytes as f64 / 1_000.0)),
            met: first_load.map(|bytes| bytes < FIRST_LOAD),
        },
    ];
    verdicts.extend(figures.events.iter().map(|events| at_least(&format!("{}: half the rate of raw inserts", events.name), ratio(&events.posted, &events.inserted), EVENTS)));
    verdicts
}

fn at_least(aim: &str, found: Option<f64>, wanted: f64) -> Verdict {
    Verdict { aim: aim.to_owned(), found: said(found, |ratio| format!("{ratio:.2} times")), met: found.map(|found| found >= wanted) }
}

fn said<T>(found: Option<T>, say: impl Fn(T) -> String) -> String {
    found.map_or_else(|| "not measured".to_owned(), say)
}

impl Verdict {
    pub fn word(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "missed",
            None => "unknown",
        }
    }

    pub fn json(&self) -> Value {
        json!({ "aim": self.aim, "found": self.found, "verdict": self.word() })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            figures::{Events, FirstLoad, Served},
            latencies::Latencies,
        },
        *,
    };

    fn served(name: &'static str, rate: f64, p99_micros: u64) -> Served {
        let latencies = Latencies::parse(&json!([[1_000, 98], [p99_micros, 2]])).unwrap();
        Served { name, rates: vec![rate], latencies, ..Served::default() }
    }

    fn figures(rate: f64, p99_micros: u64, wasm: u64, posted: f64) -> Figures {
        let first_load = json!([{ "kind": "html", "bytes": 50_000, "encoding": "none" }, { "kind": "wasm", "bytes": wasm, "encoding": "br" }, { "kind": "font", "bytes": 90_000, "encoding": "none" }]);
        Figures {
            served: vec![served(super::super::HUB, rate, p99_micros), served(super::super::SVELTEKIT, 100.0, 9_000)],
            first_loads: vec![FirstLoad::parse(super::super::HUB, &first_load).unwrap()],
            events: vec![Events { name: "events", posted: vec![posted], inserted: vec![1_000.0] }],
        }
    }

    fn words(figures: &Figures) -> Vec<(&'static str, String)> {
        verdicts(figures).iter().map(|verdict| (verdict.word(), verdict.found.clone())).collect()
    }

    #[test]
    fn an_aim_is_met_up_to_its_limit() {
        let found = words(&figures(100.0, 34_990, 199_999, 500.0));
        assert_eq!(found, [("met", "1.00 times".into()), ("met", "35.0 ms".into()), ("met", "250 kB".into()), ("met", "0.50 times".into())]);
    }

    #[test]
    fn and_missed_beyond_it() {
        let found = words(&figures(99.0, 35_000, 200_000, 499.0));
        assert_eq!(found, [("missed", "0.99 times".into()), ("missed", "35.0 ms".into()), ("missed", "250 kB".into()), ("missed", "0.50 times".into())]);
    }

    #[test]
    fn what_was_not_measured_is_not_met() {
        let mut figures = figures(100.0, 1_000, 1, 1_000.0);
        figures.served.truncate(1);
        figures.first_loads.clear();
        figures.events.clear();
        let found = words(&figures);
        assert_eq!(found, [("unknown", "not measured".into()), ("met", "1.0 ms".into()), ("unknown", "not measured".into())]);
    }
}
