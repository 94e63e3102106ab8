//! The checks of one service, for its own page: each with its state, live, and the way to its history.

use crate::{
    calls,
    watched::{LastResponse, Moving, follow},
    words,
};
use kernel::{InstanceId, live::Live};
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::view::CheckView;
use std::collections::HashMap;

#[component]
pub fn InstanceChecks(instance: InstanceId) -> impl IntoView {
    let checks = Resource::new(move || instance.to_string(), calls::checks_of_service);
    let fresh = Callback::new(move |()| checks.refetch());
    view! {
        <Section title=tr!(monitoring.checks) says=tr!(monitoring.panel_says)>
            <Load resource=checks skeleton=SkeletonKind::Table view=move |checks| view! { <List instance=instance checks=checks fresh=fresh/> }/>
        </Section>
    }
}

#[component]
fn List(instance: InstanceId, checks: Vec<CheckView>, fresh: Callback<()>) -> impl IntoView {
    let known = checks.iter().map(|check| check.id).collect();
    let rows: Vec<(Moving, CheckView)> = checks.into_iter().map(|check| (Moving::of(&check), check)).collect();
    let moving: HashMap<_, _> = rows.iter().map(|(now, check)| (check.id, *now)).collect();
    let quiet = Callback::new(|()| ());
    follow(moving, known, quiet, fresh, move |live| matches!(live, Live::Check { instance: of, .. } if *of == instance));
    if rows.is_empty() {
        return view! { <EmptyState icon=icons::LuActivity title=tr!(monitoring.panel_empty) says=tr!(monitoring.panel_empty_says)/> }.into_any();
    }
    let cells = rows
        .into_iter()
        .map(|(now, check)| {
            vec![
                view! { <a class="link" href=format!("/monitoring/{}", check.id)>{check.name}</a> }.into_any(),
                view! { <StatusChip state=now.state/> }.into_any(),
                view! { <LastResponse moving=now/> }.into_any(),
                view! { <span class="tabular nowrap">{words::percent(check.uptime_30d.as_deref())}</span> }.into_any(),
                view! { <span class="muted break-all">{check.target}</span> }.into_any(),
            ]
        })
        .collect();
    let head = vec![tr!(common.name), tr!(common.state), tr!(monitoring.columns.response), tr!(monitoring.columns.uptime), tr!(monitoring.columns.target)];
    view! { <crate::grid::Grid caption=tr!(monitoring.caption) head=head rows=cells/> }.into_any()
}
