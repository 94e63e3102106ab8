//! The same rows again, the way that nothing is faster with INSERT: the rows that the product kept of a round are read,
//! and written by as many connections, in batches of the same size, each one statement and one commit, into a table of
//! the same columns, checks and indexes. Only the writing is timed.

use crate::{
    Outcome, database,
    events::{BATCH, kept_as},
};
use kernel::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    source: String,
    id: String,
    hash: Vec<u8>,
    instance_id: Uuid,
    meter: String,
    value: Decimal,
    value_text: Option<String>,
    at: Timestamp,
    received_at: Timestamp,
    state: String,
    subscription_id: Option<Uuid>,
    segment_from: Option<Timestamp>,
}

/// A batch, column by column.
#[derive(Default)]
struct Columns {
    source: Vec<String>,
    id: Vec<String>,
    hash: Vec<Vec<u8>>,
    instance_id: Vec<Uuid>,
    meter: Vec<String>,
    value: Vec<Decimal>,
    value_text: Vec<Option<String>>,
    at: Vec<Timestamp>,
    received_at: Vec<Timestamp>,
    state: Vec<String>,
    subscription_id: Vec<Option<Uuid>>,
    segment_from: Vec<Option<Timestamp>>,
}

pub async fn repeat(owner: &str, login: &str, tenant: &str, source: &str, senders: usize) -> Outcome<Value> {
    let (mut reader, tenant) = database::open_as_tenant(login, tenant).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT source, id, hash, instance_id, meter, value, value_text, at, received_at, state, subscription_id, segment_from
           FROM billing.usage_events
          WHERE tenant_id = $1
            AND starts_with(source, $2)
          ORDER BY received_at, source, at",
    )
    .bind(tenant)
    .bind(kept_as(source))
    .fetch_all(&mut reader)
    .await?;
    let count = rows.len();
    let batches = Arc::new(Mutex::new(batches(rows)));
    let mut connections = vec![];
    for _ in 0..senders {
        connections.push(database::open(owner).await?);
    }
    let started = Instant::now();
    let writers: Vec<_> = connections.into_iter().map(|connection| tokio::spawn(write(connection, tenant, batches.clone()))).collect();
    for writer in writers {
        writer.await??;
    }
    Ok(json!({ "events": count, "seconds": started.elapsed().as_secs_f64() }))
}

fn batches(rows: Vec<Row>) -> Vec<Columns> {
    let mut batches = Vec::with_capacity(rows.len() / BATCH + 1);
    for (index, row) in rows.into_iter().enumerate() {
        if index % BATCH == 0 {
            batches.push(Columns::default());
        }
        let columns: &mut Columns = batches.last_mut().expect("the first row made one");
        columns.source.push(row.source);
        columns.id.push(row.id);
        columns.hash.push(row.hash);
        columns.instance_id.push(row.instance_id);
        columns.meter.push(row.meter);
        columns.value.push(row.value);
        columns.value_text.push(row.value_text);
        columns.at.push(row.at);
        columns.received_at.push(row.received_at);
        columns.state.push(row.state);
        columns.subscription_id.push(row.subscription_id);
        columns.segment_from.push(row.segment_from);
    }
    // Taken from the end.
    batches.reverse();
    batches
}

async fn write(mut connection: PgConnection, tenant: Uuid, batches: Arc<Mutex<Vec<Columns>>>) -> Outcome<()> {
    loop {
        let Some(batch) = batches.lock().unwrap_or_else(PoisonError::into_inner).pop() else { return Ok(()) };
        sqlx::query(
            "INSERT INTO bench.usage_events
                    (tenant_id, source, id, hash, instance_id, meter, value, value_text, at, received_at, state, subscription_id, segment_from)
             SELECT $1, e.*
               FROM unnest($2::text[], $3::text[], $4::bytea[], $5::uuid[], $6::text[], $7::numeric[], $8::text[], $9::timestamptz[],
                           $10::timestamptz[], $11::text[], $12::uuid[], $13::timestamptz[]) AS e",
        )
        .bind(tenant)
        .bind(batch.source)
        .bind(batch.id)
        .bind(batch.hash)
        .bind(batch.instance_id)
        .bind(batch.meter)
        .bind(batch.value)
        .bind(batch.value_text)
        .bind(batch.at)
        .bind(batch.received_at)
        .bind(batch.state)
        .bind(batch.subscription_id)
        .bind(batch.segment_from)
        .execute(&mut connection)
        .await?;
    }
}
