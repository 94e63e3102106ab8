//! Storage and connections over time.

use crate::{
    sheets::{LiveSheet, Span},
    words,
};
use charts::Chart;
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::view::InstanceView;

#[component]
pub fn LiveTab(sheet: LiveSheet, shown: RwSignal<InstanceView>) -> impl IntoView {
    let (id, driver) = shown.with_untracked(|service| (service.id, service.driver.clone()));
    if driver == "uptime" {
        return view! {
            <EmptyState icon=icons::LuActivity title=tr!(provisioning.live.checks_says) says=tr!(provisioning.overview.checks)>
                <LinkButton href="/monitoring">{tr!(provisioning.overview.to_monitoring)}</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let storage = sheet.storage_now.map_or_else(
        || tr!(provisioning.live.storage_none).to_string(),
        |now| tr!(provisioning.live.storage_title, value = words::bytes(now)).to_string(),
    );
    let connections = sheet.connections_most.map_or_else(
        || tr!(provisioning.live.connections_none).to_string(),
        |most| tr!(provisioning.live.connections_title, value = words::measured("connections", most)).to_string(),
    );
    let spans = Span::ALL.map(|span| {
        let label = match span {
            Span::Day => tr!(provisioning.live.day),
            Span::Week => tr!(provisioning.live.week),
            Span::Month => tr!(provisioning.live.month),
        };
        let current = (span == sheet.span).then_some("true");
        view! { <a class="btn btn-plain btn-sm" href=format!("/services/{id}?tab=live&span={}", span.code()) aria-current=current>{label}</a> }
    });
    view! {
        <Section title=tr!(provisioning.live.title) actions=view! { <nav class="cluster" aria-label=tr!(provisioning.live.span)>{spans.collect_view()}</nav> }.into_any()>
            <div class="grid gap-4 xl:grid-cols-2">
                <Card><Chart title=storage summary=tr!(provisioning.live.storage_summary) data=sheet.storage/></Card>
                <Card><Chart title=connections summary=tr!(provisioning.live.connections_summary) data=sheet.connections/></Card>
            </div>
        </Section>
    }
    .into_any()
}
