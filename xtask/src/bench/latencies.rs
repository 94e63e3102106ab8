//! How long answers took: how often each latency was seen, so that rounds can be put together exactly.

use serde_json::Value;
use std::collections::BTreeMap;

/// Microseconds, and how often.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Latencies(BTreeMap<u64, u64>);

impl Latencies {
    /// From `[[microseconds, count], …]`.
    pub fn parse(list: &Value) -> Option<Latencies> {
        let pairs = list.as_array()?.iter().map(|pair| Some((pair.get(0)?.as_u64()?, pair.get(1)?.as_u64()?)));
        pairs.collect::<Option<_>>().map(Latencies)
    }

    pub fn add(&mut self, other: &Latencies) {
        for (latency, count) in &other.0 {
            *self.0.entry(*latency).or_default() += count;
        }
    }

    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// In milliseconds: the smallest that at least `percent` of the answers kept to; `None` without answers.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let wanted = (self.count() as f64 * percent / 100.0).ceil().max(1.0) as u64;
        let mut seen = 0;
        self.0.iter().find_map(|(latency, count)| {
            seen += count;
            (seen >= wanted).then_some(*latency as f64 / 1_000.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(pairs: Value) -> Latencies {
        Latencies::parse(&pairs).expect("pairs of numbers")
    }

    #[test]
    fn a_percentile_is_the_smallest_latency_that_so_many_kept_to() {
        let latencies = of(json!([[1_000, 98], [2_000, 1], [50_000, 1]]));
        assert_eq!(latencies.percentile(50.0), Some(1.0));
        assert_eq!(latencies.percentile(98.0), Some(1.0));
        assert_eq!(latencies.percentile(99.0), Some(2.0));
        assert_eq!(latencies.percentile(100.0), Some(50.0));
        assert_eq!(Latencies::default().percentile(99.0), None);
    }

    #[test]
    fn rounds_add_up() {
        let mut all = of(json!([[1_000, 2], [3_000, 1]]));
        all.add(&of(json!([[3_000, 4], [9_000, 1]])));
        assert_eq!(all, of(json!([[1_000, 2], [3_000, 5], [9_000, 1]])));
        assert_eq!(all.count(), 8);
    }

    #[test]
    fn what_is_no_list_of_pairs_is_not_taken() {
        assert_eq!(Latencies::parse(&json!([[1_000]])), None);
        assert_eq!(Latencies::parse(&json!([[-1, 1]])), None);
        assert_eq!(Latencies::parse(&json!(null)), None);
    }
}
