//! What somebody should do now, each with the way there; or that there is nothing.

use crate::provider::overview::Overview;
use i18n::tr;
use kit::{prelude::*, time::number_text};
use leptos::prelude::*;

#[component]
pub fn Attention(overview: Overview) -> impl IntoView {
    if overview.calm() {
        return view! { <Callout tone=Tone::Good title=tr!(compliance.home.calm)>{tr!(compliance.home.calm_says)}</Callout> }.into_any();
    }
    let things = [
        (overview.failed_operations.seen as i64, tr!(compliance.home.failed_operations), tr!(compliance.home.failed_operations_says), "/provider/orders?state=failed"),
        (overview.services.drifting, tr!(compliance.home.drifting), tr!(compliance.home.drifting_says), "/provider/orders"),
        (overview.overdue_invoices.seen as i64, tr!(compliance.home.overdue), tr!(compliance.home.overdue_says), "/provider/invoices?state=overdue"),
    ];
    view! {
        <Callout tone=Tone::Warn title=tr!(compliance.home.attention)>
            <ul class="mt-1 flex flex-col gap-1.5">
                {things.into_iter().filter(|(count, ..)| *count > 0).map(|(count, what, says, href)| view! {
                    <li><a class="prose-link" href=href>{format!("{what}: {}", number_text(count as f64, 0))}</a>" "<span class="muted">{says}</span></li>
                }).collect_view()}
            </ul>
        </Callout>
    }
    .into_any()
}
