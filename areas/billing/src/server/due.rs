//! What of billing's work is due by the clock, and doing it for one organisation. Shallow: the scheduler calls these, use case by use case.

use super::{
    close_terms::close_terms,
    dun::dun,
    errors::BillingError,
    gateway::{PaymentGateway, reconcile_attempt},
    store::{accounts, attempts, subscriptions},
};
use kernel::{Fault, PaymentId, TenantId, Timestamp};
use platform::{Cx, Opened, fault};
use std::time::Duration;

/// How long after its end a term is closed: usage of its last minutes is still on its way through the queue. The
/// invoice is dated at the term's end all the same.
const COLLECTION: Duration = Duration::from_secs(600);

/// Closes all terms of one organisation that are over.
pub async fn close_terms_of(cx: &Cx, tenant: TenantId) -> Result<(), Fault> {
    close_terms(&acting_for(cx, tenant)).await.map(drop).map_err(BillingError::into_fault)
}

/// Does what dunning has in store for one organisation.
pub async fn dun_account_of(cx: &Cx, tenant: TenantId) -> Result<(), Fault> {
    dun(&acting_for(cx, tenant)).await.map(drop).map_err(BillingError::into_fault)
}

/// Asks a gateway what became of an attempt of one organisation.
pub async fn reconcile_attempt_of(cx: &Cx, gateway: &dyn PaymentGateway, tenant: TenantId, attempt: PaymentId) -> Result<(), Fault> {
    reconcile_attempt(&acting_for(cx, tenant), gateway, attempt).await.map(drop).map_err(BillingError::into_fault)
}

fn acting_for(cx: &Cx, tenant: TenantId) -> Cx {
    Cx::system(cx.platform().clone(), "billing", Some(tenant))
}

/// Tenants with terms that are over, and whose last usage has been collected, by `now`, earliest first: for
/// `close_terms_of`.
pub async fn due_terms(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(subscriptions::due(&mut tx, now.minus(COLLECTION), limit).await.map_err(fault)?)
}

/// How many terms are over by `now` whose last usage is still being collected: their invoices come with `COLLECTION`'s end.
pub async fn collecting(cx: &Cx, now: Timestamp) -> Result<i64, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(subscriptions::over_since(&mut tx, now.minus(COLLECTION), now).await.map_err(fault)?)
}

/// Tenants for whom dunning has something in store by `now`: for `dun_account_of`, after their terms are closed.
pub async fn due_dunning(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(accounts::due(&mut tx, now, limit).await.map_err(fault)?)
}

/// Payment attempts to be looked up by `now`: for `reconcile_attempt_of`.
pub async fn due_attempts(cx: &Cx, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, PaymentId)>, Opened> {
    let mut tx = cx.system_tx().await?;
    Ok(attempts::due(&mut tx, now, limit).await.map_err(fault)?)
}

/// The earliest instant at which any of billing's work is due; a simulated clock steps from one to the next.
pub async fn next_due(cx: &Cx) -> Result<Option<Timestamp>, Opened> {
    let mut tx = cx.system_tx().await?;
    let times = [
        subscriptions::next_due(&mut tx).await.map_err(fault)?.map(|end| end.plus(COLLECTION)),
        accounts::next_due(&mut tx).await.map_err(fault)?,
        attempts::next_due(&mut tx).await.map_err(fault)?,
    ];
    Ok(times.into_iter().flatten().min())
}
