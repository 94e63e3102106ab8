//! What provisioning does when other areas say that something happened.

use super::{
    end_instance::end_instance,
    errors::ChangeError,
    follow_plan::follow_plan,
    store::instances,
    suspend_instance::{resume_instance, suspend_instance},
};
use crate::{commands::SuspendInstance, instance::SuspendedBy};
use kernel::{
    Fault, Need, TenantId,
    events::{Event, billing, billing::EndReason},
};
use platform::{Cx, Opened};

/// Instances of one organisation that are stopped or let go at once.
const MOST: i64 = 10_000;

/// Idempotent: an instance that already stands so is left alone. One that is busy makes the event come again.
pub async fn on_event(cx: &Cx, event: &Event) -> Result<(), Fault> {
    match event {
        Event::Billing(billing::Event::SuspensionDue { tenant, .. }) => each(cx, *tenant, true).await,
        Event::Billing(billing::Event::SuspensionLifted { tenant, .. }) => each(cx, *tenant, false).await,
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

async fn each(cx: &Cx, tenant: TenantId, stop: bool) -> Result<(), Fault> {
    let cx = acting(cx, tenant);
    let opened = cx.tenant_tx(Need::SERVICES_READ).await;
    let mut tx = match opened {
        Ok(tx) => tx,
        Err(Opened::Fault(fault)) => return Err(fault),
        Err(Opened::Denied(denied)) => return Err(Fault::new(format!("the platform itself was denied: {denied}"))),
    };
    let ids = instances::concerned_by_debt(&mut tx, !stop, MOST).await.map_err(platform::fault)?;
    drop(tx);
    let mut busy = 0;
    for id in ids {
        let command = SuspendInstance { id, by: SuspendedBy::Debt };
        let outcome = if stop { suspend_instance(&cx, command).await } else { resume_instance(&cx, command).await };
        match outcome {
            Ok(_) => {}
            Err(ChangeError::Busy { .. }) => busy += 1,
            // It is held by others, failed before it ran, or is gone: debt changes nothing there.
            Err(ChangeError::Held { .. } | ChangeError::WrongState { .. } | ChangeError::NotFound) => {}
            Err(ChangeError::Fault(fault)) => return Err(fault),
            Err(refused) => return Err(Fault::new(format!("instance {id} could not be stopped or resumed: {refused}"))),
        }
    }
    if busy > 0 { Err(Fault::passing(format!("{busy} instances were busy; they are asked again"))) } else { Ok(()) }
}
