//! What billing does when other areas say that something happened.

use super::{
    account::follow_organisation,
    change::{end_instance_subscription, follow_instance_plan},
    errors::BillingError,
    open_for_organisation,
    record_usage::{UsageEvent, UsageOutcome, record_usage},
    settings::adopt_provider,
    store::service_names,
    subscribe::start_instance_subscription,
};
use kernel::{
    Fault, InstanceId, Need, TenantId, Timestamp,
    events::{Event, Metered, identity, provisioning},
};
use platform::{Cx, fault};

/// Idempotent: events are delivered at least once and in any order.
pub async fn on_event(cx: &Cx, event: &Event) -> Result<(), Fault> {
    let acting = |tenant: TenantId| Cx::system(cx.platform().clone(), "billing", Some(tenant));
    let done = match event {
        Event::Identity(identity::Event::TenantCreated { tenant, .. }) => open_for_organisation(&acting(*tenant)).await,
        Event::Identity(identity::Event::OrganisationChanged { tenant, .. }) => follow_organisation(&acting(*tenant)).await,
        Event::Identity(identity::Event::ProviderChanged { .. }) => adopt_provider(&Cx::system(cx.platform().clone(), "billing", None)).await,
        Event::Provisioning(provisioning::Event::InstanceReady { tenant, instance, plan, name, at })
        | Event::Provisioning(provisioning::Event::InstanceRestored { tenant, instance, plan, name, at }) => {
            let cx = acting(*tenant);
            name_service(&cx, *instance, name, *at).await?;
            start_instance_subscription(&cx, *instance, *plan, *at).await.map(drop)
        }
        Event::Provisioning(provisioning::Event::InstanceRenamed { tenant, instance, name, at }) => return name_service(&acting(*tenant), *instance, name, *at).await,
        Event::Provisioning(provisioning::Event::PlanChanged { tenant, instance, to, at, .. }) => follow_instance_plan(&acting(*tenant), *instance, *to, *at).await,
        Event::Provisioning(provisioning::Event::InstanceDeleted { tenant, instance, at }) => end_instance_subscription(&acting(*tenant), *instance, *at).await,
        Event::Provisioning(provisioning::Event::OperationFailed { .. }) | Event::Billing(_) => Ok(()),
        Event::Metered(metered) => take_metered(&acting(metered.tenant), metered).await,
    };
    done.map_err(BillingError::into_fault)
}

/// How people call a service, which its lines on invoices name: the newest name told stays, in whatever order they come.
async fn name_service(cx: &Cx, instance: InstanceId, name: &str, at: Timestamp) -> Result<(), Fault> {
    if name.is_empty() {
        return Ok(());
    }
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await.map_err(|refused| BillingError::from(refused).into_fault())?;
    service_names::save(&mut tx, instance, name, at).await.map_err(fault)?;
    tx.commit_unaudited("the service's own change is in the trail").await
}

async fn take_metered(cx: &Cx, metered: &Metered) -> Result<(), BillingError> {
    let value = metered.value.parse().map_err(|_| Fault::new(format!("metered event {} has no decimal value", metered.id)))?;
    let event = UsageEvent {
        source: metered.source.clone(),
        id: metered.id.clone(),
        instance: metered.instance,
        meter: metered.meter.clone(),
        value,
        unique: None,
        at: metered.at,
    };
    match record_usage(cx, &[event]).await?.pop() {
        Some(UsageOutcome::Invalid { errors }) => Err(Fault::new(format!("metered event {} is not valid: {errors:?}", metered.id)).into()),
        Some(UsageOutcome::Conflict) => {
            tracing::warn!(event.id = %metered.id, "Metered event {} came again with another payload; the first one stands", metered.id);
            Ok(())
        }
        Some(UsageOutcome::Accepted | UsageOutcome::Duplicate | UsageOutcome::Refused { .. }) | None => Ok(()),
    }
}
