//! The worker: every job and every listener of the product, by name, in one place.

use super::Drivers;
use kernel::{Denied, Fault, events::Event};
use platform::{Cx, Job, Opened, Platform, jobs::{self, Dispatch}, mail};
use serde_json::Value;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub async fn run(platform: Arc<Platform>, drivers: Drivers, stopping: CancellationToken) {
    jobs::work(platform.clone(), dispatcher(platform, drivers), stopping).await;
}

pub fn dispatcher(platform: Arc<Platform>, drivers: Drivers) -> Arc<Dispatch> {
    Arc::new(move |name, payload| {
        let cx = Cx::system(platform.clone(), "worker", None);
        let drivers = drivers.clone();
        Box::pin(async move {
            let outcome = dispatch(&cx, &drivers, &name, payload).await;
            if let Err(fault) = &outcome {
                tracing::warn!(job = name, "Job {name} is to be tried again: {fault}");
            }
            metrics_of(&name, outcome.is_ok());
            outcome
        })
    })
}

fn metrics_of(name: &str, done: bool) {
    metrics::counter!(platform::telemetry::JOBS, "job" => name.to_owned(), "outcome" => if done { "done" } else { "failed" }).increment(1);
}

/// Jobs by name.
async fn dispatch(cx: &Cx, drivers: &Drivers, name: &str, payload: Value) -> Result<(), Fault> {
    match name {
        "event" => heard(cx, &read(payload)?).await,
        provisioning::server::jobs::RunOperation::NAME => provisioning::server::jobs::handle_run_operation(cx, drivers, read(payload)?).await,
        billing::server::jobs::MailInvoice::NAME => billing::server::jobs::handle_mail_invoice(cx, read(payload)?).await,
        identity::server::jobs::MailResetLink::NAME => identity::server::jobs::handle_mail_reset_link(cx, read(payload)?).await,
        identity::server::jobs::NoteRefusedSignIn::NAME => identity::server::jobs::handle_note_refused_sign_in(cx, read(payload)?).await,
        mail::SendMail::NAME => mail::deliver(cx, read(payload)?).await.map_err(opened),
        _ => Err(Fault::new(format!("no job is called {name}"))),
    }
}

/// Listeners: who hears which area's events. Each is idempotent, since one that fails makes all be called again.
async fn heard(cx: &Cx, event: &Event) -> Result<(), Fault> {
    billing::server::handlers::on_event(cx, event).await?;
    provisioning::server::handlers::on_event(cx, event).await
}

fn read<T: serde::de::DeserializeOwned>(payload: Value) -> Result<T, Fault> {
    serde_json::from_value(payload).map_err(|error| Fault::new(format!("the job's payload cannot be read: {error}")))
}

fn opened(error: Opened) -> Fault {
    match error {
        Opened::Fault(fault) => fault,
        Opened::Denied(denied) => denied_to_system(denied),
    }
}

/// The system's context allows everything, so a refusal is a fault of ours.
fn denied_to_system(denied: Denied) -> Fault {
    Fault::new(format!("the platform itself was denied: {denied}"))
}
