//! What the staff decide about an operation that gave up and a backend that differs.

use super::calls::{OperationSheet, Repair as RepairAction, Retry as RetryAction};
use crate::{state_chip::StateChip, words};
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::{instance::InstanceState, operation::OperationKind, plan::Gravity, view::InstanceView};

/// Offers another try where the operation takes one.
#[component]
pub fn Retry(shown: RwSignal<OperationSheet>, again: Callback<()>) -> impl IntoView {
    let action = ServerAction::<RetryAction>::new();
    let can_retry = Memo::new(move |_| shown.with(|sheet| sheet.detail.operation.can_retry));
    Effect::new(move || {
        if action.value().with(|answer| matches!(answer, Some(Ok(())))) {
            again.run(());
        }
    });
    move || {
        can_retry.get().then(|| view! {
            <Form action=action>
                <input type="hidden" name="id" value=shown.with_untracked(|sheet| sheet.detail.operation.id.to_string())/>
                <SubmitButton icon=icons::LuRotateCw>{tr!(provisioning.provider.retry)}</SubmitButton>
            </Form>
        })
    }
}

/// The service as it is now, how its backend differs, and the two ways to set it right.
#[component]
pub fn Repair(shown: RwSignal<OperationSheet>, may_operate: bool) -> impl IntoView {
    let service = Memo::new(move |_| shown.with(|sheet| sheet.service.clone()));
    let operation = shown.with_untracked(|sheet| sheet.detail.operation.id.to_string());
    let action = ServerAction::<RepairAction>::new();
    move || {
        let service = service.get();
        let repairable = may_operate && takes_repair(&service.state);
        let lost = service.drift.iter().any(|difference| difference.gravity == Gravity::DataLoss) || matches!(service.state, InstanceState::Failed { kind: OperationKind::Repair, .. });
        let (plain, operation) = (operation.clone(), operation.clone());
        view! {
            <div class="stack">
                <Service service=service/>
                {repairable.then(|| view! {
                    <Section title=tr!(provisioning.provider.repair_title)>
                        <Card class="stack">
                            <p class="muted">{tr!(provisioning.provider.keep_loss_says)}</p>
                            <Form action=action>
                                <input type="hidden" name="id" value=plain/>
                                <SubmitButton kind=ButtonKind::Plain name="choice" value="keep_loss">{tr!(provisioning.provider.keep_loss)}</SubmitButton>
                            </Form>
                            {lost.then(move || view! {
                                <div>
                                    <Confirm id="recreate" label=tr!(provisioning.provider.recreate) kind=ButtonKind::Danger
                                        title=tr!(provisioning.provider.recreate) says=tr!(provisioning.provider.recreate_says)>
                                        <Form action=action quiet=true>
                                            <input type="hidden" name="id" value=operation.clone()/>
                                            <SubmitButton kind=ButtonKind::Danger name="choice" value="recreate_empty">{tr!(provisioning.provider.recreate_confirm)}</SubmitButton>
                                        </Form>
                                    </Confirm>
                                </div>
                            })}
                        </Card>
                    </Section>
                })}
            </div>
        }
    }
}

/// Whether a repair may begin now.
fn takes_repair(state: &InstanceState) -> bool {
    match state {
        InstanceState::Running | InstanceState::Suspended { .. } => true,
        InstanceState::Failed { kind, .. } => matches!(kind, OperationKind::Suspend | OperationKind::Resume | OperationKind::Restore | OperationKind::Repair),
        InstanceState::Creating { .. }
        | InstanceState::Updating { .. }
        | InstanceState::Suspending { .. }
        | InstanceState::Resuming { .. }
        | InstanceState::Deleting { .. }
        | InstanceState::Grace { .. }
        | InstanceState::Deleted { .. } => false,
    }
}

#[component]
fn Service(service: InstanceView) -> impl IntoView {
    let language = i18n::language();
    let drift = service.drift.clone();
    view! {
        <Section title=tr!(provisioning.provider.service)>
            <Card class="stack">
                <KeyValues>
                    <KeyValue name=tr!(common.state)><StateChip state=Signal::stored(service.state.code().to_owned())/></KeyValue>
                    <KeyValue name=tr!(common.service)>{service.offering_name.get(language).to_owned()}</KeyValue>
                    <KeyValue name=tr!(common.plan)>{service.plan_name.get(language).to_owned()}</KeyValue>
                    <KeyValue name=tr!(provisioning.overview.id)><span class="mono text-xs">{service.id.to_string()}</span></KeyValue>
                    {service.seen_at.map(|at| view! { <KeyValue name=tr!(provisioning.overview.looked)><DateTime at=at/></KeyValue> })}
                </KeyValues>
                {(!drift.is_empty()).then(|| view! {
                    <Callout tone=Tone::Warn title=tr!(provisioning.drift.title)>
                        <ul class="mono text-xs">{drift.iter().map(|difference| view! { <li>{words::difference(difference)}</li> }).collect_view()}</ul>
                    </Callout>
                })}
            </Card>
        </Section>
    }
}
