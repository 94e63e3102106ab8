//! One operation as the staff see it: progress, log with the backend's own words, retry and repair.

use super::{
    calls::{OperationSheet, operation},
    repair::{Repair, Retry},
};
use crate::{service::{Log, steps}, state_chip::StateChip, words};
use kernel::Need;
use kit::prelude::*;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// How often an operation that runs is looked at.
const LOOKS_EVERY: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct OperationPage {
    operation: Resource<Result<OperationSheet, PageError>>,
}

impl PageRoute for OperationPage {
    fn data() -> Self {
        let params = use_params_map();
        Self { operation: Resource::new(move || params.with(|params| params.get("id").unwrap_or_default()), operation) }
    }

    fn view(this: Self) -> AnyView {
        let OperationPage { operation } = this;
        let again = Callback::new(move |()| operation.refetch());
        view! { <Load resource=operation whole=true view=move |first| view! { <Operation first=first again=again/> }/> }.into_any()
    }
}

#[component]
fn Operation(first: OperationSheet, again: Callback<()>) -> impl IntoView {
    let may_operate = use_viewer().is_some_and(|viewer| viewer.may(Need::PROVIDER_OPERATE));
    let OperationSheet { organisation, service, detail } = first.clone();
    let kind = words::operation(detail.operation.kind);
    let shown = RwSignal::new(first);
    keep_looking(shown);
    let state = Memo::new(move |_| shown.with(|sheet| words::operation_state(sheet.detail.operation.state).to_owned()));
    let running = Memo::new(move |_| shown.with(|sheet| !sheet.detail.operation.state.is_over()));
    let log = Memo::new(move |_| shown.with(|sheet| sheet.detail.log.clone()));
    let ended = Memo::new(move |_| shown.with(|sheet| sheet.detail.operation.finished_at));
    let why = Memo::new(move |_| shown.with(|sheet| sheet.detail.operation.error.as_ref().map(words::message)));
    let percent = Signal::derive(move || shown.with(|sheet| u8::try_from(sheet.detail.operation.percent).unwrap_or(0)));
    let message = Signal::derive(move || shown.with(|sheet| words::message(&sheet.detail.operation.message)));
    let steps = Signal::derive(move || shown.with(|sheet| steps(&sheet.detail.operation)));
    let (began, deadline) = (detail.operation.created_at, detail.operation.deadline);
    view! {
        // Without scripting the page loads itself again while there is something to see.
        {running.get_untracked().then(|| view! { <noscript inner_html="<meta http-equiv=refresh content=3>"></noscript> })}
        <PageHeader
            title=kind
            crumbs=vec![Crumb::new(tr!(provisioning.provider.orders), "/provider/orders")]
            lead=tr!(provisioning.provider.operation_lead, service = service.name.clone(), organisation = organisation).to_string()
            aside=view! { <StateChip state=Signal::derive(move || state.get())/> }.into_any()
        >
            {may_operate.then(|| view! { <Retry shown=shown again=again/> })}
        </PageHeader>
        <div class="split">
            <div class="stack">
                <Card>
                    {move || {
                        let progress = match ended.get() {
                            Some(end) => view! { <Progress label=kind percent=percent message=message steps=steps started_at=began ended_at=end/> }.into_any(),
                            None => view! { <Progress label=kind percent=percent message=message steps=steps started_at=began/> }.into_any(),
                        };
                        progress
                    }}
                    {move || why.get().map(|why| view! { <p class="muted">{why}</p> })}
                    {move || running.get().then(|| view! {
                        <p class="muted">{tr!(provisioning.operation.gives_up, time = kit::time::date_time_text(deadline))}</p>
                    })}
                </Card>
                <Section title=tr!(provisioning.provider.log) says=tr!(provisioning.provider.log_says)>
                    <Card>{move || view! { <Log lines=log.get()/> }}</Card>
                </Section>
            </div>
            <Repair shown=shown may_operate=may_operate/>
        </div>
    }
}

/// Looks at the operation again and again until it is over.
fn keep_looking(shown: RwSignal<OperationSheet>) {
    Effect::new(move || {
        let look = move || {
            let Some((id, over)) = shown.try_with_untracked(|sheet| (sheet.detail.operation.id, sheet.detail.operation.state.is_over())) else { return };
            if over {
                return;
            }
            spawn_local(async move {
                if let Ok(fresh) = operation(id.to_string()).await {
                    shown.try_set(fresh);
                }
            });
        };
        if let Ok(timer) = set_interval_with_handle(look, LOOKS_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
}
