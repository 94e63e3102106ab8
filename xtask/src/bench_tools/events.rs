//! Usage events by the product's own way: batches of CloudEvents posted with an API key, from several senders at once.

use crate::{
    Outcome, database,
    http::{Connection, json_of},
};
use hyper::StatusCode;
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

/// Events of a batch: as many as the product takes at once.
pub const BATCH: usize = 1_000;
/// What is metered of the services that were ordered.
const METER: &str = "checks_run";
const KIND: &str = "application/cloudevents-batch+json";
const PATH: &str = "/api/v1/events";

pub struct Sending<'a> {
    pub address: &'a str,
    pub key: &'a str,
    pub login: &'a str,
    /// Slug of the organisation.
    pub tenant: &'a str,
    /// Who says that it measured; each round has another, since an event counts once.
    pub source: &'a str,
    pub senders: usize,
    /// How many services the events of one batch are about.
    pub spread: usize,
    pub seconds: f64,
    pub instances: Vec<String>,
}

/// One of those that send, with the services that it speaks of: not those of others where a batch is about one.
struct Sender {
    number: usize,
    source: String,
    key: String,
    spread: usize,
    instances: Vec<String>,
    /// Microseconds; every event has a time of its own.
    clock: Arc<AtomicI64>,
}

/// What the answer says of the batch; what it says of each event is left unread.
#[derive(Deserialize)]
struct Report {
    accepted: usize,
}

pub async fn send(sending: Sending<'_>) -> Outcome<Value> {
    let (mut database, tenant) = database::open_as_tenant(sending.login, sending.tenant).await?;
    let now: Timestamp = sqlx::query_scalar("SELECT now()").fetch_one(&mut database).await?;
    let clock = Arc::new(AtomicI64::new(now.micros()));
    let mut ready = vec![];
    for number in 0..sending.senders {
        let own = sending.instances.iter().skip(number).step_by(if sending.spread == 1 { sending.senders } else { 1 });
        let sender = Sender {
            number,
            source: sending.source.to_owned(),
            key: sending.key.to_owned(),
            spread: sending.spread,
            instances: own.cloned().collect(),
            clock: clock.clone(),
        };
        ready.push((sender, Connection::open(sending.address).await?));
    }
    let started = Instant::now();
    let until = started + Duration::from_secs_f64(sending.seconds);
    let senders: Vec<_> = ready.into_iter().map(|(sender, connection)| tokio::spawn(sender.send_until(until, connection))).collect();
    let mut events = 0;
    for sender in senders {
        events += sender.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM billing.usage_events WHERE tenant_id = $1 AND starts_with(source, $2) AND state = 'counted'")
        .bind(tenant)
        .bind(kept_as(sending.source))
        .fetch_one(&mut database)
        .await?;
    if usize::try_from(kept)? != events {
        return Err(format!("{events} events were accepted and {kept} are counted").into());
    }
    Ok(json!({ "events": events, "seconds": seconds }))
}

/// How the product names a source that came in over REST.
pub fn kept_as(source: &str) -> String {
    format!("api:{source}/")
}

impl Sender {
    /// Each batch is wholly accepted, or the measurement ends.
    async fn send_until(self, until: Instant, mut connection: Connection) -> Outcome<usize> {
        let mut events = 0;
        for turn in 0.. {
            if Instant::now() >= until {
                break;
            }
            let request = connection.api_post(PATH, &self.key, KIND, self.batch(turn))?;
            let answer = connection.send(request).await?;
            let report: Report = json_of(PATH, answer, StatusCode::ACCEPTED)?;
            if report.accepted != BATCH {
                return Err(format!("of {BATCH} events {} were accepted", report.accepted).into());
            }
            events += BATCH;
        }
        Ok(events)
    }

    /// Written by hand: the load shares the machine with what it measures, and a tree of values for each event costs more
    /// than sending it.
    fn batch(&self, turn: usize) -> String {
        let first = turn * self.spread;
        let mut batch = String::with_capacity(BATCH * 200);
        for index in 0..BATCH {
            let instance = &self.instances[(first + index % self.spread) % self.instances.len()];
            let at = Timestamp::from_micros(self.clock.fetch_add(1, Ordering::Relaxed));
            let (begin, source, number, value) = (if index == 0 { '[' } else { ',' }, &self.source, self.number, 1 + index % 5);
            write!(
                batch,
                r#"{begin}{{"specversion":"1.0","id":"{turn}-{index}","source":"{source}/{number}","type":"{METER}","subject":"{instance}","time":"{at}","data":{{"value":{value}}}}}"#
            )
            .expect("a string takes all");
        }
        batch.push(']');
        batch
    }
}
