//! Uptime monitoring as a service that can be ordered: its instance's configuration is an array of checks, which this
//! driver turns into rows that the prober works on.

use super::{
    calendar::Calendar,
    metering, record,
    store::{
        changes,
        checks::{self, CheckRecord},
        samples,
    },
};
use crate::{
    check::{CheckState, Status},
    configuration::{self, CheckSpec},
};
use async_trait::async_trait;
use kernel::{CheckId, Fault, Need};
use platform::{Cx, Opened, Platform, TenantTx};
use provisioning::{
    operation::{Message, OperationKind},
    plan::{Difference, Gravity},
    server::{
        driver::{Driver, DriverError, Look, Measured, Reporter, Wanted},
        rules::ConfigurationRule,
    },
};
use serde_json::Value;
use sqlx::types::Json;
use std::{collections::BTreeMap, sync::Arc};

/// The name by which plans ask for this driver.
pub const NAME: &str = "uptime";
/// Where its instances are placed: this installation itself.
const SERVER: &str = "hub";

pub struct UptimeDriver {
    platform: Arc<Platform>,
}

impl UptimeDriver {
    pub fn new(platform: Arc<Platform>) -> Self {
        Self { platform }
    }

    fn cx(&self, wanted: &Wanted) -> Cx {
        Cx::system(self.platform.clone(), "uptime", Some(wanted.tenant))
    }

    async fn tx(cx: &Cx) -> Result<TenantTx, DriverError> {
        cx.tenant_tx(Need::MONITORING_WRITE).await.map_err(|opened| match opened {
            Opened::Fault(fault) => trouble(fault),
            Opened::Denied(denied) => DriverError::permanent("provisioning.error.not_allowed", denied),
        })
    }

    /// Makes the rows what the configuration says, paused or not.
    async fn sync(&self, wanted: &Wanted, paused: bool, report: &dyn Reporter) -> Result<(), DriverError> {
        report.step("checks").await?;
        let specs = specs(wanted)?;
        let cx = self.cx(wanted);
        let mut tx = Self::tx(&cx).await?;
        sync(&cx, &mut tx, wanted, specs, paused).await.map_err(trouble)?;
        tx.commit_unaudited("part of an audited operation").await.map_err(trouble)
    }
}

fn trouble(fault: Fault) -> DriverError {
    DriverError::transient("provisioning.error.backend", fault)
}

/// What the configuration wants; words for its customer where it cannot be.
fn specs(wanted: &Wanted) -> Result<Vec<CheckSpec>, DriverError> {
    configuration::checks(&wanted.configuration, &wanted.limits).map_err(|errors| {
        let first = errors.first();
        let message = Message::new("provisioning.error.bad_check")
            .with("field", first.map_or("", |error| error.field.as_str()))
            .with("why", first.map_or("", |error| error.message.as_str()));
        let all: Vec<String> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        DriverError::Permanent(message, all.join("; "))
    })
}

async fn sync(cx: &Cx, tx: &mut TenantTx, wanted: &Wanted, specs: Vec<CheckSpec>, paused: bool) -> Result<(), Fault> {
    let now = cx.now();
    let calendar = Calendar::of(tx).await?;
    let existing = checks::of_instance_for_update(tx, wanted.instance).await.map_err(platform::fault)?;
    let mut by_name: BTreeMap<String, CheckRecord> = existing.into_iter().map(|check| (check.name.clone(), check)).collect();
    for spec in specs {
        let mut check = match by_name.remove(&spec.name) {
            Some(check) => check,
            None => {
                let check = new_check(cx, wanted, &spec, &calendar);
                // Its changes refer to its row.
                checks::save(tx, &check).await.map_err(platform::fault)?;
                changes::insert(tx, check.id, now, Status::Unknown).await.map_err(platform::fault)?;
                check
            }
        };
        let changed = check.spec.0 != spec || check.ended_at.is_some();
        let was_looking = !check.paused && check.ended_at.is_none();
        check.spec = Json(spec);
        check.ended_at = None;
        if paused {
            if was_looking {
                record::stop_looking(tx, &mut check, now).await?;
            }
            check.next_at = None;
        } else if changed || !was_looking || check.next_at.is_none() {
            check.next_at = Some(now);
        }
        check.paused = paused;
        checks::save(tx, &check).await.map_err(platform::fault)?;
        record::show(tx, &check);
    }
    for (_, mut check) in by_name {
        if check.ended_at.is_none() {
            record::stop_looking(tx, &mut check, now).await?;
            check.ended_at = Some(now);
            checks::save(tx, &check).await.map_err(platform::fault)?;
            record::show(tx, &check);
        }
    }
    Ok(())
}

fn new_check(cx: &Cx, wanted: &Wanted, spec: &CheckSpec, calendar: &Calendar) -> CheckRecord {
    let now = cx.now();
    let month = calendar.month_of(now);
    CheckRecord {
        tenant_id: wanted.tenant,
        id: CheckId::from_uuid(cx.new_uuid()),
        instance_id: wanted.instance,
        name: spec.name.clone(),
        spec: Json(spec.clone()),
        paused: false,
        created_at: now,
        ended_at: None,
        state: Json(CheckState::Unknown),
        status: Status::Unknown.code().to_owned(),
        status_since: now,
        last_at: None,
        response_ms: None,
        problem: None,
        detail: None,
        certificate_expires: None,
        next_at: None,
        runs: 0,
        runs_from: None,
        runs_due: None,
        open_month: month,
        freeze_at: calendar.month(month).to,
    }
}

/// How the rows differ from what the configuration says.
fn compare(wanted: &Wanted, specs: &[CheckSpec], found: &[CheckRecord]) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut differs = |what: String, expected: &str, found: &str| {
        list.push(Difference { what, gravity: Gravity::Repairable, expected: expected.to_owned(), found: found.to_owned() });
    };
    let running = |paused: bool| if paused { "paused" } else { "running" };
    let active: Vec<&CheckRecord> = found.iter().filter(|check| check.ended_at.is_none()).collect();
    for spec in specs {
        match active.iter().find(|check| check.name == spec.name) {
            None => differs(format!("check {}", spec.name), "present", "missing"),
            Some(check) if check.spec.0 != *spec => differs(format!("check {}", spec.name), "as configured", "different"),
            Some(check) if check.paused != wanted.suspended => {
                differs(format!("check {}", spec.name), running(wanted.suspended), running(check.paused));
            }
            Some(check) if !check.paused && check.next_at.is_none() => differs(format!("check {}", spec.name), "scheduled", "never"),
            Some(_) => {}
        }
    }
    for check in active {
        if !specs.iter().any(|spec| spec.name == check.name) {
            differs(format!("check {}", check.name), "missing", "present");
        }
    }
    list
}

#[async_trait]
impl Driver for UptimeDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn has_credentials(&self) -> bool {
        false
    }

    fn configuration_rule(&self) -> Option<ConfigurationRule> {
        Some(configuration::rule)
    }

    fn steps(&self, _kind: OperationKind) -> &'static [&'static str] {
        &["checks"]
    }

    async fn servers(&self, _configuration: &Value) -> Result<Vec<String>, DriverError> {
        Ok(vec![SERVER.to_owned()])
    }

    async fn observe(&self, wanted: &Wanted) -> Result<Look, DriverError> {
        let mut tx = Self::tx(&self.cx(wanted)).await?;
        let found = checks::of_instance_for_update(&mut tx, wanted.instance).await.map_err(|error| trouble(platform::fault(error)))?;
        Ok(Look {
            anything: !found.is_empty(),
            // A configuration that cannot be is the operation's to tell, not the look's.
            differences: specs(wanted).map(|specs| compare(wanted, &specs, &found)).unwrap_or_default(),
            ..Look::default()
        })
    }

    async fn create(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.sync(wanted, wanted.suspended, report).await
    }

    async fn update(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.sync(wanted, wanted.suspended, report).await
    }

    async fn suspend(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.sync(wanted, true, report).await
    }

    async fn resume(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.sync(wanted, false, report).await
    }

    async fn rotate(&self, _wanted: &Wanted, _report: &dyn Reporter) -> Result<(), DriverError> {
        Err(DriverError::permanent("provisioning.error.no_credentials", "checks have no credentials"))
    }

    async fn delete(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        report.step("checks").await?;
        let cx = self.cx(wanted);
        let sql = |error| trouble(platform::fault(error));
        // First nothing new comes, then what there is goes in portions.
        let mut tx = Self::tx(&cx).await?;
        for mut check in checks::of_instance_for_update(&mut tx, wanted.instance).await.map_err(sql)? {
            metering::flush(&mut tx, &mut check).await.map_err(trouble)?;
            check.next_at = None;
            check.paused = true;
            checks::save(&mut tx, &check).await.map_err(sql)?;
        }
        tx.commit_unaudited("part of an audited operation").await.map_err(trouble)?;
        loop {
            let mut tx = Self::tx(&cx).await?;
            let all = samples::delete_portion(&mut tx, wanted.instance).await.map_err(sql)?;
            if all {
                checks::delete_of_instance(&mut tx, wanted.instance).await.map_err(sql)?;
            }
            tx.commit_unaudited("part of an audited operation").await.map_err(trouble)?;
            if all {
                return Ok(());
            }
            report.step("checks").await?;
        }
    }

    async fn repair(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.sync(wanted, wanted.suspended, report).await
    }

    async fn measure(&self, _wanted: &Wanted) -> Result<Option<Measured>, DriverError> {
        // Probes are counted as they are made.
        Ok(None)
    }
}
