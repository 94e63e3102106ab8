//! Tallies of attempts, each locked while it is counted.

use crate::attempts::Tally;
use kernel::Timestamp;
use platform::DoorTx;

/// The tally as it stands, locked until the transaction ends; made when there is none.
pub async fn lock(tx: &mut DoorTx, what: &str, subject: &str, now: Timestamp) -> sqlx::Result<Option<Tally>> {
    sqlx::query(
        "INSERT INTO identity.attempts (what, subject, count, window_start, not_before)
         VALUES ($1, $2, 0, $3, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(what)
    .bind(subject)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let row: Option<(i32, Timestamp, Timestamp)> = sqlx::query_as(
        "SELECT count,
                window_start,
                not_before
           FROM identity.attempts
          WHERE what = $1
            AND subject = $2
            FOR UPDATE",
    )
    .bind(what)
    .bind(subject)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(count, window_start, not_before)| Tally { count, window_start, not_before }))
}

pub async fn save(tx: &mut DoorTx, what: &str, subject: &str, tally: Tally) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE identity.attempts
            SET count = $3,
                window_start = $4,
                not_before = $5
          WHERE what = $1
            AND subject = $2",
    )
    .bind(what)
    .bind(subject)
    .bind(tally.count)
    .bind(tally.window_start)
    .bind(tally.not_before)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Success: the account starts anew.
pub async fn reset(tx: &mut DoorTx, what: &str, subject: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM identity.attempts WHERE what = $1 AND subject = $2").bind(what).bind(subject).execute(&mut **tx).await?;
    Ok(())
}

/// Success: this one attempt was not a guess.
pub async fn give_back(tx: &mut DoorTx, what: &str, subject: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE identity.attempts SET count = greatest(count - 1, 0) WHERE what = $1 AND subject = $2")
        .bind(what)
        .bind(subject)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete_before(tx: &mut DoorTx, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM identity.attempts WHERE window_start < $1").bind(before).execute(&mut **tx).await?.rows_affected())
}
