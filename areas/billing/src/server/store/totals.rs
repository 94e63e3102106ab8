//! Running totals per meter and segment, written with the events that they count.

use crate::metering::Total;
use kernel::{SubscriptionId, Timestamp};
use platform::TenantTx;
use rust_decimal::Decimal;
use sqlx::{FromRow, Row, postgres::PgRow};
use std::collections::HashMap;

#[derive(sqlx::FromRow)]
struct TotalRow {
    meter: String,
    carried: Option<Decimal>,
    events: i64,
    sum: Decimal,
    max: Option<Decimal>,
    latest_at: Option<Timestamp>,
    latest: Option<Decimal>,
    weighted: Decimal,
}

impl TotalRow {
    fn into_total(self, from: Timestamp) -> (String, Total) {
        let total = Total {
            from,
            carried: self.carried,
            events: u64::try_from(self.events).unwrap_or_default(),
            sum: self.sum,
            max: self.max,
            latest: self.latest_at.zip(self.latest),
            weighted: self.weighted,
        };
        (self.meter, total)
    }
}

/// All totals of a segment by meter.
pub async fn totals(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp) -> Result<Vec<(String, Total)>, sqlx::Error> {
    let tenant = tx.tenant();
    let rows: Vec<TotalRow> = sqlx::query_as(
        "SELECT meter, carried, events, sum, max, latest_at, latest, weighted
           FROM billing.meter_totals
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND segment_from = $3
          ORDER BY meter
          LIMIT 200",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.into_total(segment)).collect())
}

/// Whether anything was counted in a segment that is dated at a time or later.
pub async fn any_since(tx: &mut TenantTx, subscription: SubscriptionId, segment: Timestamp, at: Timestamp) -> Result<bool, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_scalar(
        "SELECT EXISTS (
                SELECT FROM billing.meter_totals
                 WHERE tenant_id = $1
                   AND subscription_id = $2
                   AND segment_from = $3
                   AND latest_at >= $4)",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(segment)
    .bind(at)
    .fetch_one(&mut **tx)
    .await
}

/// Whose total, of which segment, of which meter.
pub type TotalKey<'a> = (SubscriptionId, Timestamp, &'a str);

/// Totals in the order of their keys, made where there are none, locked in that order until the transaction ends.
pub async fn lock_totals(tx: &mut TenantTx, keys: &[TotalKey<'_>]) -> Result<Vec<Total>, sqlx::Error> {
    // Locks none unless all are there: those that are not come before others in the order, so that nobody waits in a circle.
    let there = "
        WITH k AS MATERIALIZED (
            SELECT * FROM unnest($2::uuid[], $3::timestamptz[], $4::text[]) WITH ORDINALITY AS k (subscription_id, segment_from, meter, place)
        ), found AS MATERIALIZED (
            SELECT count(*) AS number
              FROM k
              JOIN billing.meter_totals t ON t.tenant_id = $1 AND t.subscription_id = k.subscription_id AND t.segment_from = k.segment_from AND t.meter = k.meter
        )
        SELECT t.subscription_id, t.segment_from, t.meter, t.carried, t.events, t.sum, t.max, t.latest_at, t.latest, t.weighted
          FROM k
          JOIN billing.meter_totals t ON t.tenant_id = $1 AND t.subscription_id = k.subscription_id AND t.segment_from = k.segment_from AND t.meter = k.meter
         WHERE (SELECT number FROM found) = cardinality($2)
         ORDER BY k.place
           FOR NO KEY UPDATE OF t";
    let made = "
        INSERT INTO billing.meter_totals AS t (tenant_id, subscription_id, segment_from, meter, events, sum, weighted)
        SELECT $1, k.subscription_id, k.segment_from, k.meter, 0, 0, 0
          FROM unnest($2::uuid[], $3::timestamptz[], $4::text[]) WITH ORDINALITY AS k (subscription_id, segment_from, meter, place)
         ORDER BY k.place
        ON CONFLICT (tenant_id, subscription_id, segment_from, meter) DO UPDATE SET events = t.events
        RETURNING subscription_id, segment_from, meter, carried, events, sum, max, latest_at, latest, weighted";
    let mut rows = locked(tx, there, keys).await?;
    if rows.is_empty() {
        rows = locked(tx, made, keys).await?;
    }
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let from: Timestamp = row.try_get("segment_from")?;
        let (meter, total) = TotalRow::from_row(row)?.into_total(from);
        found.insert((row.try_get::<SubscriptionId, _>("subscription_id")?, from, meter), total);
    }
    keys.iter().map(|(subscription, from, meter)| found.remove(&(*subscription, *from, (*meter).to_owned())).ok_or(sqlx::Error::RowNotFound)).collect()
}

async fn locked(tx: &mut TenantTx, sql: &'static str, keys: &[TotalKey<'_>]) -> Result<Vec<PgRow>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(sql)
        .bind(tenant)
        .bind(keys.iter().map(|key| key.0).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.1).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.2).collect::<Vec<_>>())
        .fetch_all(&mut **tx)
        .await
}

/// A total that changed; `late` marks what became known after its segment was charged.
pub struct Grown<'a> {
    pub subscription: SubscriptionId,
    pub meter: &'a str,
    pub total: Total,
    pub late: bool,
}

/// Keeps totals that were locked.
pub async fn save_totals(tx: &mut TenantTx, grown: &[Grown<'_>]) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.meter_totals t
            SET carried = g.carried,
                events = g.events,
                sum = g.sum,
                max = g.max,
                latest_at = g.latest_at,
                latest = g.latest,
                weighted = g.weighted,
                late = t.late OR g.late
           FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::bigint[], $6::numeric[], $7::numeric[], $8::timestamptz[],
                       $9::numeric[], $10::numeric[], $11::boolean[], $12::numeric[])
                AS g (subscription_id, segment_from, meter, events, sum, max, latest_at, latest, weighted, late, carried)
          WHERE t.tenant_id = $1
            AND t.subscription_id = g.subscription_id
            AND t.segment_from = g.segment_from
            AND t.meter = g.meter",
    )
    .bind(tenant)
    .bind(grown.iter().map(|one| one.subscription).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.from).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.meter).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| i64::try_from(one.total.events).unwrap_or(i64::MAX)).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.sum).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.max).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.latest.map(|(at, _)| at)).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.latest.map(|(_, value)| value)).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.weighted).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.late).collect::<Vec<_>>())
    .bind(grown.iter().map(|one| one.total.carried).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The levels that a segment leaves behind go on in the next.
pub async fn carry_levels(tx: &mut TenantTx, subscription: SubscriptionId, from: Timestamp, to: Timestamp) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO billing.meter_totals (tenant_id, subscription_id, segment_from, meter, carried, events, sum, weighted)
         SELECT tenant_id, subscription_id, $4, meter, coalesce(latest, carried), 0, 0, 0
           FROM billing.meter_totals
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND segment_from = $3
            AND coalesce(latest, carried) IS NOT NULL
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(from)
    .bind(to)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
