//! One service: how it is, what is being done to it, and everything that can be done, in tabs that have addresses.

use crate::{
    calls,
    follow::follow,
    service::{Acts, Concerns, Header, Planned, Sheet, SheetView, TabName, Trouble as ActTrouble, UnderWay, sheet},
    sheets::Span,
};
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
};
use provisioning::view::InstanceView;

#[derive(Clone)]
pub struct ServicePage {
    tab: Memo<TabName>,
    service: LiveResource<InstanceView>,
    sheet: LiveResource<Sheet>,
}

impl PageRoute for ServicePage {
    fn data() -> Self {
        let (params, query) = (use_params_map(), use_query_map());
        let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
        let tab = Memo::new(move |_| query.with(|query| TabName::parse(&query.get("tab").unwrap_or_default())));
        let span = Memo::new(move |_| query.with(|query| Span::parse(&query.get("span").unwrap_or_default()).unwrap_or_default()));
        let plan = Memo::new(move |_| query.with(|query| query.get("plan")));
        Self {
            tab,
            service: LiveResource::new(move || id.get(), calls::service),
            sheet: LiveResource::new(move || (id.get(), tab.get(), span.get(), plan.get()), |(id, tab, span, plan)| sheet(id, tab, span, plan)),
        }
    }

    fn view(this: Self) -> AnyView {
        let ServicePage { tab, service, sheet } = this;
        view! { <Load resource=service.resource whole=true view=move |first| view! { <Service first=first asked=service.asked tab=tab sheet=sheet/> }/> }.into_any()
    }
}

#[component]
fn Service(first: InstanceView, asked: Asked, tab: Memo<TabName>, sheet: LiveResource<Sheet>) -> impl IntoView {
    let id = first.id;
    let shown = RwSignal::new(first);
    let concerns = Concerns(id);
    follow(shown, asked, move |live| concerns.service(live), move || calls::service(id.to_string()));
    kit::live::refetch_on(sheet, move |live| concerns.sheet(tab.get_untracked(), live));
    let acts = Acts::new(shown, sheet.resource);
    let may_see_usage = use_viewer().is_some_and(|viewer| viewer.may(Need::USAGE_READ));
    let offered = TabName::ALL.into_iter().filter(|tab| may_see_usage || *tab != TabName::Usage);
    let tabs: Vec<Tab> = offered.map(|tab| Tab::new(tab.label(), tab.address(id))).collect();
    view! {
        <Header shown=shown acts=acts/>
        <ActTrouble acts=acts/>
        <UnderWay shown=shown acts=acts/>
        <Planned shown=shown acts=acts/>
        <Tabs label=tr!(provisioning.tabs.label) tabs=tabs/>
        <Load resource=sheet.resource view=move |sheet| view! { <SheetView sheet=sheet shown=shown acts=acts/> }/>
    }
}
