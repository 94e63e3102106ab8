//! Usage events that are kept and not charged, and why: nothing is dropped in silence.

use crate::words;
use billing::view::RefusedUsage;
use kernel::Page;
use kit::prelude::*;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Where the list's cursor stands in the address, beside that of the invoices.
const CURSOR: &str = "refused";

#[component]
pub fn RefusedEvents(page: Page<RefusedUsage>, services: BTreeMap<String, String>) -> impl IntoView {
    let query = use_list_query().get_untracked();
    let older = page.next.map(|cursor| at(&query, Some(cursor)));
    let newest = query.filter(CURSOR).is_some().then(|| at(&query, None));
    let contents = if page.rows.is_empty() {
        view! { <p class="muted">{tr!(billing.refused_usage.empty)}</p> }.into_any()
    } else {
        let rows = page.rows.into_iter().map(|event| row(event, &services)).collect();
        view! {
            <Table
                caption=tr!(billing.refused_usage.title)
                columns=vec![
                    Column::new("at", tr!(billing.refused_usage.at)),
                    Column::new("why", tr!(billing.refused_usage.why)),
                    Column::new("service", tr!(common.service)),
                    Column::new("meter", tr!(billing.usage.meter)),
                    Column::new("value", tr!(billing.refused_usage.value)).right(),
                    Column::new("source", tr!(billing.refused_usage.source)),
                    Column::new("id", tr!(billing.refused_usage.id)),
                ]
                rows=rows
                fixed=true
            />
        }
        .into_any()
    };
    view! {
        <Section id="refused".to_owned() title=tr!(billing.refused_usage.title) says=tr!(billing.refused_usage.says)>
            {contents}
            {(newest.is_some() || older.is_some()).then(|| view! {
                <nav class="pages" aria-label=tr!(billing.refused_usage.title)>
                    {newest.map(|href| view! { <a class="btn btn-plain btn-sm" href=href>{tr!(billing.refused_usage.newest)}</a> })}
                    {older.map(|href| view! { <a class="btn btn-plain btn-sm" href=href rel="next">{tr!(billing.refused_usage.older)}</a> })}
                </nav>
            })}
        </Section>
    }
}

fn at(query: &ListQuery, cursor: Option<String>) -> String {
    let mut query = query.clone();
    match cursor {
        Some(cursor) => query.filters.insert(CURSOR.to_owned(), cursor),
        None => query.filters.remove(CURSOR),
    };
    format!("{}#refused", query.address("/billing"))
}

fn row(event: RefusedUsage, services: &BTreeMap<String, String>) -> Row {
    let instance = event.instance.to_string();
    Row::new()
        .cell(view! { <DateTime at=event.at/> })
        .cell(words::refused_because(event.because))
        .cell(services.get(&instance).cloned().unwrap_or(instance))
        .cell(event.meter)
        .cell(words::number(event.value))
        .cell(view! { <span class="mono">{event.source}</span> })
        .cell(view! { <span class="mono">{event.id}</span> })
}
