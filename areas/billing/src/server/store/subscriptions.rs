//! Subscriptions, their changes and the segments whose usage is charged together.

use crate::{
    periods::{Anchor, Period},
    subscription::{Choice, EndReason, State, Subject, Subscription},
};
use catalog::Interval;
use kernel::{Currency, Date, InstanceId, InvoiceId, PlanId, SubscriptionId, TenantId, Timestamp};
use platform::{SystemTx, TenantTx};
use sqlx::{FromRow, Row as _};
use std::collections::HashMap;

/// Subscriptions that one organisation may have; a page shows them all.
pub const SUBSCRIPTIONS_LIMIT: i64 = 2_000;
/// Segments of one subscription that late usage may still belong to.
const SEGMENTS_LIMIT: i64 = 30;
/// An instance has another subscription where one ended and it was begun anew.
const OF_ONE_INSTANCE: i64 = 5;

#[derive(sqlx::FromRow)]
struct Row {
    id: SubscriptionId,
    instance_id: Option<InstanceId>,
    plan_id: PlanId,
    interval: String,
    currency: Currency,
    anchor_day: i32,
    since: Date,
    started_at: Timestamp,
    term_start: Date,
    term_end: Date,
    usage_from: Timestamp,
    state: String,
    trial_until: Option<Date>,
    next_plan_id: Option<PlanId>,
    next_interval: Option<String>,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
}

const COLUMNS: &str = "id, instance_id, plan_id, interval, currency, anchor_day, since, started_at, term_start, term_end, usage_from, state,
       trial_until, next_plan_id, next_interval, ended_at, end_reason";

fn interval(code: &str) -> Interval {
    Interval::parse(code).expect("a check constraint keeps the interval known")
}

impl From<Row> for Subscription {
    fn from(row: Row) -> Self {
        let state = match row.state.as_str() {
            "trialing" => State::Trialing { until: row.trial_until.unwrap_or(row.term_end) },
            "cancelling" => State::Cancelling { trial: row.trial_until },
            "ended" => State::Ended {
                at: row.ended_at.expect("a check constraint asks for the time of the end"),
                reason: row.end_reason.as_deref().and_then(EndReason::parse).expect("a check constraint asks for the reason"),
            },
            _ => State::Active {
                next: row.next_plan_id.map(|plan| Choice { plan, interval: interval(row.next_interval.as_deref().unwrap_or(&row.interval)) }),
            },
        };
        Self {
            id: row.id,
            subject: row.instance_id.map_or(Subject::Tier, |instance| Subject::Instance { instance }),
            choice: Choice { plan: row.plan_id, interval: interval(&row.interval) },
            currency: row.currency,
            anchor: u8::try_from(row.anchor_day).ok().and_then(Anchor::from_day).expect("a check constraint keeps the anchor a day"),
            since: row.since,
            started_at: row.started_at,
            term: Period::new(row.term_start, row.term_end),
            usage_from: row.usage_from,
            state,
        }
    }
}

async fn read(tx: &mut TenantTx, condition: &str, instance: Option<InstanceId>, id: Option<SubscriptionId>, at: Option<Timestamp>) -> Result<Vec<Subscription>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM billing.subscriptions WHERE tenant_id = $1 AND ($2::uuid IS NULL OR instance_id = $2) AND ($3::uuid IS NULL OR id = $3) AND ($4::timestamptz IS NULL OR next_at = $4) {condition}");
    let tenant = tx.tenant();
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(instance).bind(id).bind(at).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(Subscription::from).collect())
}

pub async fn list(tx: &mut TenantTx) -> Result<Vec<Subscription>, sqlx::Error> {
    read(tx, &format!("ORDER BY (state = 'ended'), instance_id NULLS FIRST, started_at DESC, id LIMIT {SUBSCRIPTIONS_LIMIT}"), None, None, None).await
}

/// Which subscriptions a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    All,
    Running,
    Ended,
    /// Of instances only, where usage is counted.
    RunningInstances,
}

/// Newest first, after the one that `after` names.
pub async fn page(tx: &mut TenantTx, which: Which, after: Option<(Timestamp, SubscriptionId)>, limit: i64) -> Result<Vec<Subscription>, sqlx::Error> {
    let condition = match which {
        Which::All => "",
        Which::Running => "AND state <> 'ended'",
        Which::Ended => "AND state = 'ended'",
        Which::RunningInstances => "AND state <> 'ended' AND instance_id IS NOT NULL",
    };
    let sql = format!(
        "SELECT {COLUMNS}
           FROM billing.subscriptions
          WHERE tenant_id = $1
            AND ($2::timestamptz IS NULL OR (started_at, id) < ($2, $3))
            {condition}
          ORDER BY started_at DESC, id DESC
          LIMIT $4"
    );
    let tenant = tx.tenant();
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(Subscription::from).collect())
}

/// Those that have not ended, locked in the order of their ids.
pub async fn lock_running(tx: &mut TenantTx) -> Result<Vec<Subscription>, sqlx::Error> {
    read(tx, &format!("AND state <> 'ended' ORDER BY id LIMIT {SUBSCRIPTIONS_LIMIT} FOR UPDATE"), None, None, None).await
}

/// Those whose term is over at exactly this instant, and ended ones to be looked at for late usage then, locked in the order of
/// their ids.
pub async fn lock_due_at(tx: &mut TenantTx, at: Timestamp) -> Result<Vec<Subscription>, sqlx::Error> {
    read(tx, &format!("ORDER BY instance_id NULLS FIRST, id LIMIT {SUBSCRIPTIONS_LIMIT} FOR UPDATE"), None, None, Some(at)).await
}

pub async fn lock(tx: &mut TenantTx, id: SubscriptionId) -> Result<Option<Subscription>, sqlx::Error> {
    Ok(read(tx, "LIMIT 1 FOR UPDATE", None, Some(id), None).await?.pop())
}

pub async fn find(tx: &mut TenantTx, id: SubscriptionId) -> Result<Option<Subscription>, sqlx::Error> {
    Ok(read(tx, "LIMIT 1", None, Some(id), None).await?.pop())
}

/// The tier's subscription that has not ended.
pub async fn lock_tier(tx: &mut TenantTx) -> Result<Option<Subscription>, sqlx::Error> {
    Ok(read(tx, "AND instance_id IS NULL AND state <> 'ended' LIMIT 1 FOR UPDATE", None, None, None).await?.pop())
}

/// An instance's subscription that has not ended.
pub async fn lock_of_instance(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<Subscription>, sqlx::Error> {
    Ok(read(tx, "AND state <> 'ended' LIMIT 1 FOR UPDATE", Some(instance), None, None).await?.pop())
}

/// The tier's subscription that has not ended, without a lock.
pub async fn tier(tx: &mut TenantTx) -> Result<Option<Subscription>, sqlx::Error> {
    Ok(read(tx, "AND instance_id IS NULL AND state <> 'ended' LIMIT 1", None, None, None).await?.pop())
}

/// An instance's newest subscription, ended or not, without a lock.
pub async fn of_instance(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<Subscription>, sqlx::Error> {
    Ok(read(tx, "ORDER BY (state = 'ended'), started_at DESC, id DESC LIMIT 1", Some(instance), None, None).await?.pop())
}

/// Of instances: those whose term is over by `now` and whose next one is to begin under another choice.
pub async fn due_changes(tx: &mut TenantTx, now: Timestamp) -> Result<Vec<Subscription>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS}
           FROM billing.subscriptions
          WHERE tenant_id = $1
            AND instance_id IS NOT NULL
            AND next_plan_id IS NOT NULL
            AND next_at <= $2
          ORDER BY next_at, id
          LIMIT {SUBSCRIPTIONS_LIMIT}"
    );
    let tenant = tx.tenant();
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(now).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(Subscription::from).collect())
}

/// All of these instances, each one's newest first.
pub async fn of_instances(tx: &mut TenantTx, instances: &[InstanceId]) -> Result<Vec<Subscription>, sqlx::Error> {
    let sql = format!(
        "SELECT s.*
           FROM unnest($2::uuid[]) AS wanted (id)
          CROSS JOIN LATERAL (
                SELECT {COLUMNS}
                  FROM billing.subscriptions
                 WHERE tenant_id = $1
                   AND instance_id = wanted.id
                 ORDER BY started_at DESC, id DESC
                 LIMIT {OF_ONE_INSTANCE}) s"
    );
    let tenant = tx.tenant();
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(instances).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(Subscription::from).collect())
}

/// The earliest instant by `now` at which a term of this tenant is over.
pub async fn earliest_due(tx: &mut TenantTx, now: Timestamp) -> Result<Option<Timestamp>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_scalar("SELECT min(next_at) FROM billing.subscriptions WHERE tenant_id = $1 AND next_at <= $2").bind(tenant).bind(now).fetch_one(&mut **tx).await
}

/// When something is due of a subscription: on the day that its term ends, or of one that ended when it is looked at next.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Due {
    pub id: SubscriptionId,
    pub at: Timestamp,
    /// Of one that runs.
    pub term_end: Option<Date>,
}

/// Everything that is due some day.
pub async fn dues(tx: &mut TenantTx) -> Result<Vec<Due>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_as(
        "SELECT id,
                next_at AS at,
                CASE WHEN state <> 'ended' THEN term_end END AS term_end
           FROM billing.subscriptions
          WHERE tenant_id = $1
            AND next_at IS NOT NULL
          ORDER BY id
          LIMIT $2",
    )
    .bind(tenant)
    .bind(2 * SUBSCRIPTIONS_LIMIT)
    .fetch_all(&mut **tx)
    .await
}

/// Moves when something is due.
pub async fn move_dues(tx: &mut TenantTx, dues: &[(SubscriptionId, Timestamp)]) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.subscriptions s
            SET next_at = due.at
           FROM unnest($2::uuid[], $3::timestamptz[]) AS due (id, at)
          WHERE s.tenant_id = $1
            AND s.id = due.id",
    )
    .bind(tenant)
    .bind(dues.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(dues.iter().map(|(_, at)| *at).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps a subscription as it is now, new or known. `next_at` is when its term is over; of one that ended, when its late usage
/// is looked for next.
pub async fn save(tx: &mut TenantTx, subscription: &Subscription, next_at: Option<Timestamp>) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    let s = subscription;
    let instance = match s.subject {
        Subject::Tier => None,
        Subject::Instance { instance } => Some(instance),
    };
    let (trial, next, ended) = match s.state {
        State::Trialing { until } => (Some(until), None, None),
        State::Active { next } => (None, next, None),
        State::Cancelling { trial } => (trial, None, None),
        State::Ended { at, reason } => (None, None, Some((at, reason))),
    };
    sqlx::query(
        "INSERT INTO billing.subscriptions
                (tenant_id, id, instance_id, plan_id, interval, currency, anchor_day, since, started_at, term_start, term_end,
                 usage_from, state, trial_until, next_plan_id, next_interval, ended_at, end_reason, next_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT (tenant_id, id) DO UPDATE
            SET plan_id = excluded.plan_id,
                interval = excluded.interval,
                since = excluded.since,
                term_start = excluded.term_start,
                term_end = excluded.term_end,
                usage_from = excluded.usage_from,
                state = excluded.state,
                trial_until = excluded.trial_until,
                next_plan_id = excluded.next_plan_id,
                next_interval = excluded.next_interval,
                ended_at = excluded.ended_at,
                end_reason = excluded.end_reason,
                next_at = excluded.next_at",
    )
    .bind(tenant)
    .bind(s.id)
    .bind(instance)
    .bind(s.choice.plan)
    .bind(s.choice.interval.code())
    .bind(s.currency)
    .bind(i32::from(s.anchor.day()))
    .bind(s.since)
    .bind(s.started_at)
    .bind(s.term.start)
    .bind(s.term.end)
    .bind(s.usage_from)
    .bind(s.state.code())
    .bind(trial)
    .bind(next.map(|choice| choice.plan))
    .bind(next.map(|choice| choice.interval.code()))
    .bind(ended.map(|(at, _)| at))
    .bind(ended.map(|(_, reason)| reason.code()))
    .bind(next_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes a change by its key; `false` where that change was made before.
pub async fn note_change(tx: &mut TenantTx, subscription: SubscriptionId, key: &str, from: PlanId, to: PlanId) -> Result<bool, sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query(
        "INSERT INTO billing.subscription_changes (tenant_id, subscription_id, key, at, from_plan_id, to_plan_id)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(key)
    .bind(now)
    .bind(from)
    .bind(to)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Which invoice a change led to.
pub async fn note_change_invoice(tx: &mut TenantTx, subscription: SubscriptionId, key: &str, invoice: Option<InvoiceId>) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query("UPDATE billing.subscription_changes SET invoice_id = $4 WHERE tenant_id = $1 AND subscription_id = $2 AND key = $3")
        .bind(tenant)
        .bind(subscription)
        .bind(key)
        .bind(invoice)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A stretch of time whose usage is charged together.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Segment {
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
    pub plan_id: PlanId,
    #[sqlx(try_from = "String")]
    pub interval: SegmentInterval,
    pub period_start: Date,
    pub period_end: Date,
    pub term_start: Date,
    pub term_end: Date,
    /// Usage of a trial is counted and shown, not charged.
    pub free: bool,
}

/// An interval as the segment's row keeps it.
#[derive(Debug, Clone, Copy)]
pub struct SegmentInterval(pub Interval);

impl TryFrom<String> for SegmentInterval {
    type Error = std::convert::Infallible;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Ok(Self(interval(&code)))
    }
}

const SEGMENT_COLUMNS: &str = "from_at, until_at, plan_id, interval, period_start, period_end, term_start, term_end, free";

/// The newest segments of each of these subscriptions, newest first.
pub async fn segments(tx: &mut TenantTx, subscriptions: &[SubscriptionId]) -> Result<HashMap<SubscriptionId, Vec<Segment>>, sqlx::Error> {
    let sql = format!(
        "SELECT s.*
           FROM unnest($2::uuid[]) AS wanted (id)
          CROSS JOIN LATERAL (
                SELECT subscription_id, {SEGMENT_COLUMNS}
                  FROM billing.usage_segments
                 WHERE tenant_id = $1
                   AND subscription_id = wanted.id
                 ORDER BY from_at DESC
                 LIMIT {SEGMENTS_LIMIT}) s"
    );
    let tenant = tx.tenant();
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(subscriptions).fetch_all(&mut **tx).await?;
    let mut found: HashMap<SubscriptionId, Vec<Segment>> = HashMap::new();
    for row in &rows {
        found.entry(row.try_get("subscription_id")?).or_default().push(Segment::from_row(row)?);
    }
    Ok(found)
}

pub async fn segment(tx: &mut TenantTx, subscription: SubscriptionId, from: Timestamp) -> Result<Option<Segment>, sqlx::Error> {
    let tenant = tx.tenant();
    let sql = format!("SELECT {SEGMENT_COLUMNS} FROM billing.usage_segments WHERE tenant_id = $1 AND subscription_id = $2 AND from_at = $3");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(subscription).bind(from).fetch_optional(&mut **tx).await
}

/// Ends the open segment.
pub async fn close_segment(tx: &mut TenantTx, subscription: SubscriptionId, until: Timestamp, period_end: Date) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.usage_segments
            SET until_at = $3,
                period_end = $4
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND until_at IS NULL",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(until)
    .bind(period_end)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Opens the segment that a subscription's usage is collected in from now on.
pub async fn open_segment(tx: &mut TenantTx, subscription: &Subscription, whole: Period, free: bool) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "INSERT INTO billing.usage_segments
                (tenant_id, subscription_id, from_at, plan_id, interval, period_start, period_end, term_start, term_end, free)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant_id, subscription_id, from_at) DO UPDATE
            SET until_at = NULL,
                plan_id = excluded.plan_id,
                interval = excluded.interval,
                period_start = excluded.period_start,
                period_end = excluded.period_end,
                term_start = excluded.term_start,
                term_end = excluded.term_end,
                free = excluded.free",
    )
    .bind(tenant)
    .bind(subscription.id)
    .bind(subscription.usage_from)
    .bind(subscription.choice.plan)
    .bind(subscription.choice.interval.code())
    .bind(subscription.term.start)
    .bind(subscription.term.end)
    .bind(whole.start)
    .bind(whole.end)
    .bind(free)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Tenants of whom a term is over by `now`.
pub async fn due(tx: &mut SystemTx, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT tenant_id
           FROM billing.subscriptions
          WHERE next_at <= $1
          GROUP BY tenant_id
          ORDER BY min(next_at), tenant_id
          LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// How many terms were over by `now` and not yet by `before`.
pub async fn over_since(tx: &mut SystemTx, before: Timestamp, now: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM billing.subscriptions WHERE next_at > $1 AND next_at <= $2").bind(before).bind(now).fetch_one(&mut **tx).await
}

pub async fn next_due(tx: &mut SystemTx) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(next_at) FROM billing.subscriptions WHERE next_at IS NOT NULL").fetch_one(&mut **tx).await
}
