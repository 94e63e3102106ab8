//! What is being done to a service, step by step, and what stands in its way.

use super::Acts;
use crate::words;
use kernel::Need;
use kit::{prelude::*, progress};
use leptos::prelude::*;
use provisioning::{
    instance::InstanceState,
    operation::{OperationState, StepState as State},
    plan::Gravity,
    view::{InstanceView, OperationView, OverQuota},
};

#[component]
pub fn UnderWay(shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    // The box is made anew for another operation only: within one, its parts follow.
    let running = Memo::new(move |_| {
        shown.with(|service| service.operation.as_ref().filter(|operation| !operation.state.is_over()).map(|operation| operation.id))
    });
    let gave_up = Memo::new(move |_| shown.with(|service| service.operation.clone().filter(|operation| operation.state == OperationState::Failed)));
    let held = Memo::new(move |_| shown.with(|service| service.state.clone()));
    let drift = Memo::new(move |_| shown.with(|service| service.drift.clone()));
    let quota = Memo::new(move |_| shown.with(|service| (service.over_quota, service.id)));
    let may_retry = use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE));
    view! {
        {move || running.get().map(|_| view! { <Running shown=shown/> })}
        {move || gave_up.get().map(|operation| view! { <GaveUp operation=operation acts=acts may_retry=may_retry/> })}
        {move || match held.get() {
            InstanceState::Suspended { by } => Some(view! {
                <Callout tone=Tone::Warn title=tr!(provisioning.held.title)>
                    <ul>{by.iter().map(|by| view! { <li>{words::held(*by)}</li> }).collect_view()}</ul>
                    {by.contains(&provisioning::instance::SuspendedBy::Debt).then(|| view! { <a class="link" href="/billing">{tr!(provisioning.held.to_billing)}</a> })}
                </Callout>
            }),
            _ => None,
        }}
        {move || {
            let drift = drift.get();
            let lost = drift.iter().any(|difference| difference.gravity == Gravity::DataLoss);
            let (tone, title, says) = if lost {
                (Tone::Bad, tr!(provisioning.drift.lost_title), tr!(provisioning.drift.lost))
            } else {
                (Tone::Warn, tr!(provisioning.drift.title), tr!(provisioning.drift.repaired))
            };
            (!drift.is_empty()).then(|| view! {
                <Callout tone=tone title=title>
                    <p>{says}</p>
                    <ul class="mono text-xs">{drift.iter().map(|difference| view! { <li>{words::difference(difference)}</li> }).collect_view()}</ul>
                </Callout>
            })
        }}
        {move || over_quota(quota.get())}
    }
}

fn over_quota((over, id): (OverQuota, kernel::InstanceId)) -> Option<impl IntoView> {
    let (tone, title, says) = match over {
        OverQuota::No => return None,
        OverQuota::Warned => (Tone::Warn, tr!(provisioning.quota.warned_title), tr!(provisioning.quota.warned)),
        OverQuota::ReadOnly => (Tone::Bad, tr!(provisioning.quota.read_only_title), tr!(provisioning.quota.read_only)),
    };
    Some(view! {
        <Callout tone=tone title=title>
            <p>{says}</p>
            <a class="link" href=format!("/services/{id}?tab=configuration")>{tr!(provisioning.quota.change)}</a>
        </Callout>
    })
}

#[component]
fn Running(shown: RwSignal<InstanceView>) -> impl IntoView {
    let now = move |read: fn(&OperationView) -> String| Signal::derive(move || shown.with(|service| service.operation.as_ref().map(read).unwrap_or_default()));
    let percent = Signal::derive(move || shown.with(|service| service.operation.as_ref().map_or(0, |operation| u8::try_from(operation.percent).unwrap_or(0))));
    let steps = Signal::derive(move || shown.with(|service| service.operation.as_ref().map(steps).unwrap_or_default()));
    let why = Memo::new(move |_| shown.with(|service| service.operation.as_ref().and_then(|operation| operation.error.as_ref().map(words::message))));
    let first = shown.with_untracked(|service| service.operation.clone());
    first.map(|operation| view! {
        <Card>
            <Progress
                label=words::operation(operation.kind)
                percent=percent
                message=now(|operation| words::message(&operation.message))
                steps=steps
                started_at=operation.created_at
            />
            {move || why.get().map(|why| view! { <p class="muted">{tr!(provisioning.operation.still_tries, why = why)}</p> })}
        </Card>
    })
}

/// The steps of an operation as the kit shows them.
pub fn steps(operation: &OperationView) -> Vec<progress::Step> {
    operation
        .steps
        .iter()
        .map(|step| {
            let state = match step.state {
                State::Waiting => StepState::Waiting,
                State::Running => StepState::Running,
                State::Done => StepState::Done,
                State::Failed => StepState::Failed,
            };
            progress::Step::new(words::step(&step.name), state)
        })
        .collect()
}

#[component]
fn GaveUp(operation: OperationView, acts: Acts, may_retry: bool) -> impl IntoView {
    let why = operation.error.as_ref().map(words::message).unwrap_or_default();
    view! {
        <Callout tone=Tone::Bad title=tr!(provisioning.operation.failed_title, what = words::operation(operation.kind))>
            <p>{why}</p>
            {(may_retry && operation.can_retry).then(|| view! {
                <Form action=acts.retry quiet=true>
                    <input type="hidden" name="operation" value=operation.id.to_string()/>
                    <SubmitButton kind=ButtonKind::Plain icon=icons::LuRotateCw>{tr!(provisioning.operation.retry)}</SubmitButton>
                </Form>
            })}
        </Callout>
    }
}
