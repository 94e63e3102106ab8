//! Rows of `monitoring.checks`.

use crate::{
    check::{CheckState, Status},
    configuration::CheckSpec,
};
use kernel::{CheckId, Date, InstanceId, TenantId, Timestamp};
use platform::{SystemTx, TenantTx};
use sqlx::{AssertSqlSafe, types::Json};

/// Checks of one organisation that are shown at once.
const SHOWN: i64 = 1_000;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct CheckRecord {
    pub tenant_id: TenantId,
    pub id: CheckId,
    pub instance_id: InstanceId,
    pub name: String,
    pub spec: Json<CheckSpec>,
    pub paused: bool,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub state: Json<CheckState>,
    pub status: String,
    pub status_since: Timestamp,
    pub last_at: Option<Timestamp>,
    pub response_ms: Option<i32>,
    pub problem: Option<String>,
    pub detail: Option<String>,
    pub certificate_expires: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    pub runs: i32,
    pub runs_from: Option<Timestamp>,
    /// When they are to be announced: when their five minutes are over, later where that failed.
    pub runs_due: Option<Timestamp>,
    pub open_month: Date,
    /// When the open month is to be frozen: at its end, later where that failed.
    pub freeze_at: Timestamp,
}

impl CheckRecord {
    pub fn status(&self) -> Status {
        Status::from_code(&self.status).expect("a constraint of the table admits known statuses only")
    }

    /// Until when the last result speaks.
    pub fn known_until(&self) -> Timestamp {
        match self.last_at {
            Some(last) if last >= self.status_since => last.plus(crate::check::patience(self.spec.rules().interval)),
            Some(_) | None => self.status_since,
        }
    }
}

const COLUMNS: &str = "
    tenant_id,
    id,
    instance_id,
    name,
    spec,
    paused,
    created_at,
    ended_at,
    state,
    status,
    status_since,
    last_at,
    response_ms,
    problem,
    detail,
    certificate_expires,
    next_at,
    runs,
    runs_from,
    runs_due,
    open_month,
    freeze_at";

pub(crate) async fn find(tx: &mut TenantTx, id: CheckId) -> Result<Option<CheckRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM monitoring.checks WHERE id = $1");
    sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await
}

/// Those of these that are there, in no order.
pub(crate) async fn some(tx: &mut TenantTx, ids: &[CheckId]) -> Result<Vec<CheckRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM monitoring.checks WHERE id = ANY($1)");
    sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(&mut **tx).await
}

pub(crate) async fn for_update(tx: &mut TenantTx, id: CheckId) -> Result<Option<CheckRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM monitoring.checks WHERE id = $1 FOR UPDATE");
    sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await
}

/// All of an instance, ended ones too, locked.
pub(crate) async fn of_instance_for_update(tx: &mut TenantTx, instance: InstanceId) -> Result<Vec<CheckRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM monitoring.checks WHERE instance_id = $1 ORDER BY id LIMIT 10000 FOR UPDATE");
    sqlx::query_as(AssertSqlSafe(sql)).bind(instance).fetch_all(&mut **tx).await
}

/// Those that are watched, by name; of one instance or of all.
pub(crate) async fn watched(tx: &mut TenantTx, instance: Option<InstanceId>) -> Result<Vec<CheckRecord>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS}
           FROM monitoring.checks
          WHERE ended_at IS NULL
            AND ($1::uuid IS NULL OR instance_id = $1)
          ORDER BY lower(name), id
          LIMIT $2"
    );
    sqlx::query_as(AssertSqlSafe(sql)).bind(instance).bind(SHOWN).fetch_all(&mut **tx).await
}

/// Ids and names of those that are watched, by name.
pub(crate) async fn names(tx: &mut TenantTx) -> Result<Vec<(CheckId, String)>, sqlx::Error> {
    sqlx::query_as("SELECT id, name FROM monitoring.checks WHERE ended_at IS NULL ORDER BY lower(name), id LIMIT $1").bind(SHOWN).fetch_all(&mut **tx).await
}

/// Writes a check as a whole; makes it where it is new.
pub(crate) async fn save(tx: &mut TenantTx, check: &CheckRecord) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO monitoring.checks
                (tenant_id, id, instance_id, name, spec, paused, created_at, ended_at, state, status, status_since, last_at,
                 response_ms, problem, detail, certificate_expires, next_at, runs, runs_from, runs_due, open_month, freeze_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         ON CONFLICT (tenant_id, id) DO UPDATE
            SET spec = excluded.spec,
                paused = excluded.paused,
                ended_at = excluded.ended_at,
                state = excluded.state,
                status = excluded.status,
                status_since = excluded.status_since,
                last_at = excluded.last_at,
                response_ms = excluded.response_ms,
                problem = excluded.problem,
                detail = excluded.detail,
                certificate_expires = excluded.certificate_expires,
                next_at = excluded.next_at,
                runs = excluded.runs,
                runs_from = excluded.runs_from,
                runs_due = excluded.runs_due,
                open_month = excluded.open_month,
                freeze_at = excluded.freeze_at",
    )
    .bind(check.tenant_id)
    .bind(check.id)
    .bind(check.instance_id)
    .bind(&check.name)
    .bind(&check.spec)
    .bind(check.paused)
    .bind(check.created_at)
    .bind(check.ended_at)
    .bind(&check.state)
    .bind(&check.status)
    .bind(check.status_since)
    .bind(check.last_at)
    .bind(check.response_ms)
    .bind(&check.problem)
    .bind(&check.detail)
    .bind(check.certificate_expires)
    .bind(check.next_at)
    .bind(check.runs)
    .bind(check.runs_from)
    .bind(check.runs_due)
    .bind(check.open_month)
    .bind(check.freeze_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Everything of an instance's checks is gone but the samples, which go before in portions.
pub(crate) async fn delete_of_instance(tx: &mut TenantTx, instance: InstanceId) -> Result<(), sqlx::Error> {
    for table in ["status_changes", "incidents", "months", "maintained_checks"] {
        let sql = format!("DELETE FROM monitoring.{table} WHERE check_id IN (SELECT id FROM monitoring.checks WHERE instance_id = $1)");
        sqlx::query(AssertSqlSafe(sql)).bind(instance).execute(&mut **tx).await?;
    }
    sqlx::query("DELETE FROM monitoring.checks WHERE instance_id = $1").bind(instance).execute(&mut **tx).await?;
    Ok(())
}

/// Checks whose time has come, claimed until `until` by moving their next time on; the result sets the next time. What was
/// missed is not caught up.
pub(crate) async fn claim_due(tx: &mut SystemTx, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<(TenantId, CheckId)>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE monitoring.checks
            SET next_at = $3
          WHERE (tenant_id, id) IN (SELECT tenant_id, id
                                      FROM monitoring.checks
                                     WHERE next_at <= $1
                                     ORDER BY next_at
                                     LIMIT $2
                                       FOR UPDATE SKIP LOCKED)
        RETURNING tenant_id, id",
    )
    .bind(now)
    .bind(limit)
    .bind(until)
    .fetch_all(&mut **tx)
    .await
}

/// Checks whose counted runs are to be announced.
pub(crate) async fn to_meter(tx: &mut SystemTx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, CheckId)>, sqlx::Error> {
    sqlx::query_as("SELECT tenant_id, id FROM monitoring.checks WHERE runs_due <= $1 ORDER BY runs_due LIMIT $2").bind(now).bind(limit).fetch_all(&mut **tx).await
}

/// Checks whose open month has ended.
pub(crate) async fn to_freeze(tx: &mut SystemTx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, CheckId)>, sqlx::Error> {
    sqlx::query_as("SELECT tenant_id, id FROM monitoring.checks WHERE freeze_at <= $1 ORDER BY freeze_at LIMIT $2").bind(now).bind(limit).fetch_all(&mut **tx).await
}

/// Puts off what could not be announced at `now`, unless somebody else has announced it meanwhile.
pub(crate) async fn meter_later(tx: &mut SystemTx, tenant: TenantId, id: CheckId, now: Timestamp, until: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE monitoring.checks SET runs_due = $4 WHERE tenant_id = $1 AND id = $2 AND runs_due <= $3").bind(tenant).bind(id).bind(now).bind(until).execute(&mut **tx).await?;
    Ok(())
}

/// The same for what could not be frozen.
pub(crate) async fn freeze_later(tx: &mut SystemTx, tenant: TenantId, id: CheckId, now: Timestamp, until: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE monitoring.checks SET freeze_at = $4 WHERE tenant_id = $1 AND id = $2 AND freeze_at <= $3").bind(tenant).bind(id).bind(now).bind(until).execute(&mut **tx).await?;
    Ok(())
}
