//! Rows of `provisioning.operations` and their log. Leases and deadlines go by the database's own clock: workers and
//! backends do not follow a simulated one.

use super::instances::Terms;
use crate::{
    operation::{Message, OperationKind, OperationState, Step},
    view::{LogLevel, LogLine, OperationView},
};
use kernel::{InstanceId, OperationId, PlanId, TenantId, Timestamp};
use platform::{SystemTx, TenantTx};
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct OperationRecord {
    pub tenant_id: TenantId,
    pub id: OperationId,
    pub instance_id: InstanceId,
    pub instance_name: String,
    pub kind: String,
    pub state: String,
    pub steps: Json<Vec<Step>>,
    pub percent: i16,
    pub message: Json<Message>,
    pub error: Option<Json<Message>>,
    pub before: Option<Json<Terms>>,
    pub wanted: Option<Json<Terms>>,
    pub allow_empty: bool,
    pub attempt: i32,
    pub failures: i32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub time_limit_s: i32,
    /// Whether its time is over, by the database's clock.
    pub expired: bool,
    /// Whether a newer operation of the same instance exists.
    pub superseded: bool,
}

impl OperationRecord {
    pub fn kind(&self) -> OperationKind {
        OperationKind::from_code(&self.kind).expect("a constraint of the table admits known kinds only")
    }

    pub fn state(&self) -> OperationState {
        OperationState::from_code(&self.state).expect("a constraint of the table admits known states only")
    }

    pub fn set_state(&mut self, state: OperationState) {
        self.state = state.code().to_owned();
    }

    pub fn can_retry(&self) -> bool {
        // A change of plan that was refused before it began wants nothing that could be tried.
        let began = self.kind() != OperationKind::ChangePlan || self.wanted.is_some();
        self.state() == OperationState::Failed && !self.superseded && began
    }

    pub fn view(self) -> OperationView {
        let limit = Duration::from_secs(u64::try_from(self.time_limit_s).unwrap_or(0));
        OperationView {
            id: self.id,
            instance: self.instance_id,
            tenant: self.tenant_id,
            kind: self.kind(),
            state: self.state(),
            percent: self.percent,
            attempt: self.attempt,
            deadline: self.started_at.unwrap_or(self.created_at).plus(limit),
            can_retry: self.can_retry(),
            instance_name: self.instance_name,
            steps: self.steps.0,
            message: self.message.0,
            error: self.error.map(|error| error.0),
            created_at: self.created_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
        }
    }
}

/// Every column of an operation beside its instance `i`.
pub(crate) const COLUMNS: &str = "
    o.tenant_id,
    o.id,
    o.instance_id,
    i.name AS instance_name,
    o.kind,
    o.state,
    o.steps,
    o.percent,
    o.message,
    o.error,
    o.before,
    o.wanted,
    o.allow_empty,
    o.attempt,
    o.failures,
    o.created_at,
    o.started_at,
    o.finished_at,
    o.time_limit_s,
    o.gives_up_at < clock_timestamp() AS expired,
    EXISTS (SELECT
              FROM provisioning.operations n
             WHERE n.tenant_id = o.tenant_id
               AND n.instance_id = o.instance_id
               AND (n.created_at, n.id) > (o.created_at, o.id)) AS superseded";

pub(crate) const FROM: &str = "
    FROM provisioning.operations o
    JOIN provisioning.instances i ON i.tenant_id = o.tenant_id AND i.id = o.instance_id";

pub(crate) async fn find(tx: &mut TenantTx, id: OperationId) -> Result<Option<OperationRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE o.id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await
}

/// The instance's newest, running or over.
pub(crate) async fn newest(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<OperationRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE o.instance_id = $1 ORDER BY o.created_at DESC, o.id DESC LIMIT 1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(instance).fetch_optional(&mut **tx).await
}

/// The instance's first: the order itself.
pub(crate) async fn first(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<OperationRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE o.instance_id = $1 ORDER BY o.created_at, o.id LIMIT 1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(instance).fetch_optional(&mut **tx).await
}

/// A new operation.
pub(crate) struct NewOperation<'a> {
    pub id: OperationId,
    pub instance: InstanceId,
    pub kind: OperationKind,
    pub message: &'a Message,
    pub before: Option<Terms>,
    pub wanted: Option<Terms>,
    pub allow_empty: bool,
}

pub(crate) async fn insert(tx: &mut TenantTx, operation: NewOperation<'_>) -> Result<(), sqlx::Error> {
    let (now, tenant, limit) = (tx.now(), tx.tenant(), seconds(operation.kind.time_limit()));
    sqlx::query(
        "INSERT INTO provisioning.operations
                (tenant_id, id, instance_id, kind, state, message, before, wanted, allow_empty, created_at, time_limit_s, gives_up_at)
         VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $10))",
    )
    .bind(tenant)
    .bind(operation.id)
    .bind(operation.instance)
    .bind(operation.kind.code())
    .bind(Json(operation.message))
    .bind(operation.before.map(Json))
    .bind(operation.wanted.map(Json))
    .bind(operation.allow_empty)
    .bind(now)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A change of plan that fell due and was not begun: it stands among the operations with its reason.
pub(crate) async fn insert_refused(tx: &mut TenantTx, id: OperationId, instance: InstanceId, why: &Message) -> Result<(), sqlx::Error> {
    let (now, tenant, kind) = (tx.now(), tx.tenant(), OperationKind::ChangePlan);
    sqlx::query(
        "INSERT INTO provisioning.operations
                (tenant_id, id, instance_id, kind, state, message, error, created_at, finished_at, time_limit_s, gives_up_at)
         VALUES ($1, $2, $3, $4, 'failed', $5, $6, $7, $7, $8, now())",
    )
    .bind(tenant)
    .bind(id)
    .bind(instance)
    .bind(kind.code())
    .bind(Json(Message::new("provisioning.message.failed")))
    .bind(Json(why))
    .bind(now)
    .bind(seconds(kind.time_limit()))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn seconds(limit: Duration) -> i32 {
    i32::try_from(limit.as_secs()).unwrap_or(i32::MAX)
}

/// Takes the operation for `holder` if nobody holds it and it is not over. Its time runs from the first take: what waited
/// for a worker, however long, is tried before it is given up.
pub(crate) async fn claim(tx: &mut TenantTx, id: OperationId, holder: Uuid, lease: Duration) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE provisioning.operations
            SET lease_holder = $2,
                lease_until = clock_timestamp() + make_interval(secs => $3),
                state = CASE state WHEN 'waiting' THEN 'running' ELSE state END,
                started_at = coalesce(started_at, $4),
                gives_up_at = CASE WHEN started_at IS NULL THEN clock_timestamp() + make_interval(secs => time_limit_s) ELSE gives_up_at END
          WHERE id = $1
            AND state IN ('waiting', 'running', 'cleaning_up')
            AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease_holder = $2)",
    )
    .bind(id)
    .bind(holder)
    .bind(lease.as_secs_f64())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Holds on to a claimed operation; answers whether it was still held.
pub(crate) async fn renew(tx: &mut TenantTx, id: OperationId, holder: Uuid, lease: Duration) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE provisioning.operations
            SET lease_until = clock_timestamp() + make_interval(secs => $3)
          WHERE id = $1
            AND lease_holder = $2
            AND state IN ('waiting', 'running', 'cleaning_up')",
    )
    .bind(id)
    .bind(holder)
    .bind(lease.as_secs_f64())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes how far it is, in the hands of `holder`; answers whether it was still held.
pub(crate) async fn save(tx: &mut TenantTx, operation: &OperationRecord, holder: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE provisioning.operations
            SET state = $3,
                steps = $4,
                percent = $5,
                message = $6,
                error = $7,
                failures = $8,
                finished_at = $9
          WHERE id = $1
            AND lease_holder = $2
            AND state IN ('waiting', 'running', 'cleaning_up')",
    )
    .bind(operation.id)
    .bind(holder)
    .bind(&operation.state)
    .bind(&operation.steps)
    .bind(operation.percent)
    .bind(&operation.message)
    .bind(&operation.error)
    .bind(operation.failures)
    .bind(operation.finished_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets go of it until the next try.
pub(crate) async fn release(tx: &mut TenantTx, id: OperationId, holder: Uuid, pause: Duration) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE provisioning.operations
            SET lease_holder = NULL,
                lease_until = NULL,
                try_at = clock_timestamp() + make_interval(secs => $3)
          WHERE id = $1
            AND lease_holder = $2",
    )
    .bind(id)
    .bind(holder)
    .bind(pause.as_secs_f64())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends an operation under way whoever holds it: its worker finds at its next note that it lost it.
pub(crate) async fn stop(tx: &mut TenantTx, operation: &OperationRecord) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE provisioning.operations
            SET state = $2,
                steps = $3,
                message = $4,
                error = $5,
                finished_at = $6,
                lease_holder = NULL,
                lease_until = NULL
          WHERE id = $1
            AND state IN ('waiting', 'running', 'cleaning_up')",
    )
    .bind(operation.id)
    .bind(&operation.state)
    .bind(&operation.steps)
    .bind(&operation.message)
    .bind(&operation.error)
    .bind(operation.finished_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether the instance was taken back from its grace period at `at` or later.
pub(crate) async fn restored_since(tx: &mut TenantTx, instance: InstanceId, at: Timestamp) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM provisioning.operations WHERE instance_id = $1 AND kind = 'restore' AND created_at >= $2)")
        .bind(instance)
        .bind(at)
        .fetch_one(&mut **tx)
        .await
}

/// When the instance ran again after it was last taken back from its grace period, at `since` or later.
pub(crate) async fn restored_at(tx: &mut TenantTx, instance: InstanceId, since: Timestamp) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT min(finished_at)
           FROM provisioning.operations
          WHERE instance_id = $1
            -- A restoration that failed may be ended by a repair.
            AND kind IN ('restore', 'resume', 'repair')
            AND state = 'succeeded'
            AND created_at >= (SELECT max(created_at)
                                 FROM provisioning.operations
                                WHERE instance_id = $1
                                  AND kind = 'restore'
                                  AND created_at >= $2)",
    )
    .bind(instance)
    .bind(since)
    .fetch_one(&mut **tx)
    .await
}

/// When the instance came to run `plan` by its newest change of plan, if that succeeded.
pub(crate) async fn plan_changed_at(tx: &mut TenantTx, instance: InstanceId, plan: PlanId) -> Result<Option<Timestamp>, sqlx::Error> {
    let newest: Option<(String, Option<Json<Terms>>, Option<Timestamp>)> = sqlx::query_as(
        "SELECT state,
                wanted,
                finished_at
           FROM provisioning.operations
          WHERE instance_id = $1
            AND kind = 'change_plan'
            -- Another configuration of the same plan is none.
            AND before ->> 'plan' <> wanted ->> 'plan'
          ORDER BY created_at DESC, id DESC
          LIMIT 1",
    )
    .bind(instance)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match newest {
        Some((state, Some(Json(wanted)), finished_at)) if state == OperationState::Succeeded.code() && wanted.plan == plan => finished_at,
        Some(_) | None => None,
    })
}

/// When the instance's deletion was asked for last.
pub(crate) async fn deleted_at(tx: &mut TenantTx, instance: InstanceId) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("SELECT max(created_at) FROM provisioning.operations WHERE instance_id = $1 AND kind = 'delete'")
        .bind(instance)
        .fetch_one(&mut **tx)
        .await
}

/// Puts a failed operation back to its beginning, with its whole time before it.
pub(crate) async fn restart(tx: &mut TenantTx, id: OperationId, message: &Message) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE provisioning.operations
            SET state = 'waiting',
                steps = '[]',
                percent = 0,
                message = $2,
                error = NULL,
                failures = 0,
                attempt = attempt + 1,
                started_at = NULL,
                finished_at = NULL,
                lease_holder = NULL,
                lease_until = NULL,
                try_at = now()
          WHERE id = $1
            AND state = 'failed'",
    )
    .bind(id)
    .bind(Json(message))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn log(
    tx: &mut TenantTx,
    operation: OperationId,
    level: LogLevel,
    message: &Message,
    detail: Option<&str>,
) -> Result<(), sqlx::Error> {
    let (now, tenant) = (tx.now(), tx.tenant());
    sqlx::query(
        "INSERT INTO provisioning.operation_log (tenant_id, operation_id, at, level, message, detail)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant)
    .bind(operation)
    .bind(now)
    .bind(level.code())
    .bind(Json(message))
    .bind(detail)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lines of one operation's log that are shown: the newest, in order.
const LOG_LINES: i64 = 500;

type LogRow = (i64, Timestamp, String, Json<Message>, Option<String>);

pub(crate) async fn log_lines(tx: &mut TenantTx, operation: OperationId) -> Result<Vec<LogLine>, sqlx::Error> {
    let mut rows: Vec<LogRow> = sqlx::query_as(
        "SELECT seq,
                at,
                level,
                message,
                detail
           FROM provisioning.operation_log
          WHERE operation_id = $1
          ORDER BY seq DESC
          LIMIT $2",
    )
    .bind(operation)
    .bind(LOG_LINES)
    .fetch_all(&mut **tx)
    .await?;
    rows.reverse();
    Ok(rows
        .into_iter()
        .map(|(seq, at, level, Json(message), detail)| LogLine { seq, at, level: LogLevel::from_code(&level), message, detail })
        .collect())
}

/// Lines of operations that ended before then, of every organisation; at most `limit`. Answers how many went.
pub(crate) async fn delete_log_before(tx: &mut SystemTx, before: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let removed = sqlx::query(
        "DELETE FROM provisioning.operation_log
          WHERE (tenant_id, operation_id, seq) IN (SELECT l.tenant_id, l.operation_id, l.seq
                                                     FROM provisioning.operation_log l
                                                     JOIN provisioning.operations o ON o.tenant_id = l.tenant_id AND o.id = l.operation_id
                                                    WHERE l.at < $1
                                                      AND o.state IN ('succeeded', 'failed')
                                                      AND o.finished_at < $1
                                                    ORDER BY l.at
                                                    LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(removed.rows_affected())
}
