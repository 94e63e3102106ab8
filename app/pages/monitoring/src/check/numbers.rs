//! Uptime in honest numbers: floored, and the time in which we were not looking stands apart.

use crate::{grid::Grid, words};
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::view::{CheckDetail, UptimeView};

#[component]
pub fn Numbers(detail: CheckDetail) -> impl IntoView {
    let finding = tr!(monitoring.uptime.finding, verdict = words::verdict_of(&detail.last_90d.verdict)).to_string();
    let months = detail
        .months
        .into_iter()
        .map(|month| {
            let name = format!("{} {}", kit::time::month_text(month.month.month()), month.month.year());
            let state = if month.frozen_at.is_some() { tr!(monitoring.uptime.closed) } else { tr!(monitoring.uptime.running) };
            vec![
                name.into_any(),
                view! { <span class="tabular">{words::verdict_of(&month.uptime.verdict)}</span> }.into_any(),
                words::apart(&month.uptime.tally).into_any(),
                state.into_any(),
            ]
        })
        .collect();
    let head = vec![tr!(monitoring.uptime.month), tr!(monitoring.columns.uptime_share), tr!(monitoring.uptime.apart), tr!(common.state)];
    view! {
        <Section id="uptime".to_owned() title=tr!(monitoring.uptime.title) says=tr!(monitoring.uptime.says)>
            <StatTiles>
                <Share label=tr!(monitoring.spans.day) uptime=detail.last_24h/>
                <Share label=tr!(monitoring.spans.week) uptime=detail.last_7d/>
                <Share label=tr!(monitoring.spans.month) uptime=detail.last_30d/>
                <Share label=tr!(monitoring.spans.quarter) uptime=detail.last_90d/>
            </StatTiles>
            <Card class="stack">
                <p class="section-title">{finding.clone()}</p>
                <UptimeBar title=finding days=words::bars(&detail.days)/>
                <details>
                    <summary>{tr!(monitoring.uptime.by_month)}</summary>
                    <Grid caption=tr!(monitoring.uptime.by_month) head=head rows=months/>
                </details>
            </Card>
        </Section>
    }
}

#[component]
fn Share(label: &'static str, uptime: UptimeView) -> impl IntoView {
    let value = words::verdict_of(&uptime.verdict);
    view! { <StatTile label=label value=Signal::stored(value) note=words::apart(&uptime.tally)/> }
}
