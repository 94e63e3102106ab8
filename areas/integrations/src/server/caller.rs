//! From the Authorization header of a request to who asks.

use super::{api_keys::hash, store::keys};
use crate::{api_key, rate_limit};
use kernel::Denied;
use platform::{Actor, Cx, Opened, fault};
use std::time::Duration;

/// How exactly the last use of a key is known.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// The request as its key, and how many requests a minute the key may make.
#[derive(Clone)]
pub struct KeyCaller {
    pub cx: Cx,
    pub per_minute: u32,
}

/// Unknown, revoked and expired keys, and those of closed organisations, are one and the same.
pub async fn caller_from_key(nobody: Cx, secret: &str) -> Result<KeyCaller, Opened> {
    if !api_key::is_shaped(secret) {
        return Err(Denied::SignedOut.into());
    }
    let mut tx = nobody.door_tx().await?;
    let key = keys::find_working(&mut tx, &hash(secret)).await.map_err(fault)?.ok_or(Denied::SignedOut)?;
    let allowed = identity::server::requests_at_door(&mut tx, key.tenant_id).await?.ok_or(Denied::SignedOut)?;
    let now = tx.now();
    if key.last_used_at.is_none_or(|at| now.since(at) >= SEEN_EVERY) {
        keys::save_used(&mut tx, key.tenant_id, key.id, nobody.address()).await.map_err(fault)?;
    }
    tx.commit().await?;
    let permissions = api_key::permissions(key.scopes.iter().map(String::as_str));
    Ok(KeyCaller { cx: nobody.signed_in(Actor::Key { id: key.id }, Some(key.tenant_id), permissions), per_minute: rate_limit::per_minute(allowed.per_minute) })
}
