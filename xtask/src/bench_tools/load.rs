//! The load: a number of kept-alive connections, each asking again as soon as it was answered. The same for whoever
//! serves.

use crate::{
    Outcome,
    http::{Connection, Sent},
};
use hyper::{Response, StatusCode, body::Bytes, header};
use memchr::memmem;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Latencies are told to this many microseconds.
const STEP: u128 = 10;
/// How far a page's length may be from the first one's, in percent: times in it differ, and so does how much of it waited
/// for the database; its rows do not.
const LENGTH_PERCENT: usize = 25;

#[derive(Clone, Copy)]
pub struct Load<'a> {
    pub address: &'a str,
    pub path: &'a str,
    pub cookie: &'a str,
    pub connections: usize,
    pub seconds: f64,
    pub rows: usize,
    /// `identity`, or what a browser asks for.
    pub encoding: &'a str,
}

/// How often each latency was seen, in microseconds.
type Seen = BTreeMap<u64, u64>;

/// Every answer is looked at: one that is wrong ends the measurement.
pub async fn run(load: Load<'_>) -> Outcome<Value> {
    let mut first = Connection::open(load.address).await?;
    let request = asking(&first, load)?;
    let answer = first.send(request).await?;
    let length = checked(&answer, load.rows)?;
    if encoding_of(&answer) == Some("br") {
        rows_or_trouble(&unpacked(answer.body())?, load.rows)?;
    }
    let mut connections = vec![];
    for _ in 0..load.connections {
        let connection = Connection::open(load.address).await?;
        let request = asking(&connection, load)?;
        connections.push((connection, request));
    }
    let started = Instant::now();
    let until = started + Duration::from_secs_f64(load.seconds);
    let workers: Vec<_> = connections.into_iter().map(|(connection, request)| tokio::spawn(ask(connection, request, until, load.rows, length))).collect();
    let mut seen = Seen::new();
    for worker in workers {
        for (latency, count) in worker.await?? {
            *seen.entry(latency).or_default() += count;
        }
    }
    let latencies: Vec<(u64, u64)> = seen.into_iter().collect();
    Ok(json!({ "seconds": started.elapsed().as_secs_f64(), "latencies": latencies, "bytes": length }))
}

fn asking(connection: &Connection, load: Load) -> Outcome<Sent> {
    let mut request = connection.page(load.path, load.cookie)?;
    request.headers_mut().insert(header::ACCEPT_ENCODING, load.encoding.parse()?);
    Ok(request)
}

async fn ask(mut connection: Connection, request: Sent, until: Instant, rows: usize, length: usize) -> Outcome<Seen> {
    let mut seen = Seen::new();
    while Instant::now() < until {
        let asked = Instant::now();
        let answer = connection.send(request.clone()).await?;
        let micros = asked.elapsed().as_micros() / STEP * STEP;
        *seen.entry(u64::try_from(micros)?).or_default() += 1;
        let got = checked(&answer, rows)?;
        if got.abs_diff(length) * 100 > length * LENGTH_PERCENT {
            return Err(format!("a page of {got} bytes came where {length} were expected").into());
        }
    }
    Ok(seen)
}

/// The length of a page that holds its rows. In a compressed one they are counted for the first only, since unpacking
/// would cost the load more than some servers take to make it; the others have to be as long.
fn checked(answer: &Response<Bytes>, rows: usize) -> Outcome<usize> {
    if answer.status() != StatusCode::OK {
        return Err(format!("a page was answered {}", answer.status()).into());
    }
    match encoding_of(answer) {
        None => rows_or_trouble(answer.body(), rows)?,
        Some("br") => {}
        Some(other) => return Err(format!("a page came as {other}, which is not looked into").into()),
    }
    Ok(answer.body().len())
}

fn encoding_of(answer: &Response<Bytes>) -> Option<&str> {
    answer.headers().get(header::CONTENT_ENCODING)?.to_str().ok()
}

fn unpacked(page: &[u8]) -> Outcome<Vec<u8>> {
    let mut plain = vec![];
    brotli::BrotliDecompress(&mut &*page, &mut plain)?;
    Ok(plain)
}

fn rows_or_trouble(page: &[u8], rows: usize) -> Outcome<()> {
    match rows_in(page) {
        found if found == rows => Ok(()),
        found => Err(format!("a page with {found} rows came where {rows} were expected").into()),
    }
}

/// The rows of the page's one table, without that of its head.
pub fn rows_in(page: &[u8]) -> usize {
    memmem::find_iter(page, b"</tr>").count().saturating_sub(1)
}
