//! The copies of the program that run, with the roles that they play.

use compliance::view::ProcessView;
use i18n::tr;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Processes(processes: Vec<ProcessView>) -> impl IntoView {
    let columns = vec![
        Column::new("roles", tr!(compliance.home.roles)),
        Column::new("address", tr!(compliance.home.address)),
        Column::new("version", tr!(compliance.home.version)),
        Column::new("since", tr!(compliance.home.up_since)),
        Column::new("seen", tr!(compliance.home.seen)),
    ];
    let rows = processes
        .into_iter()
        .map(|process| {
            Row::new()
                .cell(view! { <span class="cluster">{process.roles.into_iter().map(|role| view! { <Chip tone=Tone::Good>{role_name(role)}</Chip> }).collect_view()}</span> })
                .cell(view! { <span class="mono">{process.address}</span> })
                .cell(view! { <span class="mono">{process.version}</span> })
                .cell(view! { <DateTime at=process.started_at/> })
                .cell(view! { <DateTime at=process.seen_at/> })
        })
        .collect();
    let empty = view! { <EmptyState icon=icons::LuServerOff title=tr!(compliance.home.no_processes) says=tr!(compliance.home.no_processes_says)/> }.into_any();
    view! { <Section title=tr!(compliance.home.processes) says=tr!(compliance.home.processes_says)><Table caption=tr!(compliance.home.processes) columns=columns rows=rows empty=empty/></Section> }
}

fn role_name(role: String) -> String {
    let name = match role.as_str() {
        "web" => tr!(compliance.home.roles_names.web),
        "api" => tr!(compliance.home.roles_names.api),
        "worker" => tr!(compliance.home.roles_names.worker),
        "scheduler" => tr!(compliance.home.roles_names.scheduler),
        "reconciler" => tr!(compliance.home.roles_names.reconciler),
        "monitor" => tr!(compliance.home.roles_names.monitor),
        _ => return role,
    };
    name.to_owned()
}
