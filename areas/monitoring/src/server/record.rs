//! Writes one result down with everything that follows from it: state, change of status, incident, mails, count, open
//! pages. One transaction.

use super::{
    errors::opened,
    mails::{self, News},
    metering,
    probe::Seen,
    store::{
        changes,
        checks::{self, CheckRecord},
        incidents, maintenance, samples,
    },
};
use crate::{
    check::{CheckState, Effect, Hush, Outcome, Status, Step},
    configuration::CheckSpec,
    view::SampleView,
};
use kernel::{CheckId, Fault, IncidentId, Need, Timestamp, live::Live};
use platform::{Cx, TenantTx};
use sqlx::types::Json;

/// Nothing is written of a check that was paused, ended or given another target meanwhile, nor of a result that another
/// one has overtaken. `probed` is what was asked.
pub(super) async fn record(cx: &Cx, id: CheckId, probed: &CheckSpec, seen: Seen) -> Result<(), Fault> {
    let mut tx = cx.tenant_tx(Need::MONITORING_WRITE).await.map_err(opened)?;
    let Some(mut check) = checks::for_update(&mut tx, id).await.map_err(platform::fault)? else { return Ok(()) };
    let at = cx.now();
    if check.paused || check.ended_at.is_some() || check.spec.0 != *probed || check.last_at.is_some_and(|last| last >= at) {
        return Ok(());
    }
    let rules = check.spec.rules();
    note_gap(&mut tx, &mut check, at).await?;
    let step = check.state.after(seen.outcome, &rules);
    let new_hour = check.last_at.is_some_and(|last| hour(last) != hour(at));
    check.state = Json(step.state);
    check.last_at = Some(at);
    check.response_ms = seen.response_ms();
    check.problem = seen.problem.map(str::to_owned);
    check.detail = seen.detail.clone();
    check.certificate_expires = seen.certificate_expires.or(check.certificate_expires);
    check.next_at = Some(at.plus(step.next_after));
    enter(&mut tx, &mut check, step.state.status(), at).await?;
    metering::count(&mut tx, &mut check, at).await?;
    let sample = SampleView {
        check: id,
        at,
        status: match seen.outcome {
            Outcome::Fine => Status::Up,
            Outcome::Warns => Status::Degraded,
            Outcome::Fails => Status::Down,
        },
        response_ms: check.response_ms,
        problem: check.problem.clone(),
        detail: check.detail.clone(),
    };
    samples::insert(&mut tx, &sample).await.map_err(platform::fault)?;
    if new_hour {
        samples::prune(&mut tx, id).await.map_err(platform::fault)?;
    }
    incident(cx, &mut tx, &check, &step, at).await?;
    checks::save(&mut tx, &check).await.map_err(platform::fault)?;
    show(&mut tx, &check);
    tx.commit_unaudited("a probe's result is its own record").await
}

/// Old results go once an hour, in which fewer come than go at once.
fn hour(at: Timestamp) -> i64 {
    at.seconds().div_euclid(3600)
}

/// Opens or closes the incident, and tells people what they are to know.
async fn incident(cx: &Cx, tx: &mut TenantTx, check: &CheckRecord, step: &Step, at: Timestamp) -> Result<(), Fault> {
    if step.effects.is_empty() && step.state.status() != Status::Down {
        return Ok(());
    }
    let known = incidents::find_open(tx, check.id).await.map_err(platform::fault)?;
    for effect in &step.effects {
        match effect {
            Effect::OpenIncident => {
                let problem = check.problem.as_deref().unwrap_or("connection");
                let incident = IncidentId::from_uuid(cx.new_uuid());
                incidents::open(tx, incident, check.id, at, problem, check.detail.as_deref()).await.map_err(platform::fault)?;
            }
            Effect::CloseIncident => {
                incidents::close(tx, check.id, at).await.map_err(platform::fault)?;
            }
            Effect::TellDown | Effect::TellStillDown | Effect::TellRecovered => {}
        }
    }
    let since = known.map_or(at, |(since, _)| since);
    let windows = maintenance::windows(tx, &[check.id], at).await.map_err(platform::fault)?.remove(&check.id).unwrap_or_default();
    let hush = Hush { maintenance: windows.iter().any(|window| window.holds(at)), told: known.is_some_and(|(_, told)| told) };
    match step.news(hush) {
        Some(Effect::TellDown) => {
            if mails::tell(cx, tx, check, News::Down, since).await? {
                incidents::mark_told(tx, check.id).await.map_err(platform::fault)?;
            }
        }
        Some(Effect::TellStillDown) => {
            mails::tell(cx, tx, check, News::StillDown, since).await?;
        }
        Some(Effect::TellRecovered) => {
            mails::tell(cx, tx, check, News::Recovered { down_since: known.map(|(since, _)| since) }, at).await?;
        }
        Some(Effect::OpenIncident | Effect::CloseIncident) | None => {}
    }
    Ok(())
}

/// Between the time for which the last result spoke and now we were not looking.
pub(super) async fn note_gap(tx: &mut TenantTx, check: &mut CheckRecord, now: Timestamp) -> Result<(), Fault> {
    let until = check.known_until();
    if check.status() != Status::Unknown && until < now {
        changes::insert(tx, check.id, until, Status::Unknown).await.map_err(platform::fault)?;
        check.status = Status::Unknown.code().to_owned();
        check.status_since = until;
    }
    Ok(())
}

/// Another status from `at` on; the same one is no change.
pub(super) async fn enter(tx: &mut TenantTx, check: &mut CheckRecord, status: Status, at: Timestamp) -> Result<(), Fault> {
    if check.status() != status {
        changes::insert(tx, check.id, at, status).await.map_err(platform::fault)?;
        check.status = status.code().to_owned();
        check.status_since = at;
    }
    Ok(())
}

/// We stop looking: what was down is no longer known to be.
pub(super) async fn stop_looking(tx: &mut TenantTx, check: &mut CheckRecord, now: Timestamp) -> Result<(), Fault> {
    note_gap(tx, check, now).await?;
    enter(tx, check, Status::Unknown, now).await?;
    check.state = Json(CheckState::Unknown);
    check.next_at = None;
    incidents::close(tx, check.id, now).await.map_err(platform::fault)?;
    metering::flush(tx, check).await
}

pub(super) fn show(tx: &mut TenantTx, check: &CheckRecord) {
    tx.show(Live::Check { id: check.id, instance: check.instance_id, status: check.status.clone(), response_ms: check.response_ms });
}
