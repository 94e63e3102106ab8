//! Usage events.

use crate::view::{RefusedBecause, RefusedUsage};
use kernel::{InstanceId, SubscriptionId, TenantId, Timestamp};
use platform::{SystemTx, TenantTx, error::broken_constraint};
use rust_decimal::Decimal;
use sqlx::{
    AssertSqlSafe, Connection, Postgres, Row, SqlSafeStr,
    postgres::PgArguments,
    query::Query,
};
use std::collections::{HashMap, HashSet};

/// Waiting events that are taken up when a segment opens; the rest follows with the next.
const WAITING_LIMIT: i64 = 100_000;

/// One event as it is written.
#[derive(Debug, Clone)]
pub struct EventRow {
    pub source: String,
    pub id: String,
    pub hash: Vec<u8>,
    pub instance: InstanceId,
    pub meter: String,
    pub value: Decimal,
    /// What unique counts look at.
    pub value_text: Option<String>,
    pub at: Timestamp,
    pub place: Place,
}

/// Where an event belongs, which decides what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a segment that runs.
    Counted(SegmentKey),
    /// In a segment that was charged already, within the grace window.
    Late(SegmentKey),
    /// In one that is not open yet.
    Waiting,
    /// Nowhere: it is kept and listed, not charged.
    Refused(RefusedBecause),
}

/// A segment by its subscription and its beginning.
pub type SegmentKey = (SubscriptionId, Timestamp);

impl Place {
    const fn state(self) -> &'static str {
        match self {
            Self::Counted(_) => "counted",
            Self::Late(_) => "late",
            Self::Waiting => "waiting",
            Self::Refused(_) => "refused",
        }
    }

    pub const fn segment(self) -> Option<SegmentKey> {
        match self {
            Self::Counted(segment) | Self::Late(segment) => Some(segment),
            Self::Waiting | Self::Refused(_) => None,
        }
    }

    pub const fn refused(self) -> Option<RefusedBecause> {
        match self {
            Self::Refused(because) => Some(because),
            Self::Counted(_) | Self::Late(_) | Self::Waiting => None,
        }
    }
}

/// What stands in the column; nothing is known of the oldest refusals but that they came too late.
fn because(code: Option<String>) -> RefusedBecause {
    code.as_deref().and_then(RefusedBecause::parse).unwrap_or(RefusedBecause::TooLate)
}

/// Writes events that are not known yet; answers, in the order given, which were new.
pub async fn insert(tx: &mut TenantTx, events: &[EventRow]) -> Result<Vec<bool>, sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    // Nearly always all of them are new, and looking for each one first costs a fifth of writing them.
    let mut hopeful = tx.begin().await?;
    match bound(AssertSqlSafe(INSERT), tenant, now, events).execute(&mut *hopeful).await {
        Ok(_) => {
            hopeful.commit().await?;
            return Ok(vec![true; events.len()]);
        }
        Err(error) if broken_constraint(&error) == Some(IDENTITY) => hopeful.rollback().await?,
        Err(error) => return Err(error),
    }
    let sql = AssertSqlSafe(format!("{INSERT} ON CONFLICT ON CONSTRAINT {IDENTITY} DO NOTHING RETURNING source, id"));
    let rows = bound(sql, tenant, now, events).fetch_all(&mut **tx).await?;
    let fresh: HashSet<(String, String)> = rows.iter().map(|row| Ok((row.try_get("source")?, row.try_get("id")?))).collect::<Result<_, sqlx::Error>>()?;
    Ok(events.iter().map(|event| fresh.contains(&(event.source.clone(), event.id.clone()))).collect())
}

/// The primary key: (tenant, source, id).
const IDENTITY: &str = "usage_events_pkey";

const INSERT: &str = "
    INSERT INTO billing.usage_events
           (tenant_id, source, id, hash, instance_id, meter, value, value_text, at, received_at, state, subscription_id, segment_from,
            refused_because)
    SELECT $1, source, id, hash, instance_id, meter, value, value_text, at, $2, state, subscription_id, segment_from, refused_because
      FROM unnest($3::text[], $4::text[], $5::bytea[], $6::uuid[], $7::text[], $8::numeric[], $9::text[], $10::timestamptz[],
                  $11::text[], $12::uuid[], $13::timestamptz[], $14::text[])
           AS e (source, id, hash, instance_id, meter, value, value_text, at, state, subscription_id, segment_from, refused_because)";

fn bound<S: SqlSafeStr>(sql: S, tenant: TenantId, now: Timestamp, events: &[EventRow]) -> Query<'_, Postgres, PgArguments> {
    sqlx::query(sql)
        .bind(tenant)
        .bind(now)
        .bind(events.iter().map(|event| event.source.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.hash.as_slice()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.instance).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.meter.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.value).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.value_text.as_deref()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.at).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.place.state()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.place.segment().map(|(subscription, _)| subscription)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.place.segment().map(|(_, from)| from)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.place.refused().map(RefusedBecause::code)).collect::<Vec<_>>())
}

/// What is kept of an event that is known.
pub struct Known {
    pub hash: Vec<u8>,
    pub refused: Option<RefusedBecause>,
}

/// What is kept for each identity; none for those that are not known.
pub async fn known(tx: &mut TenantTx, identities: &[(String, String)]) -> Result<HashMap<(String, String), Known>, sqlx::Error> {
    let tenant = tx.tenant();
    let (sources, ids): (Vec<String>, Vec<String>) = identities.iter().cloned().unzip();
    let rows: Vec<(String, String, Vec<u8>, bool, Option<String>)> = sqlx::query_as(
        "SELECT e.source, e.id, e.hash, e.state = 'refused', e.refused_because
           FROM unnest($2::text[], $3::text[]) AS wanted (source, id)
           JOIN billing.usage_events e ON e.tenant_id = $1 AND e.source = wanted.source AND e.id = wanted.id",
    )
    .bind(tenant)
    .bind(sources)
    .bind(ids)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(source, id, hash, refused, code)| ((source, id), Known { hash, refused: refused.then(|| because(code)) })).collect())
}

/// Where an event that came out of order belongs.
#[derive(Debug, Clone, Copy)]
pub struct Gap {
    /// The one before it, by its time.
    pub before: Option<(Timestamp, Decimal)>,
    /// When the next one is.
    pub until: Option<Timestamp>,
}

/// Between which events of their meter in a segment each of `added` belongs, which are known already and do not count here.
pub async fn gaps(tx: &mut TenantTx, (subscription, segment): SegmentKey, meter: &str, added: &[&EventRow]) -> Result<Vec<Gap>, sqlx::Error> {
    let tenant = tx.tenant();
    let rows: Vec<(Option<Timestamp>, Option<Decimal>, Option<Timestamp>)> = sqlx::query_as(
        "WITH added AS MATERIALIZED (
             SELECT *
               FROM unnest($5::text[], $6::text[], $7::timestamptz[]) WITH ORDINALITY AS a (source, id, at, place)
         )
         SELECT earlier.at, earlier.value, later.at
           FROM added a
           LEFT JOIN LATERAL (
                SELECT e.at, e.value
                  FROM billing.usage_events e
                 WHERE e.tenant_id = $1
                   AND e.subscription_id = $2
                   AND e.segment_from = $3
                   AND e.meter = $4
                   AND e.state IN ('counted', 'late')
                   AND e.at <= a.at
                   AND (e.source, e.id) NOT IN (SELECT source, id FROM added)
                 ORDER BY e.at DESC, e.received_at DESC, e.source DESC, e.id DESC
                 LIMIT 1) earlier ON true
           LEFT JOIN LATERAL (
                SELECT e.at
                  FROM billing.usage_events e
                 WHERE e.tenant_id = $1
                   AND e.subscription_id = $2
                   AND e.segment_from = $3
                   AND e.meter = $4
                   AND e.state IN ('counted', 'late')
                   AND e.at > a.at
                   AND (e.source, e.id) NOT IN (SELECT source, id FROM added)
                 ORDER BY e.at
                 LIMIT 1) later ON true
          ORDER BY a.place",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(meter)
    .bind(added.iter().map(|event| event.source.as_str()).collect::<Vec<_>>())
    .bind(added.iter().map(|event| event.id.as_str()).collect::<Vec<_>>())
    .bind(added.iter().map(|event| event.at).collect::<Vec<_>>())
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(at, value, until)| Gap { before: at.zip(value), until }).collect())
}

/// Events that one statement reads.
const EVENTS_AT_ONCE: i64 = 10_000;

/// All events of one meter of a segment in order of time, for charges on each event, and where a total is made again.
pub async fn events(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp, meter: &str) -> Result<Vec<(Timestamp, Decimal)>, sqlx::Error> {
    let mut found: Vec<(Timestamp, Decimal)> = Vec::new();
    let mut after = None;
    loop {
        let rows = events_after(tx, subscription, segment, meter, after.as_ref()).await?;
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= EVENTS_AT_ONCE;
        found.extend(rows.iter().map(|row| (row.at, row.value)));
        after = rows.into_iter().next_back();
        if !full {
            return Ok(found);
        }
    }
}

#[derive(sqlx::FromRow)]
struct CountedRow {
    at: Timestamp,
    value: Decimal,
    received_at: Timestamp,
    source: String,
    id: String,
}

async fn events_after(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp, meter: &str, after: Option<&CountedRow>) -> Result<Vec<CountedRow>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_as(
        "SELECT at, value, received_at, source, id
           FROM billing.usage_events
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND segment_from = $3
            AND meter = $4
            AND state IN ('counted', 'late')
            AND at >= coalesce($5::timestamptz, '-infinity')
            AND ($5::timestamptz IS NULL OR (at, received_at, source, id) > ($5, $6, $7, $8))
          ORDER BY at, received_at, source, id
          LIMIT $9",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(meter)
    .bind(after.map(|row| row.at))
    .bind(after.map(|row| row.received_at))
    .bind(after.map(|row| row.source.as_str()))
    .bind(after.map(|row| row.id.as_str()))
    .bind(EVENTS_AT_ONCE)
    .fetch_all(&mut **tx)
    .await
}

/// The time of the first event of one meter of a segment.
pub async fn first_at(tx: &mut TenantTx, (subscription, segment): SegmentKey, meter: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_scalar(
        "SELECT min(at)
           FROM billing.usage_events
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND segment_from = $3
            AND meter = $4
            AND state IN ('counted', 'late')",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(meter)
    .fetch_one(&mut **tx)
    .await
}

/// How many different values a meter saw in a segment: 5 and 5.0 are one.
pub async fn unique(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp, meter: &str) -> Result<u64, sqlx::Error> {
    let tenant = tx.tenant();
    let count: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT coalesce(value_text, trim_scale(value)::text))
           FROM billing.usage_events
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND segment_from = $3
            AND meter = $4
            AND state IN ('counted', 'late')",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(meter)
    .fetch_one(&mut **tx)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// An event that waited.
#[derive(Debug, sqlx::FromRow)]
pub struct Waited {
    pub source: String,
    pub id: String,
    pub meter: String,
    pub at: Timestamp,
    pub value: Decimal,
}

/// Takes events of `[from, until)` that waited into a segment, by meter and in order of time.
pub async fn take_waiting(
    tx: &mut TenantTx,
    instance: InstanceId,
    (subscription, segment): SegmentKey,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Waited>, sqlx::Error> {
    let tenant = tx.tenant();
    let mut rows: Vec<Waited> = sqlx::query_as(
        "UPDATE billing.usage_events
            SET state = 'counted',
                subscription_id = $3,
                segment_from = $4
          WHERE (tenant_id, source, id) IN (
                SELECT tenant_id, source, id
                  FROM billing.usage_events
                 WHERE tenant_id = $1
                   AND instance_id = $2
                   AND state = 'waiting'
                   AND at >= $5
                   AND at < $6
                 LIMIT $7)
         RETURNING source, id, meter, at, value",
    )
    .bind(tenant)
    .bind(instance)
    .bind(subscription)
    .bind(segment)
    .bind(from)
    .bind(until)
    .bind(WAITING_LIMIT)
    .fetch_all(&mut **tx)
    .await?;
    rows.sort_by(|one, other| (&one.meter, one.at, &one.source, &one.id).cmp(&(&other.meter, other.at, &other.source, &other.id)));
    Ok(rows)
}

/// Takes events out of the segment that they were put in, since it cannot bear them.
pub async fn refuse_too_large(tx: &mut TenantTx, identities: &[(&str, &str)]) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.usage_events e
            SET state = 'refused',
                refused_because = $4,
                subscription_id = NULL,
                segment_from = NULL
           FROM unnest($2::text[], $3::text[]) AS beyond (source, id)
          WHERE e.tenant_id = $1
            AND e.source = beyond.source
            AND e.id = beyond.id",
    )
    .bind(tenant)
    .bind(identities.iter().map(|(source, _)| *source).collect::<Vec<_>>())
    .bind(identities.iter().map(|(_, id)| *id).collect::<Vec<_>>())
    .bind(RefusedBecause::TooLarge.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Totals that grew after their segment was charged: `(subscription, segment, meter)`. They are taken up by the next
/// invoice and marked as charged.
pub async fn take_late(tx: &mut TenantTx) -> Result<Vec<(SubscriptionId, Timestamp, String)>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_as(
        "UPDATE billing.meter_totals
            SET late = false
          WHERE tenant_id = $1
            AND late
         RETURNING subscription_id, segment_from, meter",
    )
    .bind(tenant)
    .fetch_all(&mut **tx)
    .await
}

/// Takes events from `at` on out of a segment, in which they were counted ahead of time; answers their meters in order.
pub async fn release(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp, at: Timestamp) -> Result<Vec<String>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_scalar(
        "WITH released AS (
             UPDATE billing.usage_events
                SET state = 'waiting',
                    subscription_id = NULL,
                    segment_from = NULL
              WHERE tenant_id = $1
                AND subscription_id = $2
                AND segment_from = $3
                AND state = 'counted'
                AND at >= $4
             RETURNING meter
         )
         SELECT DISTINCT meter FROM released ORDER BY meter",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(at)
    .fetch_all(&mut **tx)
    .await
}

/// Refuses events of an instance that wait for a segment which does not come: all of them, or those from before a time.
pub async fn refuse_waiting(tx: &mut TenantTx, instance: InstanceId, before: Option<Timestamp>) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.usage_events
            SET state = 'refused',
                refused_because = $4
          WHERE tenant_id = $1
            AND instance_id = $2
            AND state = 'waiting'
            AND ($3::timestamptz IS NULL OR at < $3)",
    )
    .bind(tenant)
    .bind(instance)
    .bind(before)
    .bind(RefusedBecause::NotSubscribed.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Refuses events that wait for the segment `[from, until)` although its plan has none of their `meters`, where their source
/// begins with `reported`.
pub async fn refuse_unknown(tx: &mut TenantTx, instance: InstanceId, (from, until): (Timestamp, Timestamp), reported: &str, meters: &[&str]) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.usage_events
            SET state = 'refused',
                refused_because = $7
          WHERE tenant_id = $1
            AND instance_id = $2
            AND state = 'waiting'
            AND at >= $3
            AND at < $4
            AND starts_with(source, $5)
            AND meter <> ALL ($6)",
    )
    .bind(tenant)
    .bind(instance)
    .bind(from)
    .bind(until)
    .bind(reported)
    .bind(meters)
    .bind(RefusedBecause::UnknownMeter.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

type RefusedRow = (String, String, InstanceId, String, Decimal, Timestamp, Timestamp, Option<String>);

/// Events that are kept and not charged, newest first, after the one that `after` names.
pub async fn refused(tx: &mut TenantTx, after: Option<&(Timestamp, String, String)>, limit: i64) -> Result<Vec<RefusedUsage>, sqlx::Error> {
    let tenant = tx.tenant();
    let rows: Vec<RefusedRow> = sqlx::query_as(
        "SELECT source, id, instance_id, meter, value, at, received_at, refused_because
           FROM billing.usage_events
          WHERE tenant_id = $1
            AND state = 'refused'
            AND ($2::timestamptz IS NULL OR (received_at, source, id) < ($2, $3, $4))
          ORDER BY received_at DESC, source DESC, id DESC
          LIMIT $5",
    )
    .bind(tenant)
    .bind(after.map(|(at, _, _)| *at))
    .bind(after.map(|(_, source, _)| source))
    .bind(after.map(|(_, _, id)| id))
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(source, id, instance, meter, value, at, received_at, code)| RefusedUsage { because: because(code), source, id, instance, meter, value, at, received_at })
        .collect())
}

/// Removes events that belong to no segment, refused or in vain waited for, and were received before a time; answers how many.
pub async fn delete_nowhere(tx: &mut SystemTx, before: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM billing.usage_events
          WHERE (tenant_id, source, id) IN (
                SELECT tenant_id, source, id
                  FROM billing.usage_events
                 WHERE segment_from IS NULL
                   AND received_at < $1
                 ORDER BY received_at
                 LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Whose, and which.
pub type SegmentOf = (TenantId, SubscriptionId, Timestamp);

/// A segment that was closed before a time, whose events nothing asks for any more: the grace window of its term is over, by a
/// term more than the rules say, and no term of its subscription waits to be closed.
pub async fn segment_to_forget(tx: &mut SystemTx, before: Timestamp) -> Result<Option<SegmentOf>, sqlx::Error> {
    let now = tx.now();
    sqlx::query_as(
        "SELECT s.tenant_id, s.subscription_id, s.from_at
           FROM billing.usage_segments s
          WHERE NOT s.forgotten
            AND s.until_at < $1
            AND s.term_end
                + ((SELECT grace_terms FROM billing.settings) + 1) * CASE s.interval
                      WHEN 'monthly' THEN interval '1 month'
                      WHEN 'quarterly' THEN interval '3 months'
                      ELSE interval '1 year'
                  END < $2
            AND NOT EXISTS (SELECT FROM billing.subscriptions b WHERE b.tenant_id = s.tenant_id AND b.id = s.subscription_id AND b.next_at < $2)
          ORDER BY s.until_at
          LIMIT 1",
    )
    .bind(before)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn delete_of_segment(tx: &mut SystemTx, (tenant, subscription, from): SegmentOf, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM billing.usage_events
          WHERE (tenant_id, source, id) IN (
                SELECT tenant_id, source, id
                  FROM billing.usage_events
                 WHERE tenant_id = $1
                   AND subscription_id = $2
                   AND segment_from = $3
                 LIMIT $4)",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(from)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

pub async fn mark_forgotten(tx: &mut SystemTx, (tenant, subscription, from): SegmentOf) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE billing.usage_segments SET forgotten = true WHERE tenant_id = $1 AND subscription_id = $2 AND from_at = $3")
        .bind(tenant)
        .bind(subscription)
        .bind(from)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
