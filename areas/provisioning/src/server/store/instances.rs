//! Rows of `provisioning.instances`.

use super::super::{in_step::EVERY, terms::PlanFacts};
use crate::{
    instance::{InstanceState, SuspendedBy},
    plan::Difference,
    planned::PlannedChange,
    quota::Told,
    view::OverQuota,
};
use catalog::Text;
use kernel::{Date, InstanceId, OfferingId, PlanId, TenantId, Timestamp};
use platform::TenantTx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};

/// One instance as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct InstanceRecord {
    pub tenant_id: TenantId,
    pub id: InstanceId,
    pub name: String,
    pub driver: String,
    pub offering_id: OfferingId,
    pub offering_name: Json<Text>,
    pub plan_id: PlanId,
    pub plan_name: Json<Text>,
    pub limits: Json<BTreeMap<String, i64>>,
    pub configuration: Value,
    pub suspended_by: Vec<String>,
    pub unsure: bool,
    pub version: i64,
    pub server: String,
    pub order_hash: Vec<u8>,
    pub detail: Json<InstanceState>,
    pub changed_at: Timestamp,
    pub created_at: Timestamp,
    pub ready_at: Option<Timestamp>,
    pub keep_until: Option<Timestamp>,
    pub seen_at: Option<Timestamp>,
    pub drift: Json<Vec<Difference>>,
    pub endpoint: Json<BTreeMap<String, String>>,
    pub metered_until: Option<Timestamp>,
    pub storage_bytes: i64,
    pub over_quota: String,
    /// The mark of its storage, in percent, that people were told of last: in that month, of that limit in bytes.
    pub quota_told: i16,
    pub quota_month: Option<Date>,
    pub quota_limit: Option<i64>,
    pub peak_day: Option<Date>,
    pub peak: i64,
    pub connections: i64,
    pub look_at: Option<Timestamp>,
    pub measure_at: Option<Timestamp>,
    pub purge_at: Option<Timestamp>,
    pub planned: Option<Json<PlannedChange>>,
}

/// What a change of plan or configuration replaces, kept on its operation to go back to. Not the name: that is changed
/// without an operation, also while one runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub plan: PlanId,
    pub plan_name: Text,
    pub limits: BTreeMap<String, i64>,
    pub configuration: Value,
}

impl InstanceRecord {
    pub fn held(&self) -> BTreeSet<SuspendedBy> {
        self.suspended_by.iter().filter_map(|code| SuspendedBy::from_code(code)).collect()
    }

    pub fn hold(&mut self, held: &BTreeSet<SuspendedBy>) {
        self.suspended_by = held.iter().map(|by| by.code().to_owned()).collect();
    }

    pub fn held_for_debt(&self) -> bool {
        self.held().contains(&SuspendedBy::Debt)
    }

    /// Whether debt stops it or lets it run, now: a change under way comes first, and what is on its way out stays out.
    pub fn concerns_debt(&self) -> bool {
        matches!(*self.detail, InstanceState::Running | InstanceState::Suspended { .. })
    }

    /// What people were told of its storage.
    pub fn told(&self) -> Option<Told> {
        Some(Told { mark: self.quota_told, month: self.quota_month?, limit: self.quota_limit? })
    }

    pub fn keep_told(&mut self, told: Option<Told>) {
        self.quota_told = told.map_or(0, |told| told.mark);
        self.quota_month = told.map(|told| told.month);
        self.quota_limit = told.map(|told| told.limit);
    }

    pub fn over_quota(&self) -> OverQuota {
        OverQuota::from_code(&self.over_quota)
    }

    pub fn terms(&self) -> Terms {
        Terms {
            plan: self.plan_id,
            plan_name: self.plan_name.0.clone(),
            limits: self.limits.0.clone(),
            configuration: self.configuration.clone(),
        }
    }

    pub fn put(&mut self, terms: Terms) {
        self.plan_id = terms.plan;
        self.plan_name = Json(terms.plan_name);
        self.limits = Json(terms.limits);
        self.configuration = terms.configuration;
    }

    /// Puts it under another plan.
    pub fn take_over(&mut self, plan: PlanFacts, configuration: Value) {
        self.plan_id = plan.plan;
        self.plan_name = Json(plan.plan_name);
        self.limits = Json(plan.limits);
        self.configuration = configuration;
    }

    /// Enters a state: the version and the time of the change follow.
    pub fn enter(&mut self, state: InstanceState, now: Timestamp) {
        self.detail = Json(state);
        self.changed_at = now;
        self.version += 1;
    }
}

/// Every column of an instance, for the look-ups below and the lists.
pub(crate) const COLUMNS: &str = "
    i.tenant_id,
    i.id,
    i.name,
    i.driver,
    i.offering_id,
    i.offering_name,
    i.plan_id,
    i.plan_name,
    i.limits,
    i.configuration,
    i.suspended_by,
    i.unsure,
    i.version,
    i.server,
    i.order_hash,
    i.detail,
    i.changed_at,
    i.created_at,
    i.ready_at,
    i.keep_until,
    i.seen_at,
    i.drift,
    i.endpoint,
    i.metered_until,
    i.storage_bytes,
    i.over_quota,
    i.quota_told,
    i.quota_month,
    i.quota_limit,
    i.peak_day,
    i.peak,
    i.connections,
    i.look_at,
    i.measure_at,
    i.purge_at,
    i.planned";

pub(crate) async fn find(tx: &mut TenantTx, id: InstanceId) -> Result<Option<InstanceRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM provisioning.instances i WHERE i.id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await
}

pub(crate) async fn names(tx: &mut TenantTx, ids: &[InstanceId]) -> Result<Vec<(InstanceId, String)>, sqlx::Error> {
    sqlx::query_as("SELECT id, name FROM provisioning.instances WHERE id = ANY($1)").bind(ids).fetch_all(&mut **tx).await
}

pub(crate) async fn exist(tx: &mut TenantTx) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM provisioning.instances)").fetch_one(&mut **tx).await
}

pub(crate) async fn for_update(tx: &mut TenantTx, id: InstanceId) -> Result<Option<InstanceRecord>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM provisioning.instances i WHERE i.id = $1 FOR UPDATE");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await
}

/// Writes a new instance; answers whether its id was free.
pub(crate) async fn insert(tx: &mut TenantTx, instance: &InstanceRecord) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO provisioning.instances
                (tenant_id, id, name, driver, offering_id, offering_name, plan_id, plan_name, limits, configuration,
                 order_hash, state, detail, changed_at, created_at, compare_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (tenant_id, id) DO NOTHING",
    )
    .bind(instance.tenant_id)
    .bind(instance.id)
    .bind(&instance.name)
    .bind(&instance.driver)
    .bind(instance.offering_id)
    .bind(&instance.offering_name)
    .bind(instance.plan_id)
    .bind(&instance.plan_name)
    .bind(&instance.limits)
    .bind(&instance.configuration)
    .bind(&instance.order_hash)
    .bind(instance.detail.code())
    .bind(&instance.detail)
    .bind(instance.changed_at)
    .bind(instance.created_at)
    .bind(instance.created_at.plus(EVERY))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes everything that can change. The row is locked by `for_update`.
pub(crate) async fn save(tx: &mut TenantTx, instance: &InstanceRecord) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE provisioning.instances
            SET name = $2,
                plan_id = $3,
                plan_name = $4,
                limits = $5,
                configuration = $6,
                suspended_by = $7,
                unsure = $8,
                version = $9,
                server = $10,
                state = $11,
                detail = $12,
                changed_at = $13,
                ready_at = $14,
                keep_until = $15,
                seen_at = $16,
                drift = $17,
                endpoint = $18,
                metered_until = $19,
                storage_bytes = $20,
                over_quota = $21,
                peak_day = $22,
                peak = $23,
                connections = $24,
                look_at = $25,
                measure_at = $26,
                purge_at = $27,
                planned = $28,
                quota_told = $29,
                quota_month = $30,
                quota_limit = $31
          WHERE id = $1",
    )
    .bind(instance.id)
    .bind(&instance.name)
    .bind(instance.plan_id)
    .bind(&instance.plan_name)
    .bind(&instance.limits)
    .bind(&instance.configuration)
    .bind(&instance.suspended_by)
    .bind(instance.unsure)
    .bind(instance.version)
    .bind(&instance.server)
    .bind(instance.detail.code())
    .bind(&instance.detail)
    .bind(instance.changed_at)
    .bind(instance.ready_at)
    .bind(instance.keep_until)
    .bind(instance.seen_at)
    .bind(&instance.drift)
    .bind(&instance.endpoint)
    .bind(instance.metered_until)
    .bind(instance.storage_bytes)
    .bind(&instance.over_quota)
    .bind(instance.peak_day)
    .bind(instance.peak)
    .bind(instance.connections)
    .bind(instance.look_at)
    .bind(instance.measure_at)
    .bind(instance.purge_at)
    .bind(&instance.planned)
    .bind(instance.quota_told)
    .bind(instance.quota_month)
    .bind(instance.quota_limit)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Instance and bill are over: they are not compared again.
pub(crate) async fn compare_no_more(tx: &mut TenantTx, id: InstanceId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE provisioning.instances SET compare_at = NULL WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Instances that count against what the organisation may have. Orders and restorations of one tenant wait for each other
/// here, so that two at once do not both take the last place.
pub(crate) async fn count_for_order(tx: &mut TenantTx) -> Result<i64, sqlx::Error> {
    let key = tx.tenant().uuid().as_u64_pair().1 as i64;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key).execute(&mut **tx).await?;
    sqlx::query_scalar("SELECT count(*) FROM provisioning.instances WHERE state NOT IN ('deleted', 'grace')").fetch_one(&mut **tx).await
}

/// Instances that stand still for debt, or that do not. What is on its way out is neither.
pub(crate) async fn held_for_debt(tx: &mut TenantTx, held: bool, limit: i64) -> Result<Vec<InstanceId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id
           FROM provisioning.instances
          WHERE state NOT IN ('deleting', 'deleted', 'grace')
            AND ('debt' = ANY (suspended_by)) = $1
          ORDER BY id
          LIMIT $2",
    )
    .bind(held)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// Instances whose storage is metered and was last before `until`.
pub(crate) async fn metered(tx: &mut TenantTx, until: Timestamp) -> Result<Vec<InstanceId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id
           FROM provisioning.instances
          WHERE metered_until < $1
            AND state NOT IN ('deleting', 'grace', 'deleted')
          ORDER BY id
          LIMIT 10000",
    )
    .bind(until)
    .fetch_all(&mut **tx)
    .await
}
