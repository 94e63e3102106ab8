//! Every organisation's operations, newest first.

use super::calls::{OrdersSheet, orders};
use crate::{state_chip::StateChip, words};
use kit::{prelude::*, time::number_text};
use leptos::{prelude::*, task::spawn_local};
use provisioning::{instance::InstanceState, operation::OperationState, view::InstanceCounts};
use std::time::Duration;

/// How often the list is looked at anew: the staff's pages have no live connection, as they span organisations.
const LOOKS_EVERY: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub struct OrdersPage {
    orders: Resource<Result<OrdersSheet, PageError>>,
    query: Memo<ListQuery>,
}

impl PageRoute for OrdersPage {
    fn data() -> Self {
        let query = use_list_query();
        Self { orders: Resource::new(move || query.get(), orders), query }
    }

    fn view(this: Self) -> AnyView {
        let OrdersPage { orders, query } = this;
        view! {
            <PageHeader title=tr!(provisioning.provider.orders) lead=tr!(provisioning.provider.orders_lead)/>
            <Load resource=orders skeleton=SkeletonKind::Table view=move |first| view! { <Orders first=first query=query/> }/>
        }
        .into_any()
    }
}

#[component]
fn Orders(first: OrdersSheet, query: Memo<ListQuery>) -> impl IntoView {
    let shown = RwSignal::new(first);
    Effect::new(move || {
        let look = move || {
            spawn_local(async move {
                let Some(asked) = query.try_get_untracked() else { return };
                if let Ok(fresh) = super::calls::orders(asked).await {
                    shown.try_update(|known| if *known != fresh { *known = fresh });
                }
            });
        };
        if let Ok(timer) = set_interval_with_handle(look, LOOKS_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    // The same sheet again changes nothing in the page.
    let sheet = Memo::new(move |_| shown.get());
    view! {
        {move || view! { <Counts counts=sheet.with(|sheet| sheet.counts.clone())/> }}
        {move || view! { <OperationsTable sheet=sheet.get()/> }}
    }
}

#[component]
fn Counts(counts: InstanceCounts) -> impl IntoView {
    let drifting = counts.drifting;
    let of = move |codes: &[&str]| codes.iter().filter_map(|code| counts.by_state.get(*code)).sum::<i64>();
    let text = |number: i64| Signal::stored(number_text(number as f64, 0));
    let busy = InstanceState::CODES.into_iter().filter(|code| code.ends_with("ing") && *code != "running").collect::<Vec<_>>();
    view! {
        <StatTiles>
            <StatTile label=tr!(provisioning.provider.running) value=text(of(&["running"]))/>
            <StatTile label=tr!(provisioning.provider.busy) value=text(of(&busy))/>
            <StatTile label=tr!(provisioning.provider.failed) value=text(of(&["failed"]))/>
            <StatTile label=tr!(provisioning.provider.drifting) value=text(drifting)/>
        </StatTiles>
    }
}

#[component]
fn OperationsTable(sheet: OrdersSheet) -> impl IntoView {
    let OrdersSheet { page, names, counts: _ } = sheet;
    let rows = page
        .rows
        .into_iter()
        .map(|operation| {
            let over = operation.state.is_over();
            let percent = Signal::stored((!over).then_some(operation.percent));
            let words = operation.error.as_ref().filter(|_| operation.state != OperationState::Succeeded).unwrap_or(&operation.message);
            Row::link(format!("/provider/operations/{}", operation.id))
                .cell(words::operation(operation.kind))
                .cell(view! { <StateChip state=Signal::stored(words::operation_state(operation.state).to_owned()) percent=percent/> })
                .cell(operation.instance_name.clone())
                .cell(names.get(&operation.tenant.to_string()).cloned().unwrap_or_else(|| operation.tenant.to_string()))
                .cell(words::message(words))
                .cell(view! { <DateTime at=operation.created_at/> })
        })
        .collect();
    let states = OperationState::ALL.map(|state| (state.code(), words::state(words::operation_state(state)).0));
    let empty = view! { <EmptyState icon=icons::LuWorkflow title=tr!(provisioning.provider.empty_title) says=tr!(provisioning.provider.empty_says)/> };
    view! {
        <Table
            caption=tr!(provisioning.provider.caption)
            columns=vec![
                Column::new("what", tr!(provisioning.provider.what)),
                Column::new("state", tr!(common.state)),
                Column::new("service", tr!(common.service)),
                Column::new("organisation", tr!(common.organisation)),
                Column::new("message", tr!(provisioning.provider.message)),
                Column::new("begun", tr!(provisioning.provider.begun)),
            ]
            rows=rows
            next=page.next
            export="/provider/orders.csv"
            filters=vec![Filter::new("state", tr!(common.state), states)]
            empty=empty.into_any()
        />
    }
}
