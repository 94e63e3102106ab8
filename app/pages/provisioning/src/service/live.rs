//! What a service's backend uses over time; of one that watches, its checks and how fast they are answered.

use crate::{
    sheets::{LiveSheet, MeasuredSheet, Span, WatchedSheet},
    words,
};
use charts::{Chart, ResponseChart, ResponseSheet};
use kernel::InstanceId;
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::view::CheckView;
use provisioning::view::InstanceView;

#[component]
pub fn LiveTab(sheet: LiveSheet, shown: RwSignal<InstanceView>) -> impl IntoView {
    let id = shown.with_untracked(|service| service.id);
    match sheet {
        LiveSheet::Measured(sheet) => view! { <Measured id=id sheet=sheet/> }.into_any(),
        LiveSheet::Watched(sheet) => view! { <Watched id=id sheet=sheet/> }.into_any(),
    }
}

#[component]
fn Measured(id: InstanceId, sheet: MeasuredSheet) -> impl IntoView {
    let storage = sheet.storage_now.map_or_else(
        || tr!(provisioning.live.storage_none).to_string(),
        |now| tr!(provisioning.live.storage_title, value = words::bytes(now)).to_string(),
    );
    let connections = sheet.connections_most.map_or_else(
        || tr!(provisioning.live.connections_none).to_string(),
        |most| tr!(provisioning.live.connections_title, value = words::measured("connections", most)).to_string(),
    );
    view! {
        <Section title=tr!(provisioning.live.title) actions=spans(id, sheet.span)>
            <div class="grid gap-4 xl:grid-cols-2">
                <Card><Chart title=storage summary=tr!(provisioning.live.storage_summary) data=sheet.storage/></Card>
                <Card><Chart title=connections summary=tr!(provisioning.live.connections_summary) data=sheet.connections/></Card>
            </div>
        </Section>
    }
}

#[component]
fn Watched(id: InstanceId, sheet: WatchedSheet) -> impl IntoView {
    let WatchedSheet { span, drawn, more } = sheet;
    if drawn.is_empty() {
        return view! { <EmptyState icon=icons::LuActivity title=tr!(provisioning.live.no_checks) says=tr!(provisioning.live.no_checks_says)/> }.into_any();
    }
    view! {
        <Section title=tr!(provisioning.live.checks) says=tr!(provisioning.overview.checks) actions=spans(id, span)>
            <div class="grid gap-4 xl:grid-cols-2">
                {drawn.into_iter().map(|(check, response)| view! { <Watch check=check response=response/> }).collect_view()}
            </div>
            {(more > 0).then(|| view! { <p class="muted">{tr!(provisioning.live.more_checks, count = more)}</p> })}
            <p><LinkButton href="/monitoring" icon=icons::LuActivity>{tr!(provisioning.overview.to_monitoring)}</LinkButton></p>
        </Section>
    }
    .into_any()
}

/// One check: its state and its response times.
#[component]
fn Watch(check: CheckView, response: ResponseSheet) -> impl IntoView {
    let state = check.shown_state().to_owned();
    let (href, name) = (format!("/monitoring/{}", check.id), check.name);
    let took = check.response_ms.map_or_else(|| "–".to_owned(), charts::milliseconds);
    view! {
        <Card class="stack">
            <div class="cluster" data-check=name.clone()>
                <a class="link font-medium" href=href>{name.clone()}</a>
                <StatusChip state=Signal::stored(state)/>
                <span class="tabular nowrap" data-response>{took}</span>
                {check.last_at.map(|at| view! { <span class="muted"><DateTime at=at relative=true/></span> })}
            </div>
            <ResponseChart sheet=response/>
        </Card>
    }
}

/// The way to other spans.
fn spans(id: InstanceId, shown: Span) -> AnyView {
    let links = Span::ALL.map(|span| {
        let label = match span {
            Span::Day => tr!(provisioning.live.day),
            Span::Week => tr!(provisioning.live.week),
            Span::Month => tr!(provisioning.live.month),
        };
        let current = (span == shown).then_some("true");
        view! { <a class="btn btn-plain btn-sm" href=format!("/services/{id}?tab=live&span={}", span.code()) aria-current=current>{label}</a> }
    });
    view! { <nav class="cluster" aria-label=tr!(provisioning.live.span)>{links.collect_view()}</nav> }.into_any()
}
