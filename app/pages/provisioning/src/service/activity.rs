//! What was done to a service: every operation with its steps and log.

use super::steps;
use crate::{sheets::ActivitySheet, state_chip::StateChip, words};
use kernel::Need;
use kit::{prelude::*, progress::Steps};
use leptos::prelude::*;
use provisioning::view::{LogLevel, LogLine, OperationDetail};

#[component]
pub fn Activity(sheet: ActivitySheet) -> impl IntoView {
    if sheet.operations.is_empty() {
        return view! { <EmptyState icon=icons::LuHistory title=tr!(provisioning.activity.none) says=tr!(provisioning.activity.none_says)/> }.into_any();
    }
    let all = use_viewer().filter(|viewer| viewer.may(Need::AUDIT_READ)).map(|_| view! { <a class="link" href="/activity">{tr!(provisioning.activity.all)}</a> });
    view! {
        <Section title=tr!(provisioning.activity.title) says=tr!(provisioning.activity.says) actions=all.into_any()>
            <ol class="stack">
                {sheet.operations.into_iter().map(|detail| view! { <li><Operation detail=detail/></li> }).collect_view()}
            </ol>
        </Section>
    }
    .into_any()
}

#[component]
fn Operation(detail: OperationDetail) -> impl IntoView {
    let OperationDetail { operation, log } = detail;
    let state = words::operation_state(operation.state).to_owned();
    let why = operation.error.as_ref().filter(|_| operation.state != provisioning::operation::OperationState::Succeeded).map(words::message);
    view! {
        <Card class="stack">
            <div class="cluster">
                <h3 class="section-title">{words::operation(operation.kind)}</h3>
                <StateChip state=Signal::stored(state)/>
                {(operation.attempt > 1).then(|| view! { <span class="muted">{tr!(provisioning.operation.attempt, number = operation.attempt)}</span> })}
                <span class="muted"><DateTime at=operation.created_at/></span>
                {operation.finished_at.map(|end| view! { <span class="muted"><Elapsed from=operation.created_at to=end/></span> })}
            </div>
            {why.map(|why| view! { <p>{why}</p> })}
            <details>
                <summary>{tr!(provisioning.activity.log)}</summary>
                <div class="split">
                    <Log lines=log/>
                    <Steps steps=steps(&operation)/>
                </div>
            </details>
        </Card>
    }
}

/// Lines in the order in which they were written; `detail` is there for staff only.
#[component]
pub fn Log(lines: Vec<LogLine>) -> impl IntoView {
    view! {
        <ol class="stack text-xs" data-log>
            {lines.into_iter().map(|line| {
                let tone = match line.level {
                    LogLevel::Info => "",
                    LogLevel::Warning => "tone-warn",
                    LogLevel::Error => "tone-bad",
                };
                view! {
                    <li class=format!("log-line {tone}")>
                        <span class="muted"><DateTime at=line.at/></span>" "
                        <span>{words::message(&line.message)}</span>
                        {line.detail.map(|detail| view! { <code class="mono block overflow-x-auto">{detail}</code> })}
                    </li>
                }
            }).collect_view()}
        </ol>
    }
}
