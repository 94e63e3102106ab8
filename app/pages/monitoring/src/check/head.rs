//! Name and state of a check, and what it watches.

use crate::{incidents::Problem, words};
use kernel::Timestamp;
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::{check::Status, view::CheckView};

/// A certificate with fewer days left is worth a look whatever the check warns at.
const FEW_DAYS: u64 = 14;

#[component]
pub fn Head(check: CheckView) -> impl IntoView {
    let state = check.shown_state().to_owned();
    let lead = format!("{} · {}", words::kind(&check.kind), check.target);
    let aside = view! { <span role="status" data-status><StatusChip state=Signal::stored(state)/></span> };
    let trouble = check.problem.clone().filter(|_| !check.paused && matches!(check.status, Status::Down | Status::Degraded));
    let tone = if check.status == Status::Down { Tone::Bad } else { Tone::Warn };
    let title = if check.status == Status::Down { tr!(monitoring.now.down) } else { tr!(monitoring.now.degraded) };
    view! {
        <PageHeader title=check.name crumbs=vec![Crumb::new(tr!(monitoring.title), "/monitoring")] lead=lead aside=aside.into_any()>
            <LinkButton href=format!("/services/{}", check.instance) icon=icons::LuServer>{tr!(monitoring.to_service)}</LinkButton>
        </PageHeader>
        {trouble.map(|code| view! {
            <Callout tone=tone title=title><p><Problem code=code detail=check.problem_detail.clone()/></p></Callout>
        })}
        {check.maintenance_until.map(|until| {
            let title = tr!(monitoring.maintenance.runs_title, time = kit::time::date_time_text(until)).to_string();
            view! { <Callout tone=Tone::Info title=title><p>{tr!(monitoring.maintenance.runs_says)}</p></Callout> }
        })}
        {check.paused.then(|| view! { <Callout tone=Tone::Info title=tr!(monitoring.now.paused)/> })}
    }
}

#[component]
pub fn About(check: CheckView) -> impl IntoView {
    let response = check.response_ms.map_or_else(|| "–".to_owned(), charts::milliseconds);
    view! {
        <Card>
            <KeyValues>
                <KeyValue name=tr!(monitoring.about.since)><DateTime at=check.since relative=true/></KeyValue>
                <KeyValue name=tr!(monitoring.about.last)>
                    {match check.last_at {
                        Some(at) => view! { <span class="tabular" data-response>{response}</span>" "<span class="muted"><DateTime at=at relative=true/></span> }.into_any(),
                        None => view! { <span class="muted">{tr!(monitoring.about.not_yet)}</span> }.into_any(),
                    }}
                </KeyValue>
                <KeyValue name=tr!(monitoring.about.interval)>{words::interval(check.interval_seconds)}</KeyValue>
                {check.certificate_expires.map(|expires| view! {
                    <KeyValue name=tr!(monitoring.about.certificate)><Certificate expires=expires/></KeyValue>
                })}
            </KeyValues>
        </Card>
    }
}

/// Days that are left, and until when.
#[component]
fn Certificate(expires: Timestamp) -> impl IntoView {
    const DAY: u64 = 86_400;
    let now = kit::time::now();
    let left = expires.since(now).as_secs() / DAY;
    let (tone, words) = match left {
        _ if expires <= now => (Tone::Bad, tr!(monitoring.about.expired).to_string()),
        1 => (Tone::Warn, tr!(monitoring.about.one_day_left).to_string()),
        left if left < FEW_DAYS => (Tone::Warn, tr!(monitoring.about.days_left, days = left).to_string()),
        left => (Tone::Good, tr!(monitoring.about.days_left, days = left).to_string()),
    };
    view! { <span class="cluster"><Chip tone=tone>{words}</Chip><span class="muted"><DateTime at=expires/></span></span> }
}
