//! The newest operations and organisations, each leading to its own page.

use i18n::tr;
use identity::view::TenantRow;
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::{
    operation::{OperationKind, OperationState},
    view::OperationView,
};
use std::collections::BTreeMap;

#[component]
pub fn Latest(
    operations: Vec<OperationView>,
    /// Of the organisations, by their printed ids.
    names: BTreeMap<String, String>,
) -> impl IntoView {
    let columns = vec![
        Column::new("operation", tr!(compliance.home.operation)),
        Column::new("service", tr!(compliance.home.service)),
        Column::new("organisation", tr!(common.organisation)),
        Column::new("state", tr!(common.state)),
        Column::new("begun", tr!(compliance.home.begun)),
    ];
    let rows = operations
        .into_iter()
        .map(|operation| {
            Row::link(format!("/provider/operations/{}", operation.id))
                .cell(kind(operation.kind))
                .cell(operation.instance_name)
                .cell(names.get(&operation.tenant.to_string()).cloned().unwrap_or_else(|| operation.tenant.to_string()))
                .cell(view! { <StatusChip state=state(operation.state).to_owned()/> })
                .cell(view! { <DateTime at=operation.created_at/> })
        })
        .collect();
    let empty = view! { <EmptyState icon=icons::LuWorkflow title=tr!(compliance.home.none_operations) says=tr!(compliance.home.none_operations_says)/> }.into_any();
    view! { <Section title=tr!(compliance.home.operations)><Table caption=tr!(compliance.home.operations) columns=columns rows=rows empty=empty/></Section> }
}

#[component]
pub fn Newest(tenants: Vec<TenantRow>) -> impl IntoView {
    let columns = vec![Column::new("name", tr!(common.organisation)), Column::new("tier", tr!(identity.tenants.tier)), Column::new("currency", tr!(identity.profile.currency)), Column::new("since", tr!(identity.tenants.since))];
    let rows = tenants
        .into_iter()
        .map(|tenant| {
            let tier = match tenant.tier {
                Some(tier) => view! { <Chip>{tier.code()}</Chip> }.into_any(),
                None => view! { <span class="muted">{tr!(identity.tenants.no_tier)}</span> }.into_any(),
            };
            Row::link(format!("/provider/tenants/{}", tenant.id))
                .cell(tenant.name)
                .cell(tier)
                .cell(tenant.currency.code())
                .cell(view! { <DateOnly date=tenant.created_at.date_utc()/> })
        })
        .collect();
    let empty = view! { <EmptyState icon=icons::LuBuilding2 title=tr!(identity.tenants.empty) says=tr!(identity.tenants.empty_help)/> }.into_any();
    view! { <Section title=tr!(compliance.home.newest)><Table caption=tr!(compliance.home.newest) columns=columns rows=rows empty=empty/></Section> }
}

fn kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Create => tr!(compliance.home.kinds.create),
        OperationKind::Update => tr!(compliance.home.kinds.update),
        OperationKind::ChangePlan => tr!(compliance.home.kinds.change_plan),
        OperationKind::Suspend => tr!(compliance.home.kinds.suspend),
        OperationKind::Resume => tr!(compliance.home.kinds.resume),
        OperationKind::Rotate => tr!(compliance.home.kinds.rotate),
        OperationKind::Delete => tr!(compliance.home.kinds.delete),
        OperationKind::Restore => tr!(compliance.home.kinds.restore),
        OperationKind::Purge => tr!(compliance.home.kinds.purge),
        OperationKind::Repair => tr!(compliance.home.kinds.repair),
    }
}

/// The chip's word for it.
const fn state(state: OperationState) -> &'static str {
    match state {
        OperationState::Waiting => "waiting",
        OperationState::Running | OperationState::CleaningUp => "in_progress",
        OperationState::Succeeded => "succeeded",
        OperationState::Failed => "failed",
    }
}
