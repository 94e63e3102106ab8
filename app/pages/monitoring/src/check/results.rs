//! The newest results, and the way to older ones.

use crate::{grid::Grid, incidents::Problem, sheets::Span};
use kernel::{CheckId, Page};
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::view::SampleView;

#[component]
pub fn Results(id: CheckId, span: Span, samples: Page<SampleView>, newest: bool) -> impl IntoView {
    let base = format!("/monitoring/{id}?span={}", span.code());
    // A cursor is URL-safe base64, so it stands in an address as it is.
    let older = samples.next.map(|cursor| format!("{base}&after={cursor}#results"));
    let rows: Vec<Vec<AnyView>> = samples
        .rows
        .into_iter()
        .map(|sample| {
            vec![
                view! { <DateTime at=sample.at seconds=true/> }.into_any(),
                view! { <StatusChip state=Signal::stored(sample.status.code().to_owned())/> }.into_any(),
                view! { <span class="tabular nowrap">{sample.response_ms.map_or_else(|| "–".to_owned(), charts::milliseconds)}</span> }.into_any(),
                match sample.problem {
                    Some(code) => view! { <Problem code=code detail=sample.detail/> }.into_any(),
                    None => view! { <span class="muted">{tr!(monitoring.results.fine)}</span> }.into_any(),
                },
            ]
        })
        .collect();
    view! {
        <Section id="results".to_owned() title=tr!(monitoring.results.title) says=tr!(monitoring.results.says)>
            {if rows.is_empty() {
                view! { <p class="muted">{tr!(monitoring.results.none)}</p> }.into_any()
            } else {
                let head = vec![tr!(common.time), tr!(common.state), tr!(monitoring.columns.took), tr!(monitoring.results.saw)];
                view! { <Grid caption=tr!(monitoring.results.title) head=head rows=rows/> }.into_any()
            }}
            {(!newest || older.is_some()).then(|| view! {
                <nav class="pages" aria-label=tr!(monitoring.results.title)>
                    {(!newest).then(|| view! { <a class="btn btn-plain btn-sm" href=format!("{base}#results")>{tr!(monitoring.results.newest)}</a> })}
                    {older.map(|href| view! { <a class="btn btn-plain btn-sm" href=href rel="next">{tr!(monitoring.results.older)}</a> })}
                </nav>
            })}
        </Section>
    }
}
