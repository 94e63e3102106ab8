//! What the scheduler does for this area.

use crate::{server::store, session::KEPT_FOR};
use platform::{Cx, Opened, fault};

/// Once a day: forgets sessions, links and tallies that have not worked for a month. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<(), Opened> {
    let before = cx.now().minus(KEPT_FOR);
    let mut tx = cx.door_tx().await?;
    let sessions = store::sessions::delete_before(&mut tx, before).await.map_err(fault)?;
    let links = store::tokens::delete_before(&mut tx, before).await.map_err(fault)?;
    let tallies = store::attempts::delete_before(&mut tx, before).await.map_err(fault)?;
    tx.commit().await?;
    tracing::info!(sessions, links, tallies, "Forgot {sessions} old sessions, {links} links and {tallies} tallies");
    Ok(())
}
