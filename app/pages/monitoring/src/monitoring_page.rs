//! Everything that is watched: what state it is in, what is wrong now, and each check with its 90 days. Live.

use crate::{
    calls,
    incidents::Incidents,
    maintenance::{Acts, Maintenance},
    sheets::{Board, BoardRow, MaintenanceSheet, Summary},
    watched::{LastResponse, Moving, follow},
    words,
};
use kernel::{CheckId, Need, Page, live::Live};
use kit::prelude::*;
use leptos::{prelude::*, task::spawn_local};
use monitoring::check::Status;
use std::collections::HashMap;

/// Where checks are ordered.
const OFFERING: &str = "/catalog/uptime-monitoring";

#[derive(Clone)]
pub struct MonitoringPage {
    board: LiveResource<Board>,
    maintenance: LiveResource<MaintenanceSheet>,
    acts: Acts,
}

impl PageRoute for MonitoringPage {
    fn data() -> Self {
        let query = use_list_query();
        Self {
            board: LiveResource::new(move || query.get(), calls::watched),
            maintenance: LiveResource::new(|| (), |()| calls::planned_maintenance()),
            acts: Acts::new(),
        }
    }

    fn view(this: Self) -> AnyView {
        let MonitoringPage { board, maintenance, acts } = this;
        let fresh = Callback::new(move |()| board.resource.refetch());
        let may_order = may_order();
        view! {
            <PageHeader title=tr!(monitoring.title) lead=tr!(monitoring.lead)>
                {may_order.then(|| view! { <LinkButton href=OFFERING kind=ButtonKind::Primary icon=icons::LuPlus>{tr!(monitoring.order)}</LinkButton> })}
            </PageHeader>
            <Load resource=board.resource skeleton=SkeletonKind::Table view=move |all| view! { <Everything board=all asked=board.asked fresh=fresh/> }/>
            <Maintenance sheet=maintenance acts=acts/>
        }
        .into_any()
    }
}

fn may_order() -> bool {
    use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE))
}

#[component]
fn Everything(board: Board, asked: Asked, fresh: Callback<()>) -> impl IntoView {
    let Board { summary, known, page } = board;
    if known.is_empty() {
        // The first check arrives when the service that was just ordered is ready.
        follow(HashMap::new(), known, fresh, fresh, asked, |live| matches!(live, Live::Check { .. }));
        return view! {
            <EmptyState icon=icons::LuActivity title=tr!(monitoring.empty_title) says=tr!(monitoring.empty_says)>
                {may_order().then(|| view! { <LinkButton href=OFFERING>{tr!(monitoring.empty_step)}</LinkButton> })}
            </EmptyState>
        }
        .into_any();
    }
    let shown = RwSignal::new(summary);
    let turned = Callback::new(move |()| {
        spawn_local(async move {
            // Trouble leaves what was shown: the next change asks again.
            if let Ok(summary) = calls::counts().await {
                shown.try_set(summary);
            }
        });
    });
    view! {
        <Verdict shown=shown/>
        {move || {
            let open = shown.with(|summary| summary.open_incidents.clone());
            (!open.is_empty()).then(|| view! {
                <Section id="incidents".to_owned() title=tr!(monitoring.incidents.open)>
                    <Incidents caption=tr!(monitoring.incidents.open) incidents=open named=true/>
                </Section>
            })
        }}
        <Section id="checks".to_owned() title=tr!(monitoring.checks)>
            <Checks page=page known=known turned=turned asked=asked fresh=fresh/>
        </Section>
    }
    .into_any()
}

/// The first answer: is everything all right.
#[component]
fn Verdict(shown: RwSignal<Summary>) -> impl IntoView {
    let number = move |of: fn(&Summary) -> usize| Signal::derive(move || shown.with(of).to_string());
    let sentence = move || {
        let (tone, words) = shown.with(|summary| {
            let tone = match summary.worst {
                Some(Status::Up) => Tone::Good,
                Some(Status::Degraded) => Tone::Warn,
                Some(Status::Down) => Tone::Bad,
                Some(Status::Unknown) | None => Tone::Info,
            };
            (tone, words::verdict(summary.worst, summary.down, summary.degraded, summary.unknown))
        });
        view! { <Callout tone=tone title=words/> }
    };
    let paused = shown.with_untracked(|summary| summary.paused);
    view! {
        // Told to those who cannot see the colour change.
        <div role="status" data-verdict>{sentence}</div>
        <StatTiles>
            <StatTile label=kit::chip::label("up") value=number(|summary| summary.up)/>
            <StatTile label=kit::chip::label("degraded") value=number(|summary| summary.degraded)/>
            <StatTile label=kit::chip::label("down") value=number(|summary| summary.down)/>
            <StatTile label=kit::chip::label("unknown") value=number(|summary| summary.unknown)/>
            {(paused > 0).then(|| view! { <StatTile label=kit::chip::label("paused") value=number(|summary| summary.paused)/> })}
        </StatTiles>
    }
}

#[component]
fn Checks(page: Page<BoardRow>, known: Vec<CheckId>, turned: Callback<()>, asked: Asked, fresh: Callback<()>) -> impl IntoView {
    let mut moving = HashMap::with_capacity(page.rows.len());
    let rows = page
        .rows
        .into_iter()
        .map(|BoardRow { check, days }| {
            let now = Moving::of(&check);
            moving.insert(check.id, now);
            let uptime = words::verdict_of(&check.last_30d.verdict);
            let finding = tr!(monitoring.uptime.row_title, name = check.name.clone(), verdict = uptime.clone()).to_string();
            let target = format!("{} · {}", words::kind(&check.kind), check.target);
            Row::link(format!("/monitoring/{}", check.id))
                .cell(view! { <span>{check.name}</span> })
                .cell(view! {
                    <StatusChip state=now.state/>
                    {check.maintenance_until.map(|_| view! { " "<StatusChip state=Signal::stored("maintenance".to_owned())/> })}
                })
                .cell(view! { <LastResponse moving=now/> })
                .cell(view! { <span class="tabular nowrap">{uptime}</span> })
                .cell(view! { <div class="min-w-48"><UptimeBar title=finding days=words::bars(&days) compact=true/></div> })
                .cell(view! { <span class="muted break-all">{target}</span> })
        })
        .collect();
    follow(moving, known, turned, fresh, asked, |live| matches!(live, Live::Check { .. }));
    let states = ["up", "degraded", "down", "unknown", "paused"].map(|code| (code, kit::chip::label(code)));
    let kinds = ["http", "tcp", "tls"].map(|kind| (kind, words::kind(kind)));
    view! {
        <Table
            caption=tr!(monitoring.caption)
            columns=vec![
                Column::new("name", tr!(common.name)).sortable(),
                Column::new("state", tr!(common.state)),
                Column::new("response", tr!(monitoring.columns.response)).sortable(),
                Column::new("uptime", tr!(monitoring.columns.uptime)),
                Column::new("days", tr!(monitoring.columns.days)),
                Column::new("target", tr!(monitoring.columns.target)),
            ]
            rows=rows
            next=page.next
            search=true
            export="/monitoring.csv"
            filters=vec![Filter::new("state", tr!(common.state), states), Filter::new("kind", tr!(monitoring.columns.kind), kinds)]
        />
    }
}
