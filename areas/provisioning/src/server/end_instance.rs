//! Takes an instance out of use because its subscription is over: nobody pays for it any more.

use super::{
    change,
    delete_instance::take_out_of_use,
    errors::ChangeError,
    store::operations,
};
use crate::{operation::Message, view::LogLevel};
use kernel::{InstanceId, Need, Timestamp, events::billing::EndReason};
use platform::Cx;
use serde_json::json;

/// As a deletion: what it holds is kept for the grace period. `at` is when the subscription ended. Idempotent; an
/// instance that came back since is charged for by another subscription and stays.
pub(super) async fn end_instance(cx: &Cx, id: InstanceId, reason: EndReason, at: Timestamp) -> Result<(), ChangeError> {
    let mut tx = cx.tenant_tx(Need::SERVICES_WRITE).await?;
    let instance = change::locked(&mut tx, id).await?;
    if operations::restored_since(&mut tx, id, at).await? {
        return Ok(());
    }
    let Some((instance, operation)) = take_out_of_use(cx, &mut tx, &instance, at).await? else { return Ok(()) };
    let line = Message::new("provisioning.log.subscription_ended").with("reason", reason.code());
    operations::log(&mut tx, operation, LogLevel::Warning, &line, None).await?;
    tx.audit("provisioning.instance.ended", id, json!({"reason": reason, "kept_until": instance.keep_until}));
    tx.commit().await?;
    tracing::info!(instance.id = %id, reason = reason.code(), "The subscription of instance {id} is over: it is taken out of use");
    Ok(())
}
