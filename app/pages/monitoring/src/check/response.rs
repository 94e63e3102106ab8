//! How fast it answers, and the way to other spans.

use crate::{sheets::Span, words};
use charts::{ResponseChart, ResponseSheet};
use kernel::CheckId;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Response(id: CheckId, span: Span, sheet: ResponseSheet) -> impl IntoView {
    let spans = Span::ALL.map(|one| {
        let current = (one == span).then_some("true");
        view! { <a class="btn btn-plain btn-sm" href=format!("/monitoring/{id}?span={}", one.code()) aria-current=current>{words::span(one)}</a> }
    });
    view! {
        <Section id="response".to_owned() title=tr!(monitoring.response.title)
            actions=view! { <nav class="cluster" aria-label=tr!(monitoring.response.span)>{spans.collect_view()}</nav> }.into_any()>
            <Card><ResponseChart sheet=sheet/></Card>
        </Section>
    }
}
