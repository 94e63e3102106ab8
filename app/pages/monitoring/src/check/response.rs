//! How fast it answers: a finding, the chart, and the way to other spans.

use crate::{
    sheets::{ResponseSheet, Span},
    words,
};
use charts::Chart;
use kernel::CheckId;
use kit::{prelude::*, time::number_text};
use leptos::prelude::*;

#[component]
pub fn Response(id: CheckId, span: Span, sheet: ResponseSheet) -> impl IntoView {
    let title = match (sheet.average_ms, sheet.slowest_ms) {
        (Some(average), Some(slowest)) => {
            tr!(monitoring.response.finding, average = words::milliseconds(average), slowest = words::milliseconds(slowest)).to_string()
        }
        (Some(_), None) | (None, _) => tr!(monitoring.response.none).to_string(),
    };
    let count = |number: i64| number_text(number as f64, 0);
    let summary = tr!(monitoring.response.summary, failures = count(sheet.failures), probes = count(sheet.probes)).to_string();
    let spans = Span::ALL.map(|one| {
        let current = (one == span).then_some("true");
        view! { <a class="btn btn-plain btn-sm" href=format!("/monitoring/{id}?span={}", one.code()) aria-current=current>{words::span(one)}</a> }
    });
    view! {
        <Section id="response".to_owned() title=tr!(monitoring.response.title)
            actions=view! { <nav class="cluster" aria-label=tr!(monitoring.response.span)>{spans.collect_view()}</nav> }.into_any()>
            <Card><Chart title=title summary=summary data=sheet.chart/></Card>
        </Section>
    }
}
