//! Planned maintenance on the page of monitoring: what is planned, planning more, and taking it back.

mod list;
mod plan;

use crate::{
    calls::{CancelMaintenance, PlanMaintenance},
    sheets::MaintenanceSheet,
};
use kernel::{Need, live::Live};
use kit::prelude::*;
use leptos::{prelude::*, server_fn::ServerFn};
use list::List;
use plan::Plan;

#[derive(Clone, Copy)]
pub struct Acts {
    pub plan: ServerAction<PlanMaintenance>,
    pub cancel: ServerAction<CancelMaintenance>,
}

impl Acts {
    pub fn new() -> Self {
        Self { plan: ServerAction::new(), cancel: ServerAction::new() }
    }
}

type Sheet = LiveResource<MaintenanceSheet>;

#[component]
pub fn Maintenance(sheet: Sheet, acts: Acts) -> impl IntoView {
    kit::live::refetch_on(sheet, |live| matches!(live, Live::Maintenance { .. }));
    settle(acts.plan, sheet, tr!(monitoring.maintenance.done_planned));
    settle(acts.cancel, sheet, tr!(monitoring.maintenance.done_cancelled));
    let may_plan = use_viewer().is_some_and(|viewer| viewer.may(Need::MONITORING_WRITE));
    view! {
        <Load resource=sheet.resource view=move |sheet| {
            // Before the first check there is nothing to plan for.
            (!sheet.checks.is_empty()).then(|| view! {
                <Section id="maintenance".to_owned() title=tr!(monitoring.maintenance.title) says=tr!(monitoring.maintenance.says)>
                    <List list=sheet.list.clone() acts=acts may_cancel=may_plan/>
                    {may_plan.then(|| view! { <Plan sheet=sheet action=acts.plan/> })}
                </Section>
            })
        }/>
    }
}

/// After each success in the open page: fetches anew and says so.
fn settle<F>(action: ServerAction<F>, sheet: Sheet, says: &'static str)
where
    F: ServerFn<Error = PageError> + Send + Sync + Clone + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let (version, value, toasts) = (action.version(), action.value(), use_toasts());
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) && value.with_untracked(|answer| matches!(answer, Some(Ok(_)))) {
            sheet.resource.refetch();
            toasts.show(ToastKind::Done, says);
        }
        now
    });
}
