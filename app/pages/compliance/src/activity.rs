//! What happened in the organisation: who did what, when, and whether the record still holds.

mod calls;

use crate::trail::{Trail, TrailSheet, chain::ChainNote, use_check};
use calls::{activity, check_chain};
use compliance::view::Verified;
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;

const HERE: &str = "/activity";

#[derive(Clone)]
pub struct ActivityPage {
    sheet: Resource<Result<TrailSheet, PageError>>,
    verified: Resource<Result<Option<Verified>, PageError>>,
    check: Memo<u32>,
}

impl PageRoute for ActivityPage {
    fn data() -> Self {
        let (query, check) = (use_list_query(), use_check());
        Self { sheet: Resource::new(move || query.get(), activity), verified: Resource::new(move || check.get(), check_chain), check }
    }

    fn view(this: Self) -> AnyView {
        let ActivityPage { sheet, verified, check } = this;
        let may_check = use_viewer().is_some_and(|viewer| viewer.may(Need::AUDIT_READ));
        view! {
            <PageHeader title=tr!(kit.nav.activity) lead=tr!(compliance.activity.lead)>
                {may_check.then(|| view! {
                    <a class="btn btn-plain" href=move || format!("{HERE}?check={}", check.get() + 1)><Icon icon=icons::LuShieldCheck/>{tr!(compliance.chain.check)}</a>
                })}
            </PageHeader>
            {may_check.then(|| view! {
                <Load resource=verified skeleton=SkeletonKind::Text view=|verified| verified.map(|verified| view! { <ChainNote verified=verified/> })/>
            })}
            <Load resource=sheet skeleton=SkeletonKind::Table view=|sheet| view! { <Trail sheet=sheet path=HERE/> }/>
        }
        .into_any()
    }
}
