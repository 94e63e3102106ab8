//! What provisioning does when other areas say that something happened.

use super::{
    errors::ChangeError,
    store::instances,
    suspend_instance::{resume_instance, suspend_instance},
};
use crate::{commands::SuspendInstance, instance::SuspendedBy};
use kernel::{
    Fault, Need, TenantId,
    events::{Event, billing},
};
use platform::{Cx, Opened};

/// Instances of one organisation that are stopped or let go at once.
const MOST: i64 = 10_000;

/// Idempotent: an instance that already stands so is left alone. One that is busy makes the event come again.
pub async fn on_event(cx: &Cx, event: &Event) -> Result<(), Fault> {
    match event {
        Event::Billing(billing::Event::SuspensionDue { tenant, .. }) => each(cx, *tenant, true).await,
        Event::Billing(billing::Event::SuspensionLifted { tenant, .. }) => each(cx, *tenant, false).await,
        Event::Billing(_) | Event::Identity(_) | Event::Provisioning(_) | Event::Metered(_) => Ok(()),
    }
}

async fn each(cx: &Cx, tenant: TenantId, stop: bool) -> Result<(), Fault> {
    let cx = Cx::system(cx.platform().clone(), "billing", Some(tenant));
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
