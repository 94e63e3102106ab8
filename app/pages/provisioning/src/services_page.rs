//! The organisation's services: searched, filtered, sorted, paged, and live.

use crate::{calls::list_services, state_chip::StateChip, words};
use catalog::Text;
use kernel::{InstanceId, Page, live::Live};
use kit::{prelude::*, table::ListQuery};
use leptos::prelude::*;
use provisioning::{instance::InstanceState, view::InstanceRow};
use std::collections::HashMap;

#[derive(Clone)]
pub struct ServicesPage {
    query: Memo<ListQuery>,
    services: LiveResource<Page<InstanceRow>>,
}

impl PageRoute for ServicesPage {
    fn data() -> Self {
        let query = use_list_query();
        Self { query, services: LiveResource::new(move || query.get(), list_services) }
    }

    fn view(this: Self) -> AnyView {
        let ServicesPage { query, services } = this;
        // A service of a colleague that is not on the page yet may belong there.
        let fresh = Callback::new(move |()| services.resource.refetch());
        let may_order = use_viewer().is_some_and(|viewer| viewer.may(kernel::Need::SERVICES_WRITE));
        view! {
            <PageHeader title=tr!(provisioning.services.title) lead=tr!(provisioning.services.lead)>
                {may_order.then(|| view! { <LinkButton href="/catalog" kind=ButtonKind::Primary icon=icons::LuPlus>{tr!(provisioning.services.order)}</LinkButton> })}
            </PageHeader>
            <Load resource=services.resource skeleton=SkeletonKind::Table view=move |page| view! { <ServicesTable page=page asked=services.asked sought=query.get_untracked() fresh=fresh/> }/>
        }
        .into_any()
    }
}

/// What a row shows that changes while it is looked at.
#[derive(Clone, Copy)]
struct Moving {
    state: RwSignal<String>,
    percent: RwSignal<Option<i16>>,
}

#[component]
fn ServicesTable(page: Page<InstanceRow>, asked: Asked, sought: ListQuery, fresh: Callback<()>) -> impl IntoView {
    let language = i18n::language();
    let text = |text: &Text| text.get(language).to_owned();
    let mut moving = HashMap::with_capacity(page.rows.len());
    let rows = page
        .rows
        .into_iter()
        .map(|row| {
            let now = Moving { state: RwSignal::new(row.state.code().to_owned()), percent: RwSignal::new(row.percent) };
            moving.insert(row.id, now);
            let state = view! {
                <StateChip state=now.state percent=now.percent/>
                {row.drifts.then(|| view! { <span class="chip tone-warn">{tr!(provisioning.services.drifts)}</span> })}
            };
            Row::link(format!("/services/{}", row.id))
                .cell(row.name)
                .cell(view! { <span class="cluster">{state}</span> })
                .cell(text(&row.offering_name))
                .cell(text(&row.plan_name))
                .cell(view! { <DateTime at=row.created_at/> })
        })
        .collect();
    // Where one state is sought, a change of state moves rows in or out.
    move_rows(moving, asked, sought.filter("state").is_some(), fresh);
    let states = InstanceState::CODES.map(|code| (code.to_owned(), words::state(code).0)).into_iter();
    let states = states.chain([("drifting".to_owned(), tr!(provisioning.services.drifting).to_owned())]);
    let kinds = ["postgresql", "uptime"].map(|driver| (driver, words::driver(driver)));
    let empty = view! {
        <EmptyState icon=icons::LuServer title=tr!(provisioning.services.empty_title) says=tr!(provisioning.services.empty_says)>
            <LinkButton href="/catalog">{tr!(provisioning.services.browse)}</LinkButton>
        </EmptyState>
    };
    view! {
        <Table
            caption=tr!(provisioning.services.caption)
            columns=vec![
                Column::new("name", tr!(common.name)).sortable(),
                Column::new("state", tr!(common.state)),
                Column::new("service", tr!(common.service)),
                Column::new("plan", tr!(common.plan)),
                Column::new("created", tr!(common.created)).sortable(),
            ]
            rows=rows
            next=page.next
            search=true
            export="/services.csv"
            filters=vec![Filter::new("state", tr!(common.state), states), Filter::new("kind", tr!(provisioning.services.kind), kinds)]
            empty=empty.into_any()
        />
    }
}

/// Moves the rows with what happens; fetches the list again where rows come or go.
fn move_rows(moving: HashMap<InstanceId, Moving>, asked: Asked, state_is_fixed: bool, fresh: Callback<()>) {
    on_change(
        asked,
        |live| matches!(live, Live::Instance { .. } | Live::Operation { .. }),
        move |change| match change.map(|change| &change.what) {
            Some(Live::Instance { id, state }) => match moving.get(id) {
                Some(row) if state != "deleted" && !state_is_fixed => {
                    row.state.try_set(state.clone());
                    if matches!(state.as_str(), "running" | "suspended" | "grace" | "failed") {
                        row.percent.try_set(None);
                    }
                }
                Some(_) | None => fresh.run(()),
            },
            Some(Live::Operation { instance, percent, state, .. }) => {
                if let Some(row) = moving.get(instance) {
                    let over = matches!(state.as_str(), "succeeded" | "failed");
                    row.percent.try_set((!over).then_some(*percent));
                }
            }
            Some(Live::Check { .. } | Live::Maintenance { .. } | Live::Measured { .. } | Live::Usage { .. } | Live::Invoice { .. }) => {}
            None => fresh.run(()),
        },
    );
}
