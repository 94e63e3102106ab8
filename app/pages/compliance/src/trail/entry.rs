//! One entry in words.

use super::words;
use compliance::view::EntryView;
use i18n::tr;
use kit::{prelude::*, time::number_text};
use leptos::prelude::*;

/// The cells in the order of the trail's columns; `staff` sees whose it is.
pub fn row(entry: EntryView, staff: bool) -> Row {
    let organisation = entry.tenant_name.clone().unwrap_or_else(|| entry.tenant.to_string());
    let tenant = entry.tenant.to_string();
    let subject = subject(&entry, staff);
    let row = Row::new().cell(view! { <DateTime at=entry.at/> });
    let row = if staff { row.cell(view! { <a class="prose-link words" href=format!("/provider/tenants/{tenant}")>{organisation}</a> }) } else { row };
    let (refused, number) = (entry.refused, number_text(entry.seq as f64, 0));
    row.cell(view! { <Actor kind=entry.actor_kind.clone() id=entry.actor_id.clone() name=entry.actor_name.clone()/> })
        .cell(view! {
            <span class="cluster" title=entry.action.clone()>
                <span class="words">{words::action(&entry.action)}</span>
                {refused.then(|| view! { <Chip tone=Tone::Warn>{tr!(compliance.outcomes.refused)}</Chip> })}
            </span>
        })
        .cell(subject)
        .cell(view! { <Details entry=entry/> })
        .cell(number)
}

#[component]
fn Actor(kind: String, id: String, name: Option<String>) -> impl IntoView {
    let label = words::actor(&kind);
    let who = name.unwrap_or_else(|| match kind.as_str() {
        "person" | "staff" | "nobody" => String::new(),
        // The machinery's id is its part's name: `billing`.
        "system" => words::part(&id),
        _ => id.clone(),
    });
    view! {
        <span class="flex flex-col" title=id>
            <span class="words">{if who.is_empty() { label.to_owned() } else { who.clone() }}</span>
            {(!who.is_empty()).then(|| view! { <small class="muted">{label}</small> })}
        </span>
    }
}

/// What was acted on, with a way to it where it has a page.
fn subject(entry: &EntryView, staff: bool) -> AnyView {
    let id = entry.subject.clone();
    match words::page_of(&id, staff) {
        Some(href) => view! { <a class="prose-link mono text-xs" href=href>{id}</a> }.into_any(),
        None => view! { <span class="mono text-xs">{id}</span> }.into_any(),
    }
}

/// Everything that the entry holds, folded away.
#[component]
fn Details(entry: EntryView) -> impl IntoView {
    let text = serde_json::to_string_pretty(&entry.details).unwrap_or_default();
    let plain = entry.details.as_object().is_some_and(|fields| fields.is_empty());
    let number = number_text(entry.seq as f64, 0);
    view! {
        <details>
            <summary class="muted cursor-pointer text-[0.8125rem] underline underline-offset-4">{tr!(common.show)}<span class="sr-only">{tr!(compliance.trail.of_entry, number = number.clone())}</span></summary>
            <dl class="mt-2 flex w-72 flex-col gap-1 text-xs">
                <dt class="muted">{tr!(compliance.trail.action)}</dt><dd class="mono break-all">{entry.action}</dd>
                {(!plain).then(|| view! { <dt class="muted">{tr!(compliance.trail.values)}</dt><dd><pre class="mono break-all whitespace-pre-wrap">{text}</pre></dd> })}
                <dt class="muted">{tr!(compliance.trail.trace)}</dt><dd class="mono break-all">{entry.trace_id}</dd>
                <dt class="muted">{tr!(compliance.trail.hash, number = number)}</dt><dd class="mono break-all">{entry.hash}</dd>
            </dl>
        </details>
    }
}
