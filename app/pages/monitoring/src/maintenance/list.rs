//! What is planned, runs, or ended a while ago.

use super::Acts;
use crate::grid::Grid;
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::{maintenance::Stage, view::MaintenanceView};

#[component]
pub fn List(list: Vec<MaintenanceView>, acts: Acts, may_cancel: bool) -> impl IntoView {
    if list.is_empty() {
        return view! { <p class="muted">{tr!(monitoring.maintenance.none)}</p> }.into_any();
    }
    let head = vec![
        tr!(common.state),
        tr!(monitoring.maintenance.starts),
        tr!(monitoring.maintenance.ends),
        tr!(monitoring.checks),
        tr!(monitoring.maintenance.words),
        tr!(common.actions),
    ];
    let rows = list.into_iter().map(|one| row(one, acts, may_cancel)).collect();
    view! { <Grid caption=tr!(monitoring.maintenance.title) head=head rows=rows/> }.into_any()
}

fn row(one: MaintenanceView, acts: Acts, may_cancel: bool) -> Vec<AnyView> {
    let cancel = match one.stage {
        Stage::Planned => Some((tr!(monitoring.maintenance.cancel), tr!(monitoring.maintenance.cancel_title), tr!(monitoring.maintenance.cancel_says))),
        Stage::Running => Some((tr!(monitoring.maintenance.end_now), tr!(monitoring.maintenance.end_now_title), tr!(monitoring.maintenance.end_now_says))),
        Stage::Ended | Stage::Cancelled => None,
    };
    let id = one.id.to_string();
    let action = cancel.filter(|_| may_cancel).map(|(label, title, says)| {
        view! {
            <Confirm id=format!("cancel-{id}") label=label title=title says=says kind=ButtonKind::Quiet leave=tr!(common.back)>
                <Form action=acts.cancel quiet=true>
                    <input type="hidden" name="id" value=id/>
                    <SubmitButton kind=ButtonKind::Danger>{label}</SubmitButton>
                </Form>
            </Confirm>
        }
    });
    vec![
        view! { <StatusChip state=Signal::stored(one.stage.code().to_owned())/> }.into_any(),
        view! { <DateTime at=one.starts_at/> }.into_any(),
        view! { <DateTime at=one.ends_at/> }.into_any(),
        view! { <span class="block min-w-32 max-w-xs">{one.checks.join(", ")}</span> }.into_any(),
        view! { <span class="block min-w-32 max-w-xs break-words">{one.words}</span> }.into_any(),
        action.into_any(),
    ]
}
