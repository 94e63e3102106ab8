//! Incidents as a table: what was wrong, since when, how long.

use crate::{grid::Grid, words};
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::view::IncidentView;

/// `named`: of several checks, so that each row leads to its own.
#[component]
pub fn Incidents(#[prop(into)] caption: String, incidents: Vec<IncidentView>, #[prop(optional)] named: bool) -> impl IntoView {
    let mut head = vec![tr!(common.state), tr!(monitoring.incidents.began), tr!(monitoring.incidents.lasted), tr!(monitoring.incidents.why)];
    if named {
        head.insert(0, tr!(monitoring.columns.check));
    }
    let rows = incidents
        .into_iter()
        .map(|incident| {
            let state = if incident.closed_at.is_some() { "ended" } else { "down" };
            let mut cells = vec![
                view! { <StatusChip state=Signal::stored(state.to_owned())/> }.into_any(),
                view! { <DateTime at=incident.opened_at/> }.into_any(),
                match incident.closed_at {
                    Some(closed) => view! { <Elapsed from=incident.opened_at to=closed/> }.into_any(),
                    None => view! { <Elapsed from=incident.opened_at/> }.into_any(),
                },
                view! { <Problem code=incident.problem detail=incident.detail/> }.into_any(),
            ];
            if named {
                cells.insert(0, view! { <a class="link" href=format!("/monitoring/{}", incident.check)>{incident.check_name}</a> }.into_any());
            }
            cells
        })
        .collect();
    view! { <Grid caption=caption head=head rows=rows/> }
}

/// Why, in the reader's words; what the machine said comes behind.
#[component]
pub fn Problem(code: String, detail: Option<String>) -> impl IntoView {
    let particulars = words::particulars(&code, detail.as_deref());
    view! {
        <span>{words::problem(&code, detail.as_deref())}</span>
        {particulars.map(|said| view! { " "<code class="mono muted">{said}</code> })}
    }
}
