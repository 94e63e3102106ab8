//! Which copies of the program run.

use crate::view::ProcessView;
use sqlx::PgConnection;

/// Seconds after which a copy that says nothing is taken as gone. Real time: its life has nothing to do with the business clock.
const GONE_AFTER: f64 = 30.0;
/// Copies shown.
const MOST: i64 = 100;

pub async fn alive(connection: &mut PgConnection) -> sqlx::Result<Vec<ProcessView>> {
    sqlx::query_as(
        "SELECT roles,
                address,
                version,
                started_at,
                seen_at
           FROM hub.processes
          WHERE seen_at > now() - make_interval(secs => $1)
          ORDER BY started_at
          LIMIT $2",
    )
    .bind(GONE_AFTER)
    .bind(MOST)
    .fetch_all(connection)
    .await
}
