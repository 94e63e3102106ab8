//! What provisioning does when other areas say that something happened.

use super::{
    end_instance::end_instance,
    errors::ChangeError,
    follow_plan::follow_plan,
    measure::opened,
    store::instances,
    suspend_instance::follow_standing,
};
use kernel::{
    Fault, Need, TenantId,
    events::{Event, billing, billing::EndReason},
};
use platform::Cx;

/// Instances of one organisation that are stopped or let go at once.
const MOST: i64 = 10_000;

/// Idempotent: an instance that already stands so is left alone. One that is busy makes the event come again.
pub async fn on_event(cx: &Cx, event: &Event) -> Result<(), Fault> {
    match event {
        Event::Billing(billing::Event::SuspensionDue { tenant, .. } | billing::Event::SuspensionLifted { tenant, .. }) => follow_debts(cx, *tenant).await,
        Event::Billing(billing::Event::SubscriptionEnded { tenant, instance: Some(instance), reason, at, .. }) => match reason {
            EndReason::Cancelled | EndReason::Unpaid => there(end_instance(&acting(cx, *tenant), *instance, *reason, *at).await),
            // The instance went first: that is why.
            EndReason::InstanceDeleted => Ok(()),
        },
        Event::Billing(billing::Event::PlanDue { tenant, instance, to, .. }) => there(follow_plan(&acting(cx, *tenant), *instance, *to).await),
        Event::Billing(
            billing::Event::InvoiceIssued { .. } | billing::Event::InvoicePaid { .. } | billing::Event::SubscriptionEnded { instance: None, .. },
        )
        | Event::Identity(_) | Event::Provisioning(_) | Event::Metered(_) => Ok(()),
    }
}

fn acting(cx: &Cx, tenant: TenantId) -> Cx {
    Cx::system(cx.platform().clone(), "billing", Some(tenant))
}

/// An instance that billing knows and that is not here has nothing to follow with.
fn there(outcome: Result<(), ChangeError>) -> Result<(), Fault> {
    match outcome {
        Err(ChangeError::NotFound) => Ok(()),
        outcome => outcome.map_err(ChangeError::into_fault),
    }
}

/// Each instance stops or runs as billing stands now, not as it stood when the event was written: one that was busy makes
/// the event come again, and a payment may have come between.
async fn follow_debts(cx: &Cx, tenant: TenantId) -> Result<(), Fault> {
    let cx = acting(cx, tenant);
    let ids = {
        let mut tx = cx.tenant_tx(Need::SERVICES_READ).await.map_err(opened)?;
        let stop = ::billing::server::debts_stop_services(&mut tx).await?;
        instances::held_for_debt(&mut tx, !stop, MOST).await.map_err(platform::fault)?
    };
    let mut busy = 0;
    for id in ids {
        match follow_standing(&cx, id).await {
            Ok(()) => {}
            Err(ChangeError::Busy { .. }) => busy += 1,
            Err(ChangeError::Fault(fault)) => return Err(fault),
            Err(refused) => return Err(Fault::new(format!("instance {id} could not be stopped or resumed: {refused}"))),
        }
    }
    if busy > 0 { Err(Fault::passing(format!("{busy} instances were busy; they are asked again"))) } else { Ok(()) }
}
