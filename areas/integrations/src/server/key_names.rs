//! What keys are called, for lists that know them by their ids: revoked ones keep their names.

use super::store::keys;
use kernel::{ApiKeyId, Need};
use platform::{Cx, Opened, fault};
use std::collections::HashMap;

/// Of the caller's organisation, for those who may read its trail.
pub async fn key_names(cx: &Cx, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, String>, Opened> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tx = cx.tenant_tx(Need::AUDIT_READ).await?;
    Ok(keys::names(&mut tx, ids).await.map_err(fault)?)
}

/// Of every organisation, for the provider's staff.
pub async fn key_names_for_staff(cx: &Cx, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, String>, Opened> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    Ok(keys::names(&mut tx, ids).await.map_err(fault)?)
}
