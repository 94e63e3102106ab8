//! The end of the way: where work goes on.

use i18n::tr;
use kit::prelude::*;
use leptos::prelude::*;
use onboarding::{Journey, State, Step};

#[component]
pub fn Over(journey: Journey) -> impl IntoView {
    let running = journey.state(Step::Service) == State::Done;
    let skipped = journey.steps.iter().any(|view| view.state == State::Skipped);
    let says = if skipped { tr!(onboarding.over.skipped) } else { tr!(onboarding.over.says) };
    view! {
        <section class="stack">
            <EmptyState icon=icons::LuPartyPopper title=tr!(onboarding.over.title) says=says>
                {if running {
                    view! { <LinkButton href="/services" kind=ButtonKind::Primary>{tr!(onboarding.over.services)}</LinkButton> }
                } else {
                    view! { <LinkButton href="/catalog" kind=ButtonKind::Primary>{tr!(onboarding.over.catalog)}</LinkButton> }
                }}
            </EmptyState>
        </section>
    }
}
