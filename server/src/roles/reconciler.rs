//! The reconciler: compares every instance with its backend for as long as the instance lives.

use super::{Drivers, pause};
use platform::{Cx, lease};
use provisioning::server::reconcile;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

/// Drift is seen and repaired within a minute: two rounds and the operation fit. Where more is due than one round takes, the
/// next follows at once.
const ROUND: Duration = Duration::from_secs(10);
/// One process reconciles at a time; another takes over when it was silent for this long.
const LEASE: Duration = Duration::from_secs(30);

pub async fn run(cx: Cx, drivers: Drivers, process: Uuid, stopping: CancellationToken) {
    loop {
        let more = match lease::hold(&cx, "reconciler", process, LEASE).await {
            Ok(true) => look(&cx, &drivers).await,
            Ok(false) => false,
            Err(failed) => {
                warn!("The reconciler's lease could not be asked for: {failed}");
                false
            }
        };
        if pause(&stopping, if more { Duration::ZERO } else { ROUND }).await.is_err() {
            return;
        }
    }
}

/// Looks at what is due; answers whether there may be more.
async fn look(cx: &Cx, drivers: &Drivers) -> bool {
    match reconcile::reconcile_due(cx, drivers).await {
        Ok(looked) => looked == reconcile::BATCH,
        Err(failed) => {
            warn!("Instances could not be compared with their backends: {failed}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::testing::Hub;
    use sqlx::{Connection, PgConnection};
    use std::sync::Arc;

    #[tokio::test]
    async fn more_than_one_look_takes_is_looked_at_without_a_pause() {
        let hub = Hub::start_with(4).await;
        let (system, now) = (hub.system(None), hub.clock().now());
        let mut owner = PgConnection::connect(&hub.owner_url).await.expect("answers");
        sqlx::raw_sql("ALTER TABLE provisioning.instances NO FORCE ROW LEVEL SECURITY").execute(&mut owner).await.expect("the owner may");
        sqlx::query(
            "INSERT INTO provisioning.instances
                    (tenant_id, id, name, driver, offering_id, offering_name, plan_id, plan_name, limits, configuration, order_hash, state, detail,
                     changed_at, created_at, look_at)
             SELECT $1, gen_random_uuid(), 'db ' || n, 'none', gen_random_uuid(), '{}', gen_random_uuid(), '{}', '{}', '{}', '', 'running', '{\"state\": \"running\"}',
                    $2, $2, $2
               FROM generate_series(1, $3) n",
        )
        .bind(hub.tenant())
        .bind(now)
        .bind(i32::try_from(2 * reconcile::BATCH + 1).expect("few"))
        .execute(&mut owner)
        .await
        .expect("the owner may");
        sqlx::raw_sql("ALTER TABLE provisioning.instances FORCE ROW LEVEL SECURITY").execute(&mut owner).await.expect("the owner may");

        let drivers: Drivers = Arc::new(provisioning::server::Drivers::new([]));
        let stopping = CancellationToken::new();
        let running = tokio::spawn(run(system.clone(), drivers, hub.platform.new_uuid(), stopping.clone()));
        let all = async {
            loop {
                let mut tx = system.system_tx().await.expect("opens");
                let due: i64 = sqlx::query_scalar("SELECT count(*) FROM provisioning.instances WHERE look_at <= $1").bind(now).fetch_one(&mut *tx).await.expect("reads");
                if due == 0 {
                    return;
                }
                drop(tx);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        // With a pause after each look they would take two rounds.
        tokio::time::timeout(ROUND * 3 / 2, all).await.expect("all are looked at");
        stopping.cancel();
        running.await.expect("no panic");
    }
}
