//! The figures for people: tables, then the aims.

use super::{
    aims::Verdict,
    figures::{COUNTED, Figures, FirstLoad, median, ratio},
};

pub fn text(figures: &Figures, verdicts: &[Verdict]) -> String {
    let parts = [page(figures), first_loads(&figures.first_loads), events(figures), aims(verdicts)];
    parts.join("\n")
}

fn page(figures: &Figures) -> String {
    let mut rows = vec![row(["/services, signed in, 50 rows", "requests/s", "ours to it", "p50 ms", "p99 ms", "memory MB", "page kB"])];
    for served in &figures.served {
        rows.push(vec![
            served.name.to_owned(),
            number(served.rate(), 0),
            number(ratio(&figures.ours().rates, &served.rates), 3),
            number(served.latencies.percentile(50.0), 2),
            number(served.latencies.percentile(99.0), 2),
            number(served.memory.map(|bytes| bytes as f64 / 1e6), 0),
            kilobytes(served.page),
        ]);
    }
    aligned(&rows)
}

fn first_loads(loads: &[FirstLoad]) -> String {
    let mut head = vec!["first load in Chromium, kB over the wire".to_owned()];
    head.extend(COUNTED.map(str::to_owned));
    head.extend(["together", "fonts, other", "files", "page sent as"].map(str::to_owned));
    let rows = loads.iter().map(|load| {
        let mut cells = vec![load.name.to_owned()];
        cells.extend(COUNTED.map(|kind| kilobytes(load.of(kind))));
        let encoding = if load.page_encoding == "none" { "plain" } else { &load.page_encoding };
        cells.extend([kilobytes(load.counted()), kilobytes(load.everything() - load.counted()), load.files.to_string(), encoding.to_owned()]);
        cells
    });
    aligned(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn events(figures: &Figures) -> String {
    let mut rows = vec![row(["usage events", "posted/s", "raw inserts/s", "posted to raw"])];
    for events in &figures.events {
        rows.push(vec![events.name.to_owned(), number(median(&events.posted), 0), number(median(&events.inserted), 0), number(ratio(&events.posted, &events.inserted), 3)]);
    }
    aligned(&rows)
}

fn aims(verdicts: &[Verdict]) -> String {
    let mut rows = vec![row(["aim", "found", ""])];
    rows.extend(verdicts.iter().map(|verdict| vec![verdict.aim.clone(), verdict.found.clone(), verdict.word().to_owned()]));
    aligned(&rows)
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1_000.0)
}

/// Columns as wide as their widest cell; the first to the left, the others to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells: Vec<String> = cells.map(|(column, (cell, width))| if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            figures::{Events, Served},
            latencies::Latencies,
        },
        *,
    };
    use serde_json::json;

    #[test]
    fn the_tables_are_read_from_the_top() {
        let served = |name, rate, memory| Served {
            name,
            rates: vec![rate],
            latencies: Latencies::parse(&json!([[1_500, 9], [20_250, 1]])).unwrap(),
            memory,
            page: 83_040,
        };
        let load = json!([{ "kind": "html", "bytes": 83_040, "encoding": "none" }, { "kind": "wasm", "bytes": 824_100, "encoding": "br" }, { "kind": "font", "bytes": 40_000, "encoding": "none" }]);
        let figures = Figures {
            served: vec![served(super::super::HUB, 400.0, Some(90_000_000)), served(super::super::SVELTEKIT, 320.0, None)],
            first_loads: vec![FirstLoad::parse(super::super::HUB, &load).unwrap()],
            events: vec![Events { name: "one service a batch", posted: vec![20_000.0], inserted: vec![50_000.0] }],
        };
        let verdicts = [Verdict { aim: "p99 under 35 ms".into(), found: "20.3 ms".into(), met: Some(true) }];
        assert_eq!(
            text(&figures, &verdicts),
            "\
/services, signed in, 50 rows  requests/s  ours to it  p50 ms  p99 ms  memory MB  page kB
Service Hub                           400       1.000    1.50   20.25         90     83.0
SvelteKit                             320       1.250    1.50   20.25          -     83.0

first load in Chromium, kB over the wire  html   wasm   js  css  together  fonts, other  files  page sent as
Service Hub                               83.0  824.1  0.0  0.0     907.1          40.0      3         plain

usage events         posted/s  raw inserts/s  posted to raw
one service a batch     20000          50000          0.400

aim                found
p99 under 35 ms  20.3 ms  met
"
        );
    }
}
