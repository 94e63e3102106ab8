//! What is looked at.

use super::Piece;
use charts::{Chart, ChartData};
use kernel::{Currency, Date, Money, Timestamp};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub(super) fn Lists() -> impl IntoView {
    let columns = vec![
        Column::new("name", "Name").sortable(),
        Column::new("state", "State"),
        Column::new("fee", "Fee").sortable().right(),
        Column::new("created", "Created").hidden(),
    ];
    let row = |name: &'static str, state: &'static str, cents: i64| {
        Row::link("/pricing")
            .cell(name)
            .cell(view! { <StatusChip state=state/> })
            .cell(view! { <Amount money=Money::new(cents, Currency::Usd)/> })
            .cell(view! { <DateOnly date=a_day()/> })
    };
    let rows = vec![row("orders-db", "running", 2900), row("shop-checks", "degraded", 900), row("reports-db", "failed", 123_450)];
    view! {
        <Piece title="Table" keys="Tab to a sorting name, a row or the search; Enter follows; / goes to the search">
            <Table caption="Services" columns=columns rows=rows next="example".to_owned() search=true export="/services.csv"
                filters=vec![Filter::new("state", "State", [("running", "Running"), ("failed", "Failed")])]/>
        </Piece>
        <Piece title="Empty, loading, trouble, tabs, names and values" keys="Tabs are links: Tab and Enter">
            <Tabs label="Parts of a service" tabs=vec![Tab::new("Overview", "/_gallery"), Tab::new("Usage", "/_gallery?tab=usage")]/>
            <EmptyState icon=icons::LuDatabase title="No services yet" says="Order one from the catalog; it sets itself up while you watch.">
                <LinkButton href="/catalog" kind=ButtonKind::Primary>"Open the catalog"</LinkButton>
            </EmptyState>
            <Skeleton kind=SkeletonKind::Table/>
            <Trouble error=PageError::Trouble { trace: "4f2a".to_owned(), away: true }/>
            <KeyValues>
                <KeyValue name="Host">"db-1.example.test"</KeyValue>
                <KeyValue name="Created"><DateTime at=an_instant() relative=true/></KeyValue>
            </KeyValues>
        </Piece>
    }
}

#[component]
pub(super) fn States() -> impl IntoView {
    let states = ["running", "creating", "suspended", "failed", "up", "down", "degraded", "paid", "overdue", "draft", "issued"];
    view! {
        <Piece title="Chips, callouts, tiles" keys="Nothing to press">
            <div class="cluster">{states.map(|state| view! { <StatusChip state=state/> }).collect_view()}<Chip tone=Tone::Info>"Trial, 9 days left"</Chip></div>
            <Callout tone=Tone::Info title="The tier can be changed at any time">"An upgrade counts at once, a downgrade from the next term."</Callout>
            <Callout tone=Tone::Good title="Paid">"Thank you."</Callout>
            <Callout tone=Tone::Warn title="Two invoices are overdue">"Services are suspended on 14 March."</Callout>
            <Callout tone=Tone::Bad title="The order failed">"Nothing is charged. What was half made has been cleaned up."</Callout>
            <StatTiles>
                <StatTile label="Services" value="12" note="2 being set up" href="/services"/>
                <StatTile label="Uptime, 90 days" value="99.98 %"/>
                <StatTile label="This month so far" value="$1,204.50" note="Due 1 March"/>
            </StatTiles>
        </Piece>
    }
}

#[component]
pub(super) fn Progresses() -> impl IntoView {
    let steps = vec![
        Step::new("Role and database created", StepState::Done),
        Step::new("Connection tested", StepState::Running).note("Second try"),
        Step::new("Credentials ready", StepState::Waiting),
    ];
    let day = |day: i64| UptimeDay { date: a_day().plus_days(day), percent: if day < 10 { None } else { Some(if day % 31 == 0 { 97.5 } else { 100.0 }) }, watched: None };
    view! {
        <Piece title="Progress, meters, uptime" keys="The table behind the bars opens with Enter">
            <Progress label="Setting up orders-db" percent=66_u8 message="Testing the connection" steps=steps started_at=an_instant() ended_at=Timestamp::from_seconds(1_768_467_684)/>
            <Meter label="Storage" text="41 of 50 GB" used=41.0 limit=50.0/>
            <Meter label="Connections" text="19 of 20" used=19.0 limit=20.0/>
            <UptimeBar title="shop.example.com: 99.4 % in 90 days" days=(0..90).map(day).collect()/>
        </Piece>
    }
}

#[component]
pub(super) fn Charts(chart: Resource<Result<ChartData, PageError>>) -> impl IntoView {
    view! {
        <Piece title="Chart" keys="Tab to the numbers and the two exports">
            <Load resource=chart view=|data| view! { <Chart title="Jakarta answers in 84 ms on average, Frankfurt in 88" summary="Response time, 24 hours" data=data/> }/>
        </Piece>
    }
}

#[component]
pub(super) fn Texts() -> impl IntoView {
    view! {
        <Piece title="Dates, numbers, money" keys="Nothing to press">
            <div class="cluster">
                <DateTime at=an_instant()/>
                <DateOnly date=a_day()/>
                <Number value=1_234_567.891 decimals=2 unit="GB"/>
                <Amount money=Money::new(1_500_000, Currency::Idr)/>
                <Amount money=Money::new(-123_450, Currency::Eur)/>
                <Elapsed from=an_instant() to=Timestamp::from_seconds(1_768_471_500)/>
            </div>
        </Piece>
    }
}

fn an_instant() -> Timestamp {
    Timestamp::from_seconds(1_768_467_600)
}

fn a_day() -> Date {
    Date::try_new(2026, 1, 15).expect("a day of the calendar")
}
