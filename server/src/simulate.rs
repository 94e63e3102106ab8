//! The simulated clock of an installation: kept in the database, moved step by step so that everything that falls due
//! on the way happens at its own moment.

use crate::{
    roles::{Drivers, scheduler, worker},
    seed,
};
use kernel::{Fault, Timestamp};
use platform::{Cx, Opened, fault, jobs::Queue, live};
use serde_json::json;
use std::time::Duration;

/// Steps of one advance; a schedule that never moves on would otherwise keep it going for ever.
const STEP_LIMIT: usize = 20_000;
/// Rounds of "do what is due, run the jobs that came of it" at one moment.
const ROUND_LIMIT: usize = 50;
/// The longest stretch in one step. What is measured is split by days whatever the step, so this only bounds how much
/// one measure covers.
const LONGEST_STEP: Duration = Duration::from_secs(31 * 24 * 3600);

/// The offset that the installation's clock stands at, in microseconds.
pub async fn kept_offset(cx: &Cx) -> Result<i64, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(sqlx::query_scalar("SELECT offset_micros FROM hub.clock").fetch_one(&mut *tx).await.map_err(fault)?)
}

/// By which clock the installation is served: `"real"` for good once it was, or `"simulated"`.
const SERVED_BY: &str = "served_by_clock";
const REAL: &str = "real";
const SIMULATED: &str = "simulated";

/// Notes by which clock this process serves, and refuses the simulated one where the real one has served: what an
/// environment says does not make a real installation one whose time can be moved. The error is a sentence for the terminal.
pub async fn note_clock(cx: &Cx) -> Result<(), String> {
    if !cx.config().clock_simulated {
        return seed::keep(cx, SERVED_BY, json!(REAL)).await;
    }
    if !seed::remember(cx, SERVED_BY, json!(SIMULATED)).await? && seed::fact(cx, SERVED_BY).await? == Some(json!(REAL)) {
        return Err("HUB_CLOCK is simulated, and this installation was served by the real clock: leave HUB_CLOCK out to serve it, or begin another one with a new HUB_DATA (with a new database, where DATABASE_URL is set)".to_owned());
    }
    Ok(())
}

/// What the clock of an installation that is served by the simulated one shows; none of another's, or where none is known.
pub async fn shown(connection: &mut sqlx::PgConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    let offset = "SELECT offset_micros FROM hub.clock WHERE EXISTS (SELECT FROM hub.facts WHERE name = $1 AND value = $2)";
    let offset: Option<i64> = sqlx::query_scalar(offset).bind(SERVED_BY).bind(json!(SIMULATED)).fetch_optional(connection).await?;
    Ok(offset.map(|offset| platform::Clock::simulated(offset).now()))
}

/// Why the clock was not moved, as a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    #[error("the clock is real: start the server and this command with HUB_CLOCK=simulated to move it")]
    Real,
    #[error("this installation was served by the real clock, so its time is not moved: a demo or a test is served with HUB_CLOCK=simulated from its first start on")]
    ServedByReal,
    #[error("the clock stands at {now}, after {to}: it only moves forward")]
    Backward { now: Timestamp, to: Timestamp },
    #[error("after {STEP_LIMIT} steps the clock stands at {0}: run the command again to go on")]
    TooManySteps(Timestamp),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Opened> for AdvanceError {
    fn from(error: Opened) -> Self {
        match error {
            Opened::Fault(fault) => Self::Fault(fault),
            Opened::Denied(denied) => Self::Fault(Fault::new(denied.to_string())),
        }
    }
}

/// Moves the clock to `to`, stopping at every moment at which something falls due.
pub async fn advance(cx: &Cx, drivers: &Drivers, to: Timestamp) -> Result<Timestamp, AdvanceError> {
    let clock = &cx.platform().clock;
    if !clock.is_simulated() {
        return Err(AdvanceError::Real);
    }
    if cx.config().clock_simulated && seed::fact(cx, SERVED_BY).await.map_err(Fault::new)? == Some(json!(REAL)) {
        return Err(AdvanceError::ServedByReal);
    }
    let now = clock.now();
    if to < now {
        return Err(AdvanceError::Backward { now, to });
    }
    let queue = Queue::open(cx.platform(), worker::dispatcher(cx.platform().clone(), drivers.clone())).await?;
    settle(cx, drivers, &queue).await?;
    for _ in 0..STEP_LIMIT {
        let now = clock.now();
        if now >= to {
            return Ok(now);
        }
        let next = scheduler::next_due(cx).await?.filter(|due| *due > now).unwrap_or(to);
        move_to(cx, next.min(to).min(now.plus(LONGEST_STEP))).await?;
        settle(cx, drivers, &queue).await?;
    }
    Err(AdvanceError::TooManySteps(clock.now()))
}

/// Does everything that is due now, and the jobs that come of it, until nothing is. What was used reaches billing before
/// its period closes.
async fn settle(cx: &Cx, drivers: &Drivers, queue: &Queue) -> Result<(), AdvanceError> {
    for _ in 0..ROUND_LIMIT {
        let measured = scheduler::measure(cx, drivers).await?;
        queue.drain().await?;
        let closed = scheduler::close(cx).await?;
        queue.drain().await?;
        if measured + closed == 0 {
            break;
        }
    }
    Ok(())
}

async fn move_to(cx: &Cx, to: Timestamp) -> Result<(), AdvanceError> {
    let offset = cx.platform().clock.set(to);
    if !cx.config().clock_simulated {
        // A clock of its own, as the demo's history has: nobody else's moves with it.
        return Ok(());
    }
    let mut tx = cx.system_tx().await?;
    sqlx::query("UPDATE hub.clock SET offset_micros = $1, changed_at = now()").bind(offset).execute(&mut *tx).await.map_err(fault)?;
    live::notify_clock(&mut tx, offset).await?;
    tx.commit().await?;
    Ok(())
}

/// A moment as the command line takes it: `30d`, `12h`, or a time like 2026-12-31T00:00:00Z.
pub fn parse_target(now: Timestamp, text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("`{text}` is neither a stretch like 30d or 12h nor a time like 2026-12-31T00:00:00Z");
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(date) = text.parse::<kernel::Date>() {
        return Ok(Timestamp::from_seconds(date.days() * 86_400));
    }
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).filter(|seconds| *seconds <= 20 * 366 * 86_400).map(|seconds| now.plus(Duration::from_secs(seconds))).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::{Clock, Config, Platform, http::Http, live::LiveHub, secrets::Secrets, testing::Hub};
    use std::{collections::BTreeMap, sync::Arc};
    use tokio_util::sync::CancellationToken;

    /// A process of its own on the hub's database.
    fn process(hub: &Hub, clock: &str) -> Cx {
        let config = Config::from_vars(BTreeMap::from([("HUB_CLOCK".to_owned(), clock.to_owned())])).expect("good settings");
        let db = hub.platform.db.clone();
        let platform = Platform::new(db, Clock::simulated(0), config, Secrets::from_key([7; 32]), Http::new(), LiveHub::new(CancellationToken::new()));
        Cx::system(platform, "serve", None)
    }

    #[tokio::test]
    async fn what_was_served_by_the_real_clock_stays_so() {
        let hub = Hub::start().await;
        let (real, simulated) = (process(&hub, "real"), process(&hub, "simulated"));
        let drivers: Drivers = Arc::new(provisioning::server::Drivers::new([]));
        note_clock(&simulated).await.expect("a demo or a test begins");
        note_clock(&simulated).await.expect("and goes on");
        let soon = || simulated.now().plus(Duration::from_secs(60));
        advance(&simulated, &drivers, soon()).await.expect("its time is moved");

        note_clock(&real).await.expect("it is served for good");
        for _ in 0..2 {
            let refused = note_clock(&simulated).await.expect_err("its time is everybody's by now");
            assert!(refused.contains("was served by the real clock") && refused.contains("HUB_DATA"), "{refused}");
            assert!(matches!(advance(&simulated, &drivers, soon()).await, Err(AdvanceError::ServedByReal)), "who is refused changes nothing");
        }
        note_clock(&real).await.expect("it is served again");
    }

    #[test]
    fn reads_stretches_and_moments() {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().expect("a time");
        let target = |text| parse_target(now, text).map(|time| time.to_string());
        assert_eq!(target("30d").as_deref(), Ok("2026-03-02T12:00:00Z"));
        assert_eq!(target("12h").as_deref(), Ok("2026-02-01T00:00:00Z"));
        assert_eq!(target("2026-12-31T00:00:00+07:00").as_deref(), Ok("2026-12-30T17:00:00Z"));
        assert_eq!(target("2026-12-31").as_deref(), Ok("2026-12-31T00:00:00Z"));
        for text in ["", "d", "30", "-1d", "30y", "99999999999w", "ü"] {
            assert!(target(text).is_err(), "{text}");
        }
    }
}
