//! One check: how it is, how fast it answers, its 90 days, its incidents and its newest results. Live.

use crate::{
    calls,
    check::{Check, Seeking},
    sheets::{CheckSheet, Span},
};
use kernel::live::Live;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
};

#[derive(Clone)]
pub struct CheckPage {
    seeking: Memo<Seeking>,
    sheet: LiveResource<CheckSheet>,
}

impl PageRoute for CheckPage {
    fn data() -> Self {
        let (params, query) = (use_params_map(), use_query_map());
        let seeking = Memo::new(move |_| Seeking {
            id: params.with(|params| params.get("id").unwrap_or_default()),
            span: query.with(|query| Span::parse(&query.get("span").unwrap_or_default()).unwrap_or_default()),
            after: query.with(|query| query.get("after").filter(|after| !after.is_empty())),
        });
        let sheet = LiveResource::new(move || seeking.get(), |seeking| calls::check(seeking.id, seeking.span, seeking.after));
        Self { seeking, sheet }
    }

    fn view(this: Self) -> AnyView {
        let CheckPage { seeking, sheet } = this;
        kit::live::refetch_on(sheet, move |live| {
            matches!(live, Live::Check { id, .. } if seeking.try_with_untracked(|seeking| seeking.id == id.to_string()).unwrap_or(false))
        });
        // What is fetched again changes the page in place: folds stay open and the focus where it is.
        view! { <Load resource=sheet.resource whole=true view=|sheet| view! { <Check sheet=sheet/> }/> }.into_any()
    }
}
