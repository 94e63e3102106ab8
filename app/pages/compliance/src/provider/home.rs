//! The provider's first page: what needs attention, then customers, services, money, operations and processes.

mod attention;
mod lists;
mod processes;

use super::{
    calls::look_over,
    overview::{Count, Overview},
};
use attention::Attention;
use kit::{door::asked_in, load::words, prelude::*, time::number_text};
use leptos::{prelude::*, task::spawn_local};
use lists::{Latest, Newest};
use processes::Processes;
use std::time::Duration;

/// How often the page is looked at anew: the staff's pages have no live connection, as they span organisations.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub struct ProviderHomePage {
    overview: Resource<Result<Overview, PageError>>,
}

impl PageRoute for ProviderHomePage {
    fn data() -> Self {
        Self { overview: Resource::new(|| (), |()| look_over()) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <PageHeader title=tr!(kit.nav.overview) lead=tr!(compliance.home.lead)/>
            <Load resource=this.overview skeleton=SkeletonKind::Tiles view=|first| view! { <Fresh first=first/> }/>
        }
        .into_any()
    }
}

/// Looks again every few seconds; the same answer again changes nothing in the page. Where there is none, the page says that
/// it may be old; where nobody is signed in any more, it is left.
#[component]
fn Fresh(first: Overview) -> impl IntoView {
    let shown = RwSignal::new(first);
    let missed = RwSignal::new(None::<PageError>);
    let trouble = Memo::new(move |_| missed.get().map(|error| words(&error).0));
    Effect::new(move || {
        let look = move || {
            spawn_local(async move {
                match look_over().await {
                    Ok(fresh) => {
                        shown.try_set(fresh);
                        missed.try_set(None);
                    }
                    Err(PageError::SignedOut) => leave(),
                    Err(error) => drop(missed.try_set(Some(error))),
                }
            });
        };
        if let Ok(timer) = set_interval_with_handle(look, LOOKS_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    let (now, latest, newest, processes) = (
        Memo::new(move |_| shown.with(|all| Overview { processes: Vec::new(), ..all.clone() })),
        Memo::new(move |_| shown.with(|all| (all.latest.clone(), all.names.clone()))),
        Memo::new(move |_| shown.with(|all| all.newest.clone())),
        Memo::new(move |_| shown.with(|all| all.processes.clone())),
    );
    view! {
        {move || trouble.get().map(|title| view! {
            <div data-missed=""><Callout tone=Tone::Warn title=title alert=true><p>{tr!(compliance.home.may_be_old)}</p></Callout></div>
        })}
        {move || view! { <Attention overview=now.get()/> }}
        {move || view! { <Tiles overview=now.get()/> }}
        <div class="grid items-start gap-6 xl:grid-cols-2">
            {move || {
                let (operations, names) = latest.get();
                view! { <Latest operations=operations names=names/> }
            }}
            {move || view! { <Newest tenants=newest.get()/> }}
        </div>
        {move || view! { <Processes processes=processes.get()/> }}
    }
}

/// The session is over: what it showed is not for whoever looks now.
fn leave() {
    let location = window().location();
    let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    // Refused only while the page is being left already.
    let _ = location.assign(&asked_in("/provider/sign-in", &path, &query));
}

#[component]
fn Tiles(overview: Overview) -> impl IntoView {
    let to_come = overview.to_come.iter().map(|money| money.format(i18n::language())).collect::<Vec<_>>().join(", ");
    let to_come = if to_come.is_empty() { tr!(compliance.home.nothing_open).to_owned() } else { tr!(compliance.home.of_open, amount = to_come).to_string() };
    let number = |number: i64| Signal::stored(number_text(number as f64, 0));
    let busy = overview.in_states(&["creating", "updating", "suspending", "resuming", "deleting"]);
    view! {
        <div class="sm:[&_.tiles]:grid-cols-2 lg:[&_.tiles]:grid-cols-4"><StatTiles>
            <StatTile label=tr!(compliance.home.organisations) value=count_text(overview.tenants) note=tr!(compliance.home.paying, count = overview.with_tier) href="/provider/tenants"/>
            <StatTile label=tr!(compliance.home.running) value=number(overview.in_states(&["running"]))/>
            <StatTile label=tr!(compliance.home.busy) value=number(busy)/>
            <StatTile label=tr!(compliance.home.suspended) value=number(overview.in_states(&["suspended"]))/>
            <StatTile label=tr!(compliance.home.failed) value=number(overview.in_states(&["failed"]))/>
            <StatTile label=tr!(compliance.home.running_operations) value=count_text(overview.running_operations) href="/provider/orders"/>
            <StatTile label=tr!(compliance.home.open) value=count_text(overview.open_invoices) note=to_come href="/provider/invoices?state=open"/>
            <StatTile label=tr!(compliance.home.overdue) value=count_text(overview.overdue_invoices) href="/provider/invoices?state=overdue"/>
        </StatTiles></div>
    }
}

fn count_text(count: Count) -> Signal<String> {
    let number = number_text(count.seen as f64, 0);
    Signal::stored(if count.more { tr!(compliance.home.many, count = number).to_string() } else { number })
}
