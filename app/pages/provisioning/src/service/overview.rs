//! What a service is, where it is reached, what it may use and what it uses now.

use crate::words;
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::view::{InstanceView, MeasureView};

#[component]
pub fn Overview(shown: RwSignal<InstanceView>) -> impl IntoView {
    let measures = Memo::new(move |_| shown.with(|service| service.measures.clone()));
    let endpoint = Memo::new(move |_| shown.with(|service| service.endpoint.clone()));
    let driver = shown.with_untracked(|service| service.driver.clone());
    let checks = driver == "uptime";
    view! {
        <div class="split">
            <div class="stack">
                {move || (!endpoint.with(|endpoint| endpoint.is_empty())).then(|| view! { <Endpoint parts=endpoint.get().into_iter().collect()/> })}
                {if checks {
                    view! {
                        <Section title=tr!(provisioning.tabs.live) says=tr!(provisioning.overview.checks)>
                            <p><LinkButton href="/monitoring" icon=icons::LuActivity>{tr!(provisioning.overview.to_monitoring)}</LinkButton></p>
                        </Section>
                    }
                    .into_any()
                } else {
                    view! { <Section title=tr!(provisioning.overview.measured)>{move || measured(measures.get())}</Section> }.into_any()
                }}
            </div>
            <div class="stack">
                <About shown=shown/>
                <Limits shown=shown/>
            </div>
        </div>
    }
}

fn measured(measures: Vec<MeasureView>) -> AnyView {
    if measures.is_empty() {
        return view! { <p class="muted">{tr!(provisioning.overview.not_measured)}</p> }.into_any();
    }
    view! {
        <Card class="stack">
            {measures.into_iter().map(|measure| {
                let (label, used) = (words::meter(&measure.meter), words::measured(&measure.meter, measure.value));
                match measure.limit {
                    Some(limit) => {
                        let text = tr!(provisioning.overview.of, used = used, limit = words::measured(&measure.meter, limit)).to_string();
                        view! { <Meter label=label text=text used=measure.value as f64 limit=limit as f64/> }.into_any()
                    }
                    None => view! { <p>{label}": "<span class="tabular">{used}</span></p> }.into_any(),
                }
            }).collect_view()}
        </Card>
    }
    .into_any()
}

#[component]
fn Endpoint(parts: Vec<(String, String)>) -> impl IntoView {
    const ORDER: [&str; 4] = ["host", "port", "database", "user"];
    let mut parts = parts;
    parts.sort_by_key(|(name, _)| ORDER.iter().position(|known| known == name).unwrap_or(ORDER.len()));
    view! {
        <Section title=tr!(provisioning.overview.endpoint) says=tr!(provisioning.overview.endpoint_says)>
            <Card>
                <KeyValues>
                    {parts.into_iter().map(|(name, value)| {
                        let name = words::endpoint(&name);
                        view! { <KeyValue name=name.clone()><span class="cluster"><span class="mono">{value.clone()}</span><CopyButton text=value what=name/></span></KeyValue> }
                    }).collect_view()}
                </KeyValues>
            </Card>
        </Section>
    }
}

#[component]
fn About(shown: RwSignal<InstanceView>) -> impl IntoView {
    let language = i18n::language();
    let plan = Memo::new(move |_| shown.with(|service| service.plan_name.get(language).to_owned()));
    let ready = Memo::new(move |_| shown.with(|service| service.ready_at));
    let seen = Memo::new(move |_| shown.with(|service| service.seen_at));
    let (id, offering, created) = shown.with_untracked(|service| (service.id.to_string(), service.offering_name.get(language).to_owned(), service.created_at));
    view! {
        <Section title=tr!(provisioning.overview.about)>
            <Card>
                <KeyValues>
                    <KeyValue name=tr!(provisioning.overview.offering)>{offering}</KeyValue>
                    <KeyValue name=tr!(common.plan)>{move || plan.get()}</KeyValue>
                    <KeyValue name=tr!(common.created)><DateTime at=created/></KeyValue>
                    {move || ready.get().map(|at| view! { <KeyValue name=tr!(provisioning.overview.ready)><DateTime at=at/></KeyValue> })}
                    {move || seen.get().map(|at| view! { <KeyValue name=tr!(provisioning.overview.looked)><DateTime at=at relative=true/></KeyValue> })}
                    <KeyValue name=tr!(provisioning.overview.id)><span class="mono text-xs" data-id>{id}</span></KeyValue>
                </KeyValues>
            </Card>
        </Section>
    }
}

#[component]
fn Limits(shown: RwSignal<InstanceView>) -> impl IntoView {
    let limits = Memo::new(move |_| shown.with(|service| service.limits.clone()));
    view! {
        <Section title=tr!(provisioning.overview.limits)>
            <Card>
                <KeyValues>
                    {move || limits.get().into_iter().map(|(name, limit)| {
                        let (label, value) = words::limit(&name, limit);
                        view! { <KeyValue name=label><span class="tabular">{value}</span></KeyValue> }
                    }).collect_view()}
                </KeyValues>
            </Card>
        </Section>
    }
}
