//! The organisation's money: how it stands, what it subscribes to, what it used, and its invoices.

use crate::{
    calls::billing_overview,
    overview::{BalanceHistory, ChangeTier, Invoices, RefusedEvents, Standing, Subscriptions, Tiles, Usage},
    sheets::BillingSheet,
    words,
};
use kernel::live::Live;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[derive(Clone)]
pub struct BillingPage {
    sheet: LiveResource<Option<BillingSheet>>,
}

impl PageRoute for BillingPage {
    fn data() -> Self {
        let query = use_list_query();
        Self { sheet: LiveResource::new(move || query.get(), billing_overview) }
    }

    fn view(this: Self) -> AnyView {
        let sheet = this.sheet;
        kit::live::refetch_on(sheet, |live| matches!(live, Live::Invoice { .. } | Live::Instance { .. }));
        view! {
            <PageHeader title=tr!(billing.title) lead=tr!(billing.lead)/>
            <DoneNote/>
            <Load resource=sheet.resource skeleton=SkeletonKind::Tiles view=|sheet| match sheet {
                Some(sheet) => view! { <Billing sheet=sheet/> }.into_any(),
                None => view! { <NoAccount/> }.into_any(),
            }/>
        }
        .into_any()
    }
}

#[component]
fn Billing(sheet: BillingSheet) -> impl IntoView {
    let may_change = use_viewer().is_some_and(|viewer| viewer.may(kernel::Need::BILLING_WRITE));
    let BillingSheet { account, subscriptions, services, planned, usage, refused, estimate, balance, invoices, ever_billed, oldest_open, change } = sheet;
    view! {
        <Standing account=account.clone() ever_billed=ever_billed oldest_open=oldest_open/>
        <Tiles account=account estimate=estimate/>
        {change.filter(|_| may_change).map(|change| view! { <ChangeTier change=change/> })}
        <Subscriptions subscriptions=subscriptions services=services.clone() planned=planned may_change=may_change/>
        <Usage usage=usage services=services.clone()/>
        <RefusedEvents page=refused services=services/>
        <Invoices page=invoices/>
        <BalanceHistory entries=balance/>
    }
}

#[component]
fn NoAccount() -> impl IntoView {
    view! {
        <EmptyState icon=icons::LuReceipt title=tr!(billing.none.title) says=tr!(billing.none.says)>
            <LinkButton href="/onboarding" kind=ButtonKind::Primary>{tr!(billing.none.action)}</LinkButton>
        </EmptyState>
    }
}

/// Says what the form did that led here.
#[component]
pub fn DoneNote() -> impl IntoView {
    let query = use_query_map();
    let says = Memo::new(move |_| query.with(|query| query.get("done").filter(|_| query.get("after").is_none()).and_then(|done| words::done(&done))));
    move || says.get().map(|says| view! { <Callout tone=Tone::Good alert=true>{says}</Callout> })
}
