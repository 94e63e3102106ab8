//! Puts a new instance on one of its driver's servers.

use super::{
    driver::{Driver, DriverError, Wanted},
    measure::opened,
    store::placement as store,
};
use crate::placement;
use kernel::Fault;
use platform::Cx;

/// The server that keeps the instance: where it is already, or of those that answer the one with the fewest.
pub(super) async fn place(cx: &Cx, driver: &dyn Driver, wanted: &Wanted) -> Result<String, DriverError> {
    let answering = driver.servers(&wanted.configuration).await?;
    let placed = put(cx, driver.name(), wanted, &answering).await.map_err(|fault| DriverError::transient("provisioning.error.no_server", fault))?;
    placed.ok_or_else(|| DriverError::transient("provisioning.error.no_server", "the instance was not placed on a server"))
}

async fn put(cx: &Cx, driver: &str, wanted: &Wanted, answering: &[String]) -> Result<Option<String>, Fault> {
    let mut tx = cx.system_tx().await.map_err(opened)?;
    let kept = store::kept(&mut tx, driver).await.map_err(platform::fault)?;
    let Some(server) = placement::choose(answering, &kept) else { return Ok(None) };
    let placed = store::put(&mut tx, wanted.tenant, wanted.instance, server).await.map_err(platform::fault)?;
    tx.commit().await?;
    tracing::info!(instance.id = %wanted.instance, server = placed.as_deref().unwrap_or_default(), "Placed instance {} on a server", wanted.instance);
    Ok(placed)
}
