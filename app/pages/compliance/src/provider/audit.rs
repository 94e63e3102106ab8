//! Everybody's audit trail, and each organisation's chain.

use super::calls::{check_chain_of, everybodys_activity};
use crate::trail::{Trail, TrailSheet, chain::ChainNote, use_check};
use compliance::view::Verified;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const HERE: &str = "/provider/audit";

#[derive(Clone)]
pub struct AuditPage {
    sheet: Resource<Result<TrailSheet, PageError>>,
    verified: Resource<Result<Option<Verified>, PageError>>,
    asked: Memo<(String, u32)>,
}

impl PageRoute for AuditPage {
    fn data() -> Self {
        let (query, check, address) = (use_list_query(), use_check(), use_query_map());
        let asked = Memo::new(move |_| (address.with(|address| address.get("tenant")).unwrap_or_default(), check.get()));
        Self {
            sheet: Resource::new(move || query.get(), everybodys_activity),
            verified: Resource::new(move || asked.get(), |(tenant, check)| check_chain_of(tenant, check)),
            asked,
        }
    }

    fn view(this: Self) -> AnyView {
        let AuditPage { sheet, verified, asked } = this;
        view! {
            <PageHeader title=tr!(kit.nav.audit) lead=tr!(compliance.audit.lead)>
                {move || {
                    let (tenant, check) = asked.get();
                    if tenant.is_empty() {
                        return view! { <p class="muted text-[0.8125rem]">{tr!(compliance.audit.pick)}</p> }.into_any();
                    }
                    let href = format!("{HERE}?tenant={tenant}&check={}", check + 1);
                    view! { <LinkButton href=href icon=icons::LuShieldCheck>{tr!(compliance.chain.check)}</LinkButton> }.into_any()
                }}
            </PageHeader>
            <Load resource=verified skeleton=SkeletonKind::Text view=|verified| verified.map(|verified| view! { <ChainNote verified=verified/> })/>
            <Load resource=sheet skeleton=SkeletonKind::Table view=|sheet| view! { <Trail sheet=sheet path=HERE staff=true/> }/>
        }
        .into_any()
    }
}
